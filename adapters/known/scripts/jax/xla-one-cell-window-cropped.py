# jax 0.10.2, avg_pool.rejects-invalid
# crash: the process died of SIGABRT
# avg_pool window=1,1 padding=0:0,-1:-1 x=1x1x1x41:float32:zeros@0
# Written by hand: the smallest call of JAX that shows it

import jax
import jax.numpy as jnp
from jax import lax

x = jnp.zeros((1, 1, 1, 41), "float32")
pads = ((0, 0), (0, 0), (0, 0), (-1, -1))


def f(x):
    return lax.reduce_window(x, 0.0, lax.add, (1, 1, 1, 1), (1, 1, 1, 1), pads)


print("expected: a result, or an error", flush=True)
jax.jit(f)(x)
print("got: a result")
