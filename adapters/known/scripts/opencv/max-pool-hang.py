# opencv 5.0.0, max_pool.rejects-invalid
# no answer within 20 s
# max_pool window=1,3 x=1x1x1x1:float32:impulse@52

import faulthandler

import numpy as np
import cv2
import onnx
from onnx import helper, numpy_helper

x = np.array([[[[1]]]], "float32")
print("expected: an answer within 5 seconds", flush=True)
faulthandler.dump_traceback_later(5, exit=True)
node = helper.make_node(
    'MaxPool', ['X'], ['Y'], kernel_shape=[1, 3], strides=[1, 1], pads=[0, 0, 0, 0],
    dilations=[1, 1], ceil_mode=0
)
nodes = [node]
graph = helper.make_graph(nodes, 'MaxPool', [
    helper.make_tensor_value_info('X', 1, [1, 1, 1, 1]),
], [
    helper.make_tensor_value_info('Y', 1, None),
], [
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
model = onnx.shape_inference.infer_shapes(model)
feeds = {'X': x}
net = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))
for name, array in feeds.items():
    net.setInput(np.ascontiguousarray(array), name)
results = list(net.forward(['Y']))
print("got: a result")
