# opencv 5.0.0, conv.definition
# y[0, 0, 0] is 14, expected 41 (2 of 2 cells differ)
# conv x=1x1x9:float32:ramp@0 w=2x1x9:float32:ramp@0

import numpy as np
import cv2
import onnx
from onnx import helper, numpy_helper

x = np.array([[[-3, -2, -1, 0, 1, 2, 3, -3, -2]]], "float32")
w = np.array([[[-3, -2, -1, 0, 1, 2, 3, -3, -2]],

              [[-1, 0, 1, 2, 3, -3, -2, -1, 0]]], "float32")
expected = np.array([[[41],
                      [-4]]], "float32")
node = helper.make_node(
    'Conv', ['X', 'W'], ['Y'], kernel_shape=[9], pads=[0, 0], strides=[1], dilations=[1],
    group=1
)
nodes = [node]
graph = helper.make_graph(nodes, 'Conv', [
    helper.make_tensor_value_info('X', 1, [1, 1, 9]),
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
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
