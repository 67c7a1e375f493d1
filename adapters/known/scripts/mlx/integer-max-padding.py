# mlx 0.32.4, max_pool.definition
# y[0, 0, 0] is 0, expected -32768 (2 of 3 cells differ)
# max_pool window=1 padding=1:1 x=1x1x1:int16:ones@0

import numpy as np
import mlx.core as mx
import mlx.nn as nn
mx.set_default_device(mx.cpu)

x = np.array([[[1]]], "int16")
expected = np.array([[[-32768, 1, -32768]]], "int16")
x_ = mx.array(x, dtype=mx.int16)
y = nn.MaxPool1d(1, stride=1, padding=1)
y2 = mx.moveaxis(x_, 1, -1)
y3 = y(y2)
y4 = mx.moveaxis(y3, -1, 1)
results = [y4]
results = [np.array(one) for one in results]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
