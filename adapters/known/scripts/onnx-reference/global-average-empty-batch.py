# onnx-reference 1.23.2, global_avg_pool.empty-batch
# raised ZeroDivisionError: division by zero
# global_avg_pool x=0x1x1x1:float32:zeros@0

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

x = np.zeros((0, 1, 1, 1), "float32")
expected = np.zeros((0, 1, 1, 1), "float64")
try:
    node = helper.make_node('GlobalAveragePool', ['X'], ['Y'])
    nodes = [node]
    graph = helper.make_graph(nodes, 'GlobalAveragePool', [
        helper.make_tensor_value_info('X', 1, [0, 1, 1, 1]),
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
