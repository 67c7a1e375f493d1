# onnxruntime 1.31.1, avg_pool.definition
# y[0, 0, 0] is 1, expected 0 (1 of 1 cells differ beyond every rounding)
# avg_pool window=1 stride=3 padding=same_upper x=1x1x3:float32:ramp@3

import numpy as np
import onnxruntime as ort
import onnx
from onnx import helper, numpy_helper

x = np.array([[[0, 1, 2]]], "float32")
expected = np.array([[[0]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[1.6815581571897805e-44]]], "float64")
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
options = ort.SessionOptions()
options.intra_op_num_threads = 1
session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
results = session.run(['Y'], feeds)
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
