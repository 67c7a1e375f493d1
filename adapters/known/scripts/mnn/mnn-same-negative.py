# mnn 3.6.1, conv.definition
# y[0, 0, 0, 0] is 0, expected 1 (1 of 1 cells differ)
# conv stride=1,3 padding=same_upper x=1x1x1x3:float32:impulse@0 w=1x1x1x1:float32:impulse@0

import numpy as np
from MNN import expr

x = np.array([[[[1, 0, 0]]]], "float32")
w = np.array([[[[1]]]], "float32")
expected = np.array([[[[1]]]], "float32")
expr.set_thread_number(1)
y0 = expr.convert(expr.const(np.ascontiguousarray(x), [1, 1, 1, 3], expr.NCHW, expr.float), expr.NC4HW4)
y1 = expr.conv2d(y0, expr.const(np.ascontiguousarray(w), [1, 1, 1, 1], expr.NCHW, expr.float), expr.const(np.zeros((1,), np.float32), [1], expr.NCHW, expr.float), (3, 1), (0, 0), (1, 1), 1, expr.SAME)
y2 = expr.convert(y1, expr.NCHW)
results = [np.array(y2.read())]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
