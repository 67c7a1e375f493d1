# onnxruntime 1.31.1, max_pool.rejects-invalid
# the process died of SIGFPE
# max_pool window=3,1 stride=2,1 x=1x16x1x1:float32:ones@0

import numpy as np
import onnxruntime as ort
import onnx
from onnx import helper, numpy_helper

x = np.full((1, 16, 1, 1), 1, "float32")
print("expected: a result, or an error", flush=True)
node = helper.make_node(
    'MaxPool', ['X'], ['Y'], kernel_shape=[3, 1], strides=[2, 1], pads=[0, 0, 0, 0],
    dilations=[1, 1], ceil_mode=0
)
nodes = [node]
graph = helper.make_graph(nodes, 'MaxPool', [
    helper.make_tensor_value_info('X', 1, [1, 16, 1, 1]),
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
print("got: a result")
