# onnx-reference 1.23.2, pad.output-size
# raised ValueError: index can't contain negative values
# pad padding=0:0,0:-1 x=1x1x1x2:float32:zeros@0

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

x = np.full((1, 1, 1, 2), 0, "float32")
expected = np.array([[[[0]]]], "float64")
try:
    node = helper.make_node('Pad', ['data', 'pads', 'constant_value'], ['output'], mode='constant')
    nodes = [node]
    graph = helper.make_graph(nodes, 'Pad', [
        helper.make_tensor_value_info('data', 1, [1, 1, 1, 2]),
    ], [
        helper.make_tensor_value_info('output', 1, None),
    ], [
        numpy_helper.from_array(np.array([0, 0, 0, 0, 0, 0, 0, -1], np.int64), 'pads'),
        numpy_helper.from_array(np.array(0.0, np.float32), 'constant_value'),
    ])
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
    feeds = {'data': x}
    results = ReferenceEvaluator(model).run(None, feeds)
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
