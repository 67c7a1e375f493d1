# paddle 3.3.1, avg_pool.definition
# y[0, 0, 0] is 1, expected 0.5 (1 of 1 cells differ beyond every rounding)
# avg_pool window=2 padding=0:1 count_include_pad=yes x=1x1x1:float32:ones@0

import numpy as np
import paddle
import paddle.nn.functional as F

x = np.array([[[1]]], "float32")
expected = np.array([[[0.5]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[2.384186220672012e-07]]], "float64")
x_ = paddle.utils.dlpack.from_dlpack(x)
y = F.avg_pool1d(x_, [2], stride=[1], padding=[0, 1], exclusive=False, ceil_mode=False)
results = [one.numpy() for one in [y]]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
