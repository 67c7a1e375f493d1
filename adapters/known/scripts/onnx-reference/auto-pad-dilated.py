# onnx-reference 1.23.2, avg_pool.output-size
# y has shape 1×1×1×2, expected 1×1×1×1
# avg_pool window=1,2 padding=valid dilation=1,2 x=1x1x1x3:float32:zeros@0

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

x = np.full((1, 1, 1, 3), 0, "float32")
expected = np.array([[[[0]]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[[8.407790785948902e-45]]]], "float64")
node = helper.make_node(
    'AveragePool', ['X'], ['Y'], kernel_shape=[1, 2], strides=[1, 1], auto_pad='VALID',
    dilations=[1, 2], ceil_mode=0, count_include_pad=0
)
nodes = [node]
graph = helper.make_graph(nodes, 'AveragePool', [
    helper.make_tensor_value_info('X', 1, [1, 1, 1, 3]),
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
