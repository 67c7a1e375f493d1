# mlx 0.32.4, conv_transpose.gradient
# dx has shape 1×1×2, expected 1×1×3
# conv_transpose stride=2 output_padding=1 x=1x1x3:float32:ramp@0 w=1x1x3:float32:ramp@1 g=1x1x8:float32:ints@0

import numpy as np
import mlx.core as mx
import mlx.nn as nn
mx.set_default_device(mx.cpu)

x = np.array([[[-3, -2, -1]]], "float32")
w = np.array([[[-2, -1, 0]]], "float32")
g = np.array([[[3, 1, -3, 4, 3, 4, -2, 3]]], "float32")
expected = np.array([[[-7, 2, -10]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[4.5895603910678025e-06, 6.556514844382575e-06, 6.556514844382575e-06]]], "float64")
x_ = mx.array(x, dtype=mx.float32)
w_ = mx.array(w, dtype=mx.float32)
def f(x_, w_):
    y = mx.transpose(w_, (1, 2, 0))
    y2 = mx.moveaxis(x_, 1, -1)
    y3 = mx.conv_transpose1d(y2, y, stride=2, padding=0, dilation=1, output_padding=1, groups=1)
    y4 = mx.moveaxis(y3, -1, 1)
    return y4
g_ = mx.array(g, dtype=mx.float32)
_, results = mx.vjp(f, [x_, w_], [g_])
results = [np.array(one) for one in results]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
