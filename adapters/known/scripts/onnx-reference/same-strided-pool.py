# onnx-reference 1.23.2, max_pool_with_indices.indices
# indices[0, 0, 0, 0] is 1, expected 0 (1 of 1 cells differ)
# max_pool_with_indices window=1,1 stride=2,1 padding=same_upper x=1x1x2x1:float32:ones@0

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

x = np.full((1, 1, 2, 1), 1, "float32")
expected = np.array([[[[0]]]], "float32")
node = helper.make_node(
    'MaxPool', ['X'], ['Y', 'Indices'], kernel_shape=[1, 1], strides=[2, 1],
    auto_pad='SAME_UPPER', dilations=[1, 1], ceil_mode=0, storage_order=0
)
nodes = [node]
graph = helper.make_graph(nodes, 'MaxPool', [
    helper.make_tensor_value_info('X', 1, [1, 1, 2, 1]),
], [
    helper.make_tensor_value_info('Y', 1, None),
    helper.make_tensor_value_info('Indices', 7, None),
], [
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
feeds = {'X': x}
results = ReferenceEvaluator(model).run(None, feeds)
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
