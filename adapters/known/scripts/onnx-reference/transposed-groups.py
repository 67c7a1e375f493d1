# onnx-reference 1.23.2, conv_transpose.definition
# y[0, 1, 0, 0] is 3, expected 1 (1 of 2 cells differ)
# conv_transpose groups=2 x=1x2x1x1:float32:zeros@0 w=2x1x1x1:float32:zeros@0 b=2:float32:ints@0

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

x = np.full((1, 2, 1, 1), 0, "float32")
w = np.full((2, 1, 1, 1), 0, "float32")
b = np.array([3, 1], "float32")
expected = np.array([[[[3]],

                      [[1]]]], "float32")
node = helper.make_node(
    'ConvTranspose', ['X', 'W', 'B'], ['Y'], kernel_shape=[1, 1], pads=[0, 0, 0, 0], strides=[1,
    1], dilations=[1, 1], group=2, output_padding=[0, 0]
)
nodes = [node]
graph = helper.make_graph(nodes, 'ConvTranspose', [
    helper.make_tensor_value_info('X', 1, [1, 2, 1, 1]),
], [
    helper.make_tensor_value_info('Y', 1, None),
], [
    numpy_helper.from_array(w, 'W'),
    numpy_helper.from_array(b, 'B'),
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
feeds = {'X': x}
results = ReferenceEvaluator(model).run(None, feeds)
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
