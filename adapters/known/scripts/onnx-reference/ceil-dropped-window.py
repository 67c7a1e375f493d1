# onnx-reference 1.23.2, avg_pool.rounding
# raised IndexError: index 1 is out of bounds for axis 3 with size 1
# avg_pool window=1,1 padding=0:0,0:1 ceil_mode=yes x=1x1x1x1:float32:positive@0

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

x = np.array([[[[0.917022]]]], "float32")
expected = np.array([[[[0.9170219898223877]]]], "float64")
try:
    node = helper.make_node(
        'AveragePool', ['X'], ['Y'], kernel_shape=[1, 1], strides=[1, 1], pads=[0, 0, 0, 1],
        dilations=[1, 1], ceil_mode=1, count_include_pad=0
    )
    nodes = [node]
    graph = helper.make_graph(nodes, 'AveragePool', [
        helper.make_tensor_value_info('X', 1, [1, 1, 1, 1]),
    ], [
        helper.make_tensor_value_info('Y', 1, None),
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
