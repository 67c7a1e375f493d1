# opencv 5.0.0, avg_pool.definition
# y[0, 0, 0] is 0.5, expected 1 (2 of 3 cells differ beyond every rounding)
# avg_pool window=2 padding=same_lower x=1x1x3:float32:impulse@0

import numpy as np
import cv2
import onnx
from onnx import helper, numpy_helper

x = np.array([[[1, 0, 0]]], "float32")
expected = np.array([[[1, 0.5, 0]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[7.152559515777948e-07, 3.576279757888974e-07, 1.6815581571897805e-44]]], "float64")
node = helper.make_node(
    'AveragePool', ['X'], ['Y'], kernel_shape=[2], strides=[1], auto_pad='SAME_LOWER',
    dilations=[1], ceil_mode=0, count_include_pad=0
)
nodes = [node]
graph = helper.make_graph(nodes, 'AveragePool', [
    helper.make_tensor_value_info('X', 1, [1, 1, 3]),
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
