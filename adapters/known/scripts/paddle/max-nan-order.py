# paddle 3.3.1, max_pool.nan
# y[0, 0, 0] is nan, expected -3.40282347e+38 (1 of 1 cells differ)
# max_pool window=1 x=1x1x1:float32:nan@0

import numpy as np
import paddle
import paddle.nn.functional as F

x = np.array([[[np.nan]]], "float32")
expected = np.array([[[-3.4028235e+38]]], "float32")
x_ = paddle.utils.dlpack.from_dlpack(x)
y = F.max_pool1d(x_, [1], stride=[1], padding=[0, 0], ceil_mode=False)
results = [one.numpy() for one in [y]]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
