# opencv 5.0.0, max_pool.output-size
# y has shape 1×1×2, expected 1×1×1
# max_pool window=1 stride=2 ceil_mode=yes x=1x1x2:float32:ones@0

import numpy as np
import cv2
import onnx
from onnx import helper, numpy_helper

x = np.full((1, 1, 2), 1, "float32")
expected = np.array([[[1]]], "float32")
node = helper.make_node(
    'MaxPool', ['X'], ['Y'], kernel_shape=[1], strides=[2], pads=[0, 0], dilations=[1],
    ceil_mode=1
)
nodes = [node]
graph = helper.make_graph(nodes, 'MaxPool', [
    helper.make_tensor_value_info('X', 1, [1, 1, 2]),
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
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
