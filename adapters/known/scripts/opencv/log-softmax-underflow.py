# opencv 5.0.0, log_softmax.large
# y[0, 1] is -inf, expected -100 (1 of 2 cells differ beyond every rounding)
# log_softmax x=1x2:float32:impulse@0
# Written by hand: 100 below the greatest is enough.

import numpy as np
import cv2
import onnx
from onnx import helper, numpy_helper

x = np.array([[100, 0]], "float32")
expected = np.array([[0, -100]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[1e-4, 1e-4]], "float64")
node = helper.make_node('LogSoftmax', ['input'], ['output'], axis=1)
nodes = [node]
graph = helper.make_graph(nodes, 'LogSoftmax', [
    helper.make_tensor_value_info('input', 1, [1, 2]),
], [
    helper.make_tensor_value_info('output', 1, None),
], [
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
model = onnx.shape_inference.infer_shapes(model)
feeds = {'input': x}
net = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))
for name, array in feeds.items():
    net.setInput(np.ascontiguousarray(array), name)
results = list(net.forward(['output']))
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
