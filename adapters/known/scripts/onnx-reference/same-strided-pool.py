# onnx-reference 1.23.2, avg_pool.output-size
# raised ValueError: index can't contain negative values
# avg_pool window=1 stride=3 padding=same_upper x=1x1x3:float32:ramp@3

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

x = np.array([[[0, 1, 2]]], "float32")
expected = np.array([[[0]]], "float64")
try:
    node = helper.make_node(
        'AveragePool', ['X'], ['Y'], kernel_shape=[1], strides=[3], auto_pad='SAME_UPPER',
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
    feeds = {'X': x}
    results = ReferenceEvaluator(model).run(None, feeds)
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
