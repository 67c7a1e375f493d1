# onnxruntime 1.31.1, global_sum_pool.overflow
# y[0, 0] is 9007199254740992, expected 9007199254740993 (1 of 1 cells differ)
# global_sum_pool x=1x1x1x1:int64:large@0
# Written by hand: with the least number that shows it.

import numpy as np
import onnx
import onnxruntime as ort
from onnx import helper, numpy_helper

x = np.array([[[[2**53 + 1]]]], "int64")
expected = np.array([[2**53 + 1]], "int64")
node = helper.make_node("ReduceSum", ["X", "axes"], ["Y"], keepdims=0)
graph = helper.make_graph(
    [node], "ReduceSum",
    [helper.make_tensor_value_info("X", onnx.TensorProto.INT64, [1, 1, 1, 1])],
    [helper.make_tensor_value_info("Y", onnx.TensorProto.INT64, None)],
    [numpy_helper.from_array(np.array([2, 3], "int64"), "axes")],
)
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 22)])
session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
got = session.run(None, {"X": x})[0]
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected) else 1)
