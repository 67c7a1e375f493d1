# mnn 3.6.1, max_pool.impulse-response
# y[0, 0, 0, 1] is -16777216, expected -inf (2 of 4 cells differ)
# max_pool window=1,1 x=2x1x1x2:float32:floor@0

import numpy as np
from MNN import expr

x = np.array([[[[0, -np.inf]]],


              [[[-np.inf, 0]]]], "float32")
expected = np.array([[[[0, -np.inf]]],


                     [[[-np.inf, 0]]]], "float32")
expr.set_thread_number(1)
y0 = expr.convert(expr.const(np.ascontiguousarray(x), [2, 1, 1, 2], expr.NCHW, expr.float), expr.NC4HW4)
y1 = expr.max_pool(y0, (1, 1), (1, 1), expr.VALID)
y2 = expr.convert(y1, expr.NCHW)
results = [np.array(y2.read())]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
