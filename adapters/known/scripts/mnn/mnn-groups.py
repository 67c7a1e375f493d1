# mnn 3.6.1, conv.definition
# y[0, 1, 0, 0] is 1.82887517e+34, expected 0 (2 of 2 cells differ beyond every rounding)
# conv groups=2 x=1x4x1x1:float32:impulse@38 w=2x2x1x1:float32:zeros@50

import numpy as np
from MNN import expr

x = np.array([[[[0]],

               [[0]],

               [[1]],

               [[0]]]], "float32")
w = np.full((2, 2, 1, 1), 0, "float32")
expected = np.full((1, 2, 1, 1), 0, "float32")
expr.set_thread_number(1)
y0 = expr.convert(expr.const(np.ascontiguousarray(x), [1, 4, 1, 1], expr.NCHW, expr.float), expr.NC4HW4)
y1 = expr.conv2d(y0, expr.const(np.ascontiguousarray(w), [2, 2, 1, 1], expr.NCHW, expr.float), expr.const(np.zeros((2,), np.float32), [2], expr.NCHW, expr.float), (1, 1), (0, 0), (1, 1), 2, expr.CAFFE)
y2 = expr.convert(y1, expr.NCHW)
results = [np.array(y2.read())]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
