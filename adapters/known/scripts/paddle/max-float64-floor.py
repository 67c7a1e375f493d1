# paddle 3.3.1, max_pool.impulse-response
# y[0, 0, 1] is -3.40282347e+38, expected -1.79769313e+308 (2 of 4 cells differ)
# max_pool window=1 x=2x1x2:float64:floor@0

import numpy as np
import paddle
import paddle.nn.functional as F

x = np.array([[[0, -np.inf]],

              [[-np.inf, 0]]], "float64")
expected = np.array([[[0, -1.7976931348623157e+308]],

                     [[-1.7976931348623157e+308, 0]]], "float64")
x_ = paddle.utils.dlpack.from_dlpack(x)
y = F.max_pool1d(x_, [1], stride=[1], padding=[0, 0], ceil_mode=False)
results = [one.numpy() for one in [y]]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
