# onnxruntime 1.31.1, max_pool.output-size
# y has shape 1×1×2, expected 1×1×3
# max_pool window=2 padding=same_upper dilation=2 x=1x1x3:float32:ramp@3

import numpy as np
import onnxruntime as ort
import onnx
from onnx import helper, numpy_helper

x = np.array([[[0, 1, 2]]], "float32")
expected = np.array([[[1, 2, 1]]], "float32")
node = helper.make_node(
    'MaxPool', ['X'], ['Y'], kernel_shape=[2], strides=[1], auto_pad='SAME_UPPER',
    dilations=[2], ceil_mode=0
)
nodes = [node]
graph = helper.make_graph(nodes, 'MaxPool', [
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
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
