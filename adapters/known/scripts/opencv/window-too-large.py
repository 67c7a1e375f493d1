# opencv 5.0.0, conv.rejects-invalid
# the process died of SIGSEGV
# conv x=1x2x1:float32:zeros@0 w=1x2x3:float32:zeros@0

import numpy as np
import cv2
import onnx
from onnx import helper, numpy_helper

x = np.full((1, 2, 1), 0, "float32")
w = np.full((1, 2, 3), 0, "float32")
print("expected: a result, or an error", flush=True)
node = helper.make_node(
    'Conv', ['X', 'W'], ['Y'], kernel_shape=[3], pads=[0, 0], strides=[1], dilations=[1],
    group=1
)
nodes = [node]
graph = helper.make_graph(nodes, 'Conv', [
    helper.make_tensor_value_info('X', 1, [1, 2, 1]),
], [
    helper.make_tensor_value_info('Y', 1, None),
], [
    numpy_helper.from_array(w, 'W'),
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
model = onnx.shape_inference.infer_shapes(model)
feeds = {'X': x}
net = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))
for name, array in feeds.items():
    net.setInput(np.ascontiguousarray(array), name)
results = list(net.forward(['Y']))
print("got: a result")
