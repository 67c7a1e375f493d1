# paddle 3.3.1, pad.second-gradient
# the gradient of ⟨dx, ·⟩ in g[0, 0, 1] is 1, expected 0 (1 of 2 cells differ)
# pad padding=0:1 value=1 x=1x1x1:float32:zeros@0 g=1x1x2:float32:impulse@0

import numpy as np
import paddle
import paddle.nn.functional as F

x = np.array([[[0]]], "float32")
g = np.array([[[1, 0]]], "float32")
expected = np.full((1, 1, 2), 0, "float32")
# how far rounding can take a correct result, cell by cell
bound = np.full((1, 1, 2), 1.401298464324817e-44, "float64")
x_ = paddle.utils.dlpack.from_dlpack(x)
x_.stop_gradient = False
y = F.pad(x_, [0, 1], mode='constant', value=1)
g_ = paddle.utils.dlpack.from_dlpack(g)
g_.stop_gradient = False
first = paddle.grad(y, [x_], g_, create_graph=True)
second = paddle.grad([first[0]], [x_, g_], [paddle.utils.dlpack.from_dlpack(x)],
    allow_unused=True)
results = [one.numpy() for one in [paddle.zeros_like(t) if d is None else d for t, d in zip([x_, g_], second)]]
got = np.asarray(results[1])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
