# opencv 5.0.0, dense.definition
# y[0, 0] is 256.00006, expected 4
# dense x=1x2:float64:zeros@0 w=2x2:float64:zeros@0
# Written by hand: what is fed to the net is float32, the type that OpenCV documents for it; the
# graph itself casts to float64 and back.

import numpy as np
import cv2
import onnx
from onnx import TensorProto, helper, numpy_helper

x = np.ones((34, 2), "float32")
expected = np.full((34, 1), 4, "float32")
nodes = [
    helper.make_node("Cast", ["x"], ["wide"], to=TensorProto.DOUBLE),
    helper.make_node("Gemm", ["wide", "b"], ["made"], transB=1),
    helper.make_node("Cast", ["made"], ["y"], to=TensorProto.FLOAT),
]
graph = helper.make_graph(nodes, "Gemm", [
    helper.make_tensor_value_info("x", TensorProto.FLOAT, [34, 2]),
], [
    helper.make_tensor_value_info("y", TensorProto.FLOAT, None),
], [
    numpy_helper.from_array(np.full((1, 2), 2, "float64"), "b"),
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 22)])
model = onnx.shape_inference.infer_shapes(model)
net = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))
net.setInput(x, "x")
got = np.asarray(net.forward(["y"])[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected) else 1)
