# openvino 2026.4.1, adaptive_avg_pool.rejects-invalid
# y of no cells is whatever was in memory: two runs of it differ
# adaptive_avg_pool output_size=2 x=1x1x0:float32:zeros@0
# Written by hand: an error would do, or a number that follows from something; what is left in
# memory differs from one result to the next.

import numpy as np
import openvino as ov
import openvino.opset16 as ops

x = np.zeros((1, 1, 0), "float32")
n0 = ops.parameter([1, 1, 0], np.float32)
n1 = ops.adaptive_avg_pool(n0, ops.constant(np.array([64], np.int64)))
model = ov.Model(n1.outputs()[:1], [n0])
try:
    compiled = ov.Core().compile_model(model, "CPU")
    results = [np.array(compiled([x])[0]).ravel() for _ in range(3)]
    fresh = np.array(ov.Core().compile_model(model, "CPU")([x])[0]).ravel()
except RuntimeError:
    raise SystemExit(0) from None
print("expected: an error, or 64 equal numbers (0 or NaN)", "got:", fresh, sep="\n")
every = np.concatenate([*results, fresh])
raise SystemExit(0 if np.isnan(every).all() or (every == every[0]).all() else 1)
