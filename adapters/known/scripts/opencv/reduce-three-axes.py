# opencv 5.0.0, global_sum_pool.definition
# y[0, 0] is 5, expected 6
# global_sum_pool x=1x1x3x1x1:int32:impulse@1
# Written by hand: what is fed to the net is float32, the type that OpenCV documents for it; the
# graph itself casts to int32 and back.

import numpy as np
import cv2
import onnx
from onnx import TensorProto, helper, numpy_helper

x = np.array([1, 2, 3], "float32").reshape(1, 1, 3, 1, 1)
expected = np.array(6, "float32").reshape(1, 1, 1, 1, 1)
nodes = [
    helper.make_node("Cast", ["x"], ["wide"], to=TensorProto.INT32),
    helper.make_node("ReduceSum", ["wide", "axes"], ["made"], keepdims=1),
    helper.make_node("Cast", ["made"], ["y"], to=TensorProto.FLOAT),
]
graph = helper.make_graph(nodes, "ReduceSum", [
    helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 3, 1, 1]),
], [
    helper.make_tensor_value_info("y", TensorProto.FLOAT, None),
], [
    numpy_helper.from_array(np.array([2, 3, 4], np.int64), "axes"),
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 22)])
model = onnx.shape_inference.infer_shapes(model)
net = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))
net.setInput(x, "x")
got = np.asarray(net.forward(["y"])[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected) else 1)
