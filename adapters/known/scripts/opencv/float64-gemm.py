# opencv 5.0.0, dense.definition
# y of x 34×2, w 2×2[20, 0] is 3.61002872e+213, expected 0 (25 of 68 cells differ)
# dense x=1x2:float64:zeros@0 w=2x2:float64:zeros@0

import numpy as np
import cv2
import onnx
from onnx import helper, numpy_helper

x = np.full((34, 2), 0, "float64")
w = np.full((2, 2), 0, "float64")
expected = np.full((34, 2), 0, "float64")
node = helper.make_node('Gemm', ['A', 'B'], ['Y'], transB=1)
nodes = [node]
graph = helper.make_graph(nodes, 'Gemm', [
    helper.make_tensor_value_info('A', 11, [34, 2]),
], [
    helper.make_tensor_value_info('Y', 11, None),
], [
    numpy_helper.from_array(w, 'B'),
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
model = onnx.shape_inference.infer_shapes(model)
feeds = {'A': x}
net = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))
for name, array in feeds.items():
    net.setInput(np.ascontiguousarray(array), name)
results = list(net.forward(['Y']))
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
