# onnxruntime 1.31.1, max_pool.special-values
# y[0, 0, 0] is -3.40282347e+38, expected -inf (1 of 1 cells differ)
# max_pool window=1 x=1x1x1:float32:ones@1

import numpy as np
import onnxruntime as ort
import onnx
from onnx import helper, numpy_helper

x = np.array([[[-np.inf]]], "float32")
expected = np.array([[[-np.inf]]], "float32")
node = helper.make_node(
    'MaxPool', ['X'], ['Y'], kernel_shape=[1], strides=[1], pads=[0, 0], dilations=[1],
    ceil_mode=0
)
nodes = [node]
graph = helper.make_graph(nodes, 'MaxPool', [
    helper.make_tensor_value_info('X', 1, [1, 1, 1]),
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
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
