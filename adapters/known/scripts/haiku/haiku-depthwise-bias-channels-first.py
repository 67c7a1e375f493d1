# haiku:channels-first 0.0.17, conv.definition
# value: y[0, 1, 0] is 1, expected 0 (2 of 4 cells differ)
# conv groups=2 x=2x2x1:float32:zeros@0 w=2x1x1:float32:zeros@0 b=2:float32:impulse@0
# Written by hand: the module alone

import haiku as hk
import jax.numpy as jnp
import numpy as np

x = jnp.zeros((2, 2, 1), "float32")
w = jnp.zeros((1, 1, 2), "float32")
b = jnp.array([1, 0], "float32")


def f(x):
    return hk.DepthwiseConv1D(1, (1,), data_format="NCW", name="layer")(x)


parameters = {"layer": {"w": w, "b": b.reshape(2, 1, 1)}}  # the shape it asks for
expected = np.array([[[1], [0]], [[1], [0]]], "float64")
try:
    got = np.asarray(hk.without_apply_rng(hk.transform(f)).apply(parameters, x))
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected) else 1)
