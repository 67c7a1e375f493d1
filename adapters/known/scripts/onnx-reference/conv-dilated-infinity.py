# onnx-reference 1.23.2, conv.special-values
# y[0, 0, 0, 0] is nan, expected 0 (1 of 1 cells differ)
# conv dilation=1,2 x=1x1x1x3:float32:zeros@1 w=1x1x1x2:float32:zeros@0

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

x = np.array([[[[0, np.inf, 0]]]], "float32")
w = np.full((1, 1, 1, 2), 1, "float32")
expected = np.array([[[[0]]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[[1.401298464324817e-44]]]], "float64")
node = helper.make_node(
    'Conv', ['X', 'W'], ['Y'], kernel_shape=[1, 2], pads=[0, 0, 0, 0], strides=[1, 1],
    dilations=[1, 2], group=1
)
nodes = [node]
graph = helper.make_graph(nodes, 'Conv', [
    helper.make_tensor_value_info('X', 1, [1, 1, 1, 3]),
], [
    helper.make_tensor_value_info('Y', 1, None),
], [
    numpy_helper.from_array(w, 'W'),
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
