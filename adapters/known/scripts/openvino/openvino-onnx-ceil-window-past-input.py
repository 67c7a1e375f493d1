# openvino:onnx 2026.4.1, max_pool.output-size
# y has shape 1×1×2, expected 1×1×1
# max_pool window=1 stride=2 ceil_mode=yes x=1x1x2:float32:ones@0

import numpy as np
import openvino as ov
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
feeds = {'X': x}
read = ov.Core().read_model(model.SerializeToString())
compiled = ov.Core().compile_model(read, "CPU", {'INFERENCE_PRECISION_HINT': 'f32', 'INFERENCE_NUM_THREADS': 1, 'NUM_STREAMS': 1, 'ENABLE_CPU_PINNING': False})
results = list(compiled(list(feeds.values())).values())
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
