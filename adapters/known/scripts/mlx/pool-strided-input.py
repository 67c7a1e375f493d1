# mlx 0.32.4, max_pool.definition
# Written by hand: a slice of MLX's own.
# max_pool window=1,1 stride=1,2 x=1x1x1x2:float32:ones@0:sliced

import mlx.core as mx
import mlx.nn as nn
import numpy as np

mx.set_default_device(mx.cpu)
x = mx.arange(16.0).reshape(1, 16, 1)[:, ::2]  # 0, 2, 4 … 14
expected = [[[4.0], [6.0], [8.0], [10.0], [12.0], [14.0]]]
try:
    got = np.array(nn.MaxPool1d(kernel_size=3, stride=1)(x)).tolist()
except (RuntimeError, ValueError) as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if got == expected else 1)
