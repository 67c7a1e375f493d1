# paddle 3.3.1, lp_pool.gradient-zero
# dx where x = 0:[0, 0, 0] is nan, expected 0 (1 of 1 cells differ)
# lp_pool window=1 x=1x1x1:float32:zeros@0 g=1x1x1:float32:ones@0

import numpy as np
import paddle
import paddle.nn.functional as F

x = np.array([[[0]]], "float32")
g = np.array([[[1]]], "float32")
expected = np.array([[[0]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[4.701977543418996e-38]]], "float64")
x_ = paddle.utils.dlpack.from_dlpack(x)
x_.stop_gradient = False
y = F.lp_pool1d(x_, 2.0, [1], stride=[1], padding=[0, 0], ceil_mode=False)
g_ = paddle.utils.dlpack.from_dlpack(g)
results = [one.numpy() for one in paddle.grad(y, [x_], g_)]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
