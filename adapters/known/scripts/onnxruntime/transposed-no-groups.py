# onnxruntime 1.31.1, conv_transpose.rejects-invalid
# the process died of SIGFPE
# conv_transpose groups=0 x=1x1x1:float32:zeros@0 w=1x1x1:float32:zeros@0

import numpy as np
import onnxruntime as ort
import onnx
from onnx import helper, numpy_helper

x = np.array([[[0]]], "float32")
print("expected: a result, or an error", flush=True)
node = helper.make_node(
    'ConvTranspose', ['X', 'W'], ['Y'], kernel_shape=[1], pads=[0, 0], strides=[1],
    dilations=[1], group=0, output_padding=[0]
)
nodes = [node]
graph = helper.make_graph(nodes, 'ConvTranspose', [
    helper.make_tensor_value_info('X', 1, [1, 1, 1]),
], [
    helper.make_tensor_value_info('Y', 1, None),
], [
    numpy_helper.from_array(x, 'W'),
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
feeds = {'X': x}
options = ort.SessionOptions()
options.intra_op_num_threads = 1
session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
results = session.run(['Y'], feeds)
print("got: a result")
