# paddle 3.3.1, lp_pool.definition
# y[0, 0, 0] is 1.41421354, expected 1.41421356 (1 of 1 cells differ beyond every rounding)
# lp_pool window=2 x=1x1x2:float64:ones@0

import numpy as np
import paddle
import paddle.nn.functional as F

x = np.full((1, 1, 2), 1, "float64")
expected = np.array([[[1.4142135623730951]]], "float64")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[1.111195078343177e-14]]], "float64")
x_ = paddle.utils.dlpack.from_dlpack(x)
y = F.lp_pool1d(x_, 2.0, [2], stride=[1], padding=[0, 0], ceil_mode=False)
results = [one.numpy() for one in [y]]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
