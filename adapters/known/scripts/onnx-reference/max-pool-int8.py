# onnx-reference 1.23.2, max_pool.output-size
# raised ValueError: cannot convert float NaN to integer
# max_pool window=1,1 x=1x1x1x1:int8:ones@0

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

x = np.array([[[[1]]]], "int8")
expected = np.array([[[[1]]]], "int64")
try:
    node = helper.make_node(
        'MaxPool', ['X'], ['Y'], kernel_shape=[1, 1], strides=[1, 1], pads=[0, 0, 0, 0],
        dilations=[1, 1], ceil_mode=0
    )
    nodes = [node]
    graph = helper.make_graph(nodes, 'MaxPool', [
        helper.make_tensor_value_info('X', 3, [1, 1, 1, 1]),
    ], [
        helper.make_tensor_value_info('Y', 3, None),
    ], [
    ])
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
    feeds = {'X': x}
    results = ReferenceEvaluator(model).run(None, feeds)
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
