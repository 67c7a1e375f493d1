# equinox 0.13.8, max_pool.output-size
# raised RuntimeError: Paddings should be less than the size of the kernel.
# max_pool window=2 stride=3 ceil_mode=yes x=1x1x4:float32:zeros@0
# Written by hand: the layer alone

import equinox as eqx
import jax.numpy as jnp
import numpy as np

x = jnp.zeros((1, 4), "float32")
expected = np.zeros((1, 2))
try:
    got = np.asarray(eqx.nn.MaxPool1d(2, 3, 0, use_ceil=True)(x))
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
