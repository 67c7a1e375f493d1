# onnx-reference 1.23.2, max_pool.output-size
# y has shape 1×1×1×0, expected 1×1×1×1
# max_pool window=1,1 stride=1,2 padding=same_lower x=1x1x1x1:float32:ones@0

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

x = np.array([[[[1]]]], "float32")
expected = np.array([[[[1]]]], "float32")
node = helper.make_node(
    'MaxPool', ['X'], ['Y'], kernel_shape=[1, 1], strides=[1, 2], auto_pad='SAME_LOWER',
    dilations=[1, 1], ceil_mode=0
)
nodes = [node]
graph = helper.make_graph(nodes, 'MaxPool', [
    helper.make_tensor_value_info('X', 1, [1, 1, 1, 1]),
], [
    helper.make_tensor_value_info('Y', 1, None),
], [
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
feeds = {'X': x}
results = ReferenceEvaluator(model).run(None, feeds)
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
