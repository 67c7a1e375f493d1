# flax 0.12.8, avg_pool.dtype
# the result is float32, not float16
# avg_pool window=1 x=1x1x1:float16:zeros@0
# Written by hand: it compares types, and shows that of the other average

import jax.numpy as jnp
from flax import linen as nn

x = jnp.zeros((1, 1, 1), "float16")
counted = nn.avg_pool(x, (1,), (1,), ((0, 0),), count_include_pad=True)
got = nn.avg_pool(x, (1,), (1,), ((0, 0),), count_include_pad=False)
print("with count_include_pad=True:", counted.dtype)
print("expected:", x.dtype, "got:", got.dtype, sep="\n")
raise SystemExit(0 if got.dtype == x.dtype else 1)
