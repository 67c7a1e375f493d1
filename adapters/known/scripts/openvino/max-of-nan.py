# openvino 2026.4.1, global_max_pool.nan
# y[0, 0] is nan, expected -3.40282347e+38 (1 of 1 cells differ)
# global_max_pool x=1x1x1x1:float32:nan@0

import numpy as np
import openvino as ov
import openvino.opset16 as ops

x = np.array([[[[np.nan]]]], "float32")
expected = np.array([[-3.4028235e+38]], "float32")
n0 = ops.parameter([1, 1, 1, 1], np.float32)
n1 = ops.constant(np.array([2, 3], np.int64))
n2 = ops.reduce_max(n0, n1)
model = ov.Model(n2.outputs()[:1], [n0])
compiled = ov.Core().compile_model(model, "CPU", {'INFERENCE_PRECISION_HINT': 'f32', 'INFERENCE_NUM_THREADS': 1, 'NUM_STREAMS': 1, 'ENABLE_CPU_PINNING': False})
results = list(compiled([x]).values())
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
