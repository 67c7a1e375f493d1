# mlx 0.32.4, global_sum_pool.definition
# Written by hand: what comes out is chance, so it tries up to 100 times.
# global_sum_pool x=1x4x2x0:float32:impulse@3

import mlx.core as mx
import numpy as np

mx.set_default_device(mx.cpu)
x = np.ones((4, 2, 3), "float32")[:, :, :0]
expected = x.sum(axis=(1, 2)).tolist()
for _ in range(100):
    got = np.array(mx.sum(mx.array(x), axis=(1, 2))).tolist()
    if got != expected:
        break
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if got == expected else 1)
