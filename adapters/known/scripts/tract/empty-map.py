# tract 0.23.9, global_sum_pool.rejects-invalid
# the process died of SIGABRT
# global_sum_pool x=1x1x0:float32:zeros@0

import numpy as np
import tempfile
import tract
import onnx
from onnx import helper, numpy_helper

x = np.zeros((1, 1, 0), "float32")
print("expected: a result, or an error", flush=True)
node = helper.make_node('ReduceSum', ['data', 'axes'], ['reduced'], keepdims=1)
nodes = [node]
graph = helper.make_graph(nodes, 'ReduceSum', [
    helper.make_tensor_value_info('data', 1, [1, 1, 0]),
], [
    helper.make_tensor_value_info('reduced', 1, None),
], [
    numpy_helper.from_array(np.array([2], np.int64), 'axes'),
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
feeds = {'data': x}
folder = tempfile.TemporaryDirectory()
path = f"{folder.name}/model.onnx"
onnx.save(model, path)
runnable = tract.onnx().load(path).into_model().into_runnable()
results = [y.to_numpy() for y in runnable.run(list(feeds.values()))]
print("got: a result")
