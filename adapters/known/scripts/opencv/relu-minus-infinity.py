# opencv 5.0.0, relu.special-values
# y[0, 0] is nan, expected 0 (1 of 1 cells differ)
# relu x=1x1:float32:zeros@1

import numpy as np
import cv2
import onnx
from onnx import helper, numpy_helper

x = np.array([[-np.inf]], "float32")
expected = np.array([[0]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[0]], "float64")
node = helper.make_node('Relu', ['X'], ['Y'])
nodes = [node]
graph = helper.make_graph(nodes, 'Relu', [
    helper.make_tensor_value_info('X', 1, [1, 1]),
], [
    helper.make_tensor_value_info('Y', 1, None),
], [
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
model = onnx.shape_inference.infer_shapes(model)
feeds = {'X': x}
net = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))
for name, array in feeds.items():
    net.setInput(np.ascontiguousarray(array), name)
results = list(net.forward(['Y']))
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
