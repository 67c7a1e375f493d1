# openvino:onnx 2026.4.1, cross_entropy.rejects-invalid
# answered with an array of shape (); the spec refuses: labels must lie in [0, 1), but one is 1
# cross_entropy logits=2x1:float32:zeros@5 labels=2:int64:ones@9

import numpy as np
import openvino as ov
import onnx
from onnx import helper, numpy_helper

logits = np.full((2, 1), 0, "float32")
labels = np.full((2,), 1, "int64")
expected = 'an error: labels must lie in [0, 1), but one is 1'
try:
    node = helper.make_node(
        'SoftmaxCrossEntropyLoss', ['scores', 'labels'], ['output'], reduction='mean'
    )
    nodes = [node]
    graph = helper.make_graph(nodes, 'SoftmaxCrossEntropyLoss', [
        helper.make_tensor_value_info('scores', 1, [2, 1]),
        helper.make_tensor_value_info('labels', 7, [2]),
    ], [
        helper.make_tensor_value_info('output', 1, None),
    ], [
    ])
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
    feeds = {'scores': logits, 'labels': labels}
    read = ov.Core().read_model(model.SerializeToString())
    compiled = ov.Core().compile_model(read, "CPU", {'INFERENCE_PRECISION_HINT': 'f32', 'INFERENCE_NUM_THREADS': 1, 'NUM_STREAMS': 1, 'ENABLE_CPU_PINNING': False})
    results = list(compiled(list(feeds.values())).values())
    got = np.asarray(results[0])
except Exception:
    got = expected
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if got is expected else 1)
