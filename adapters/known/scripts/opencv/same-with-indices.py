# opencv 5.0.0, max_pool_with_indices.definition
# y[0, 0, 0, 1] is 0, expected 1 (1 of 2 cells differ)
# max_pool_with_indices window=1,3 padding=same_upper x=1x1x1x2:float32:impulse@0

import numpy as np
import cv2
import onnx
from onnx import helper, numpy_helper

x = np.array([[[[1, 0]]]], "float32")
expected = np.full((1, 1, 1, 2), 1, "float32")
node = helper.make_node(
    'MaxPool', ['X'], ['Y', 'Indices'], kernel_shape=[1, 3], strides=[1, 1],
    auto_pad='SAME_UPPER', dilations=[1, 1], ceil_mode=0, storage_order=0
)
nodes = [node]
graph = helper.make_graph(nodes, 'MaxPool', [
    helper.make_tensor_value_info('X', 1, [1, 1, 1, 2]),
], [
    helper.make_tensor_value_info('Y', 1, None),
    helper.make_tensor_value_info('Indices', 7, None),
], [
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
model = onnx.shape_inference.infer_shapes(model)
feeds = {'X': x}
net = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))
for name, array in feeds.items():
    net.setInput(np.ascontiguousarray(array), name)
results = list(net.forward(['Y', 'Indices']))
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
