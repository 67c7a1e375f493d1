# opencv 5.0.0, pad.definition
# y[0, 0, 1] is 127, expected -2
# pad padding=0:1 value=-2 x=1x1x1:int8:zeros@0
# Written by hand: what is fed to the net is float32, the type that OpenCV documents for it; the
# graph itself casts to int8 and back.

import numpy as np
import cv2
import onnx
from onnx import TensorProto, helper, numpy_helper

x = np.array([[[0]]], "float32")
expected = np.array([[[0, -2]]], "float32")
nodes = [
    helper.make_node("Cast", ["x"], ["wide"], to=TensorProto.INT8),
    helper.make_node("Pad", ["wide", "pads", "value"], ["made"], mode="constant"),
    helper.make_node("Cast", ["made"], ["y"], to=TensorProto.FLOAT),
]
graph = helper.make_graph(nodes, "Pad", [
    helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 1]),
], [
    helper.make_tensor_value_info("y", TensorProto.FLOAT, None),
], [
    numpy_helper.from_array(np.array([0, 0, 0, 0, 0, 1], np.int64), "pads"),
    numpy_helper.from_array(np.array(-2, np.int8), "value"),
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 22)])
model = onnx.shape_inference.infer_shapes(model)
net = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))
net.setInput(x, "x")
got = np.asarray(net.forward(["y"])[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected) else 1)
