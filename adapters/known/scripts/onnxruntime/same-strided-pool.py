# onnxruntime 1.31.1, conv.definition
# y[0, 0, 0] is 1, expected 0 (1 of 1 cells differ)
# conv stride=5 padding=same_upper x=1x1x5:float32:ramp@3 w=1x1x1:float32:ones@0
# Written by hand: with the other reading, too. Without padding the window begins at the first cell
# and gives 0; half of the amount of ONNX's formula, (1 - 1) * 5 + 1 - 5 = -4, begins it at 2.

import numpy as np
import onnxruntime as ort
import onnx
from onnx import helper, numpy_helper

x = np.array([[[0, 1, 2, 3, 4]]], "float32")
w = np.array([[[1]]], "float32")
expected, split = np.array([[[0]]], "float32"), np.array([[[2]]], "float32")
node = helper.make_node(
    'Conv', ['X', 'W'], ['Y'], kernel_shape=[1], auto_pad='SAME_UPPER', strides=[5],
    dilations=[1], group=1
)
nodes = [node]
graph = helper.make_graph(nodes, 'Conv', [
    helper.make_tensor_value_info('X', 1, [1, 1, 5]),
], [
    helper.make_tensor_value_info('Y', 1, None),
], [
    numpy_helper.from_array(w, 'W'),
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
feeds = {'X': x}
options = ort.SessionOptions()
options.intra_op_num_threads = 1
session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
results = session.run(['Y'], feeds)
got = np.asarray(results[0])
print("expected:", expected, "or:", split, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected) or np.array_equal(got, split) else 1)
