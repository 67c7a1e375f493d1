# tract 0.23.9, global_sum_pool.overflow
# y[0, 0] is 794921487, expected -1180685649882019313 (1 of 1 cells differ)
# global_sum_pool x=1x1x1x1:int64:large@0

import numpy as np
import tempfile
import tract
import onnx
from onnx import helper, numpy_helper

x = np.array([[[[-1180685649882019313]]]], "int64")
expected = np.array([[[[-1180685649882019313]]]], "int64")
node = helper.make_node('ReduceSum', ['data', 'axes'], ['reduced'], keepdims=1)
nodes = [node]
graph = helper.make_graph(nodes, 'ReduceSum', [
    helper.make_tensor_value_info('data', 7, [1, 1, 1, 1]),
], [
    helper.make_tensor_value_info('reduced', 7, None),
], [
    numpy_helper.from_array(np.array([2, 3], np.int64), 'axes'),
])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
feeds = {'data': x}
folder = tempfile.TemporaryDirectory()
path = f"{folder.name}/model.onnx"
onnx.save(model, path)
runnable = tract.onnx().load(path).into_model().into_runnable()
results = [y.to_numpy() for y in runnable.run(list(feeds.values()))]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
