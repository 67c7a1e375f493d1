# jax 0.10.2, global_max_pool.nan
# y[0, 0] is 3, expected nan (1 of 1 cells differ)
# global_max_pool x=1x1x64x64:float32:nan@0

import base64
import zlib

import numpy as np
import jax
import jax.numpy as jnp

def global_max_pool(x):
    return jnp.max(x, axis=range(2, x.ndim))

x = np.frombuffer(zlib.decompress(base64.b85decode(
    "c-rmBOBDbh5CTA&X)|r+M)T9b+wg$PBsG#$GFM(^JJ(O|iZR9*V~jDz7-Nhv#u#IaF~%5Uj4{R-V~jDz7-Nhv#"
    "u#IaF~%5U|7`;zM@7T"
)), "float32").reshape((1, 1, 64, 64)).copy()
expected = np.array([[np.nan]], "float32")
def f(x): return global_max_pool(x)
results = [jax.jit(f)(x)]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
