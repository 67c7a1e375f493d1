# onnx-reference 1.23.2, conv_transpose.empty-batch
# raised TypeError: Issues with types [<class 'numpy.ndarray'>, <class 'numpy.ndarray'>] and
# attributes ['auto_pad', 'dilations', 'group', 'kernel_shape', 'output_padding', 'output_shape',
# 'pads', 'strides'] and linked a
# conv_transpose x=0x1x1x1:float32:zeros@0 w=1x1x1x1:float32:zeros@0

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

x = np.zeros((0, 1, 1, 1), "float32")
w = np.array([[[[0]]]], "float32")
expected = np.zeros((0, 1, 1, 1), "float64")
try:
    node = helper.make_node(
        'ConvTranspose', ['X', 'W'], ['Y'], kernel_shape=[1, 1], pads=[0, 0, 0, 0], strides=[1, 1],
        dilations=[1, 1], group=1, output_padding=[0, 0]
    )
    nodes = [node]
    graph = helper.make_graph(nodes, 'ConvTranspose', [
        helper.make_tensor_value_info('X', 1, [0, 1, 1, 1]),
    ], [
        helper.make_tensor_value_info('Y', 1, None),
    ], [
        numpy_helper.from_array(w, 'W'),
    ])
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
    feeds = {'X': x}
    results = ReferenceEvaluator(model).run(None, feeds)
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
