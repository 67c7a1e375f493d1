# onnx-reference 1.23.2, max_pool_with_indices.indices
# indices[1, 1, 0, 0] is 0, expected 12 (4 of 4 cells differ)
# max_pool_with_indices window=2,2 x=2x2x2x2:float32:distinct@0

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

x = np.array([[[[5, 7],
                [8, 13]],

               [[10, 15],
                [1, 9]]],


              [[[14, 12],
                [6, 2]],

               [[11, 0],
                [4, 3]]]], "float32")
expected = np.array([[[[3]],

                      [[5]]],


                     [[[8]],

                      [[12]]]], "int64")
node = helper.make_node(
    'MaxPool', ['X'], ['Y', 'Indices'], kernel_shape=[2, 2], strides=[1, 1], pads=[0, 0, 0, 0],
    dilations=[1, 1], ceil_mode=0, storage_order=0
)
nodes = [node]
graph = helper.make_graph(nodes, 'MaxPool', [
    helper.make_tensor_value_info('X', 1, [2, 2, 2, 2]),
], [
    helper.make_tensor_value_info('Y', 1, None),
    helper.make_tensor_value_info('Indices', 7, None),
], [
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
feeds = {'X': x}
results = ReferenceEvaluator(model).run(None, feeds)
got = np.asarray(results[1])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
