# jax 0.10.2, max_pool.nan-gradient
# value: dx[0, 0, 0, 0] is 0, expected 1 (2 of 2 cells differ)
# max_pool window=1,2 x=1x1x1x2:float32:nans@0 g=1x1x1x1:float32:ones@0
# Written by hand: the same call without the adapter's own words

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

x = jnp.array([[[[np.nan, -2]]]], "float32")
g = jnp.ones((1, 1, 1, 1), "float32")
expected = np.array([[[[1, 0]]]], "float64")


def f(x):
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 1, 1, 2), (1, 1, 1, 1), "VALID")


y, pull = jax.vjp(f, x)
got = np.asarray(pull(g)[0])
print("result:", np.asarray(y))
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected) else 1)
