# paddle 3.3.1, max_pool.impulse-response
# y[0, 0, 1] is -3.40282347e+38, expected -1.79769313e+308 (2 of 4 cells differ)
# max_pool window=1 x=2x1x2:float64:floor@0
# Written by hand: with finite numbers, where that case has −∞.

import numpy as np
import paddle

x = np.array([[[-1e300, -2e300]]], "float64")
expected = np.array([[[-1e300]]], "float64")
y = paddle.nn.functional.max_pool1d(paddle.to_tensor(x), 2)
got = y.numpy()
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected) else 1)
