# mlx 0.32.4, max_pool.definition
# Written by hand: one negative cell, in every integer type.
# max_pool window=1 padding=1:1 x=1x1x1:int16:ones@0

import mlx.core as mx
import mlx.nn as nn
import numpy as np

mx.set_default_device(mx.cpu)
pool = nn.MaxPool1d(kernel_size=2, stride=1, padding=1)
expected = [-3, -3]  # each window has the cell -3 and one of the padding, which is negative infinity
got = {}
for dtype in (mx.int8, mx.int16, mx.int32, mx.int64):
    got[str(dtype)] = np.array(pool(mx.array([[[-3]]], dtype=dtype))).ravel().tolist()
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if all(one == expected for one in got.values()) else 1)
