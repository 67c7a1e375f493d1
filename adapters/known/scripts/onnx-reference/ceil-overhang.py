# onnx-reference 1.23.2, avg_pool.definition
# y[0, 0, 0] is 0.333333343, expected 0.25 (1 of 2 cells differ beyond every rounding)
# avg_pool window=4 stride=3 ceil_mode=yes x=1x1x5:float32:impulse@0

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

x = np.array([[[1, 0, 0, 0, 0]]], "float32")
expected = np.array([[[0.25, 0]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[2.3841867896616507e-07, 2.2420775429197073e-44]]], "float64")
node = helper.make_node(
    'AveragePool', ['X'], ['Y'], kernel_shape=[4], strides=[3], pads=[0, 0], dilations=[1],
    ceil_mode=1, count_include_pad=0
)
nodes = [node]
graph = helper.make_graph(nodes, 'AveragePool', [
    helper.make_tensor_value_info('X', 1, [1, 1, 5]),
], [
    helper.make_tensor_value_info('Y', 1, None),
], [
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
feeds = {'X': x}
results = ReferenceEvaluator(model).run(None, feeds)
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
