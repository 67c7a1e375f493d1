# tract 0.23.9, dense.output-size
# raised TractError: running pass PropConst(0) Caused by: 0: Eager eval #5 "Y.beta_c" Mul during
# optimisation 1: Tensor datum type error: tensor is F32, accessed as F64
# dense x=1x1:float64:zeros@0 w=1x1:float64:zeros@0 b=1:float64:ints@0

import numpy as np
import tempfile
import tract
import onnx
from onnx import helper, numpy_helper

x = np.array([[0]], "float64")
b = np.array([3], "float64")
expected = np.array([[3]], "float64")
try:
    node = helper.make_node('Gemm', ['A', 'B', 'C'], ['Y'], transB=1)
    nodes = [node]
    graph = helper.make_graph(nodes, 'Gemm', [
        helper.make_tensor_value_info('A', 11, [1, 1]),
    ], [
        helper.make_tensor_value_info('Y', 11, None),
    ], [
        numpy_helper.from_array(x, 'B'),
        numpy_helper.from_array(b, 'C'),
    ])
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid('', 22)])
    feeds = {'A': x}
    folder = tempfile.TemporaryDirectory()
    path = f"{folder.name}/model.onnx"
    onnx.save(model, path)
    runnable = tract.onnx().load(path).into_model().into_runnable()
    results = [y.to_numpy() for y in runnable.run(list(feeds.values()))]
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
