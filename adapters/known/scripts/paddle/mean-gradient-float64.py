# paddle 3.3.1, global_avg_pool.gradient
# dx[0, 0, 0] is 0.333333343, expected 0.333333333 (3 of 3 cells differ beyond every rounding)
# global_avg_pool x=1x1x3:float64:zeros@0 g=1x1:float64:impulse@0

import numpy as np
import paddle
import paddle.nn.functional as F

x = np.full((1, 1, 3), 0, "float64")
g = np.array([[1]], "float64")
expected = np.full((1, 1, 3), 0.3333333333333333, "float64")
# how far rounding can take a correct result, cell by cell
bound = np.full((1, 1, 3), 8.141635513917819e-16, "float64")
x_ = paddle.utils.dlpack.from_dlpack(x)
x_.stop_gradient = False
y = F.adaptive_avg_pool1d(x_, [1])
y2 = paddle.squeeze(y, axis=[2])
g_ = paddle.utils.dlpack.from_dlpack(g)
results = [one.numpy() for one in paddle.grad(y2, [x_], g_)]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
