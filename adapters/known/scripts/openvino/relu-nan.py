# openvino 2026.4.1, relu.nan
# y[0, 0, 0, 0] is 0, expected nan (1 of 1 cells differ)
# relu x=1x1x1x1:float32:nan@0

import numpy as np
import openvino as ov
import openvino.opset16 as ops

x = np.array([[[[np.nan]]]], "float32")
expected = np.array([[[[np.nan]]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[[0]]]], "float64")
n0 = ops.parameter([1, 1, 1, 1], np.float32)
n1 = ops.relu(n0)
model = ov.Model(n1.outputs()[:1], [n0])
compiled = ov.Core().compile_model(model, "CPU", {'INFERENCE_PRECISION_HINT': 'f32', 'INFERENCE_NUM_THREADS': 1, 'NUM_STREAMS': 1, 'ENABLE_CPU_PINNING': False})
results = list(compiled([x]).values())
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound) | np.isnan(got) & np.isnan(expected)).all() else 1)
raise SystemExit(1)
