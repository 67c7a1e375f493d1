# mnn 3.6.1, max_pool.impulse-response
# Written by hand: with finite numbers.
# max_pool window=1,1 x=2x1x1x2:float32:floor@0

import numpy as np
from MNN import expr

x = np.array([[[[-2e7, -3e7]]]], "float32")
expected = x
expr.set_thread_number(1)
y0 = expr.convert(expr.const(x, [1, 1, 1, 2], expr.NCHW, expr.float), expr.NC4HW4)
y1 = expr.max_pool(y0, (1, 1), (1, 1), expr.VALID)
got = np.array(expr.convert(y1, expr.NCHW).read())
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected) else 1)
