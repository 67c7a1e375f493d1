# tract 0.23.9, pad.output-size
# the process died of SIGABRT
# pad padding=-1:0 x=1x1x3:float32:ones@0

import numpy as np
import tempfile
import tract
import onnx
from onnx import helper, numpy_helper

x = np.full((1, 1, 3), 1, "float32")
print("expected: a result, or an error", flush=True)
node = helper.make_node('Pad', ['data', 'pads', 'constant_value'], ['output'], mode='constant')
nodes = [node]
graph = helper.make_graph(nodes, 'Pad', [
    helper.make_tensor_value_info('data', 1, [1, 1, 3]),
], [
    helper.make_tensor_value_info('output', 1, None),
], [
    numpy_helper.from_array(np.array([0, 0, -1, 0, 0, 0], np.int64), 'pads'),
    numpy_helper.from_array(np.array(0.0, np.float32), 'constant_value'),
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
feeds = {'data': x}
folder = tempfile.TemporaryDirectory()
path = f"{folder.name}/model.onnx"
onnx.save(model, path)
runnable = tract.onnx().load(path).into_model().into_runnable()
results = [y.to_numpy() for y in runnable.run(list(feeds.values()))]
print("got: a result")
