# tract 0.23.9, log_softmax.large
# y of 2500·x[0, 1] is -inf, expected -2500 (1 of 2 cells differ beyond every rounding)
# log_softmax x=1x2:float32:impulse@0
# Written by hand: with scores that are nearer to each other.

import tempfile

import numpy as np
import onnx
import tract
from onnx import helper

x = np.array([[0, -200]], "float32")
expected = np.array([[0, -200]], "float32")  # -200 - log(1 + exp(-200))
node = helper.make_node("LogSoftmax", ["input"], ["output"], axis=1)
graph = helper.make_graph(
    [node], "LogSoftmax",
    [helper.make_tensor_value_info("input", 1, [1, 2])],
    [helper.make_tensor_value_info("output", 1, None)],
)
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 22)])
folder = tempfile.TemporaryDirectory()
path = f"{folder.name}/model.onnx"
onnx.save(model, path)
runnable = tract.onnx().load(path).into_model().into_runnable()
got = runnable.run([x])[0].to_numpy()
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.allclose(got, expected) else 1)
