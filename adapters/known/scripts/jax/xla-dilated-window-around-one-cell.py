# jax 0.10.2, avg_pool.gradient
# dx[0, 0, 0, 0] is 0.5, expected 0 (1 of 1 cells differ beyond every rounding)
# avg_pool window=2,1 padding=same_upper dilation=2,1 count_include_pad=yes x=1x1x1x1:float32:zeros@0 g=1x1x1x1:float32:impulse@0

import numpy as np
import math
import jax
import jax.numpy as jnp
from jax import lax
_NAMED = {'same_upper': 'SAME', 'same_lower': 'SAME_LOWER', 'valid': 'VALID'}

def _native(padding):
    return _NAMED[padding] if isinstance(padding, str) else padding

def _around(padding):
    return _native(padding) if isinstance(padding, str) else ((0, 0), (0, 0), *padding)

def avg_pool(x, *, window, stride, padding, dilation, count_include_pad, ceil_mode=False):
    y = _reduced(x, 0, lax.add, window, stride, padding, dilation, ceil_mode)
    if count_include_pad:
        return y / math.prod(window)
    ones = jnp.ones((1, 1, *x.shape[2:]), x.dtype)
    return y / _reduced(ones, 0, lax.add, window, stride, padding, dilation, ceil_mode)

def _reduced(x, start, operation, window, stride, padding, dilation, ceil_mode):
    if ceil_mode:
        raise ValueError('lax.reduce_window has no ceil mode')
    known = np.array(start, x.dtype)
    return lax.reduce_window(x, known, operation, (1, 1, *window), (1, 1, *stride), _around(padding), window_dilation=(1, 1, *dilation))

x = np.array([[[[0]]]], "float32")
g = np.array([[[[1]]]], "float32")
expected = np.array([[[[0]]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[[1.1210387714598537e-44]]]], "float64")
def f(x): return avg_pool(
    x, window=(2, 1), stride=(1, 1), padding='same_upper', dilation=(2, 1), ceil_mode=False,
    count_include_pad=True
)
def gradients(x, g): return jax.vjp(f, x)[1](g)
results = jax.jit(gradients)(x, g)
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
