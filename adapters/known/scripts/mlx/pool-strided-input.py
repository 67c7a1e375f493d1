# mlx 0.32.4, max_pool.output-size
# raised RuntimeError: AsStrided must be used with row contiguous arrays only.
# max_pool window=1,1 stride=1,2 x=1x1x1x2:float32:ones@0:sliced

import numpy as np
import mlx.core as mx
import mlx.nn as nn
mx.set_default_device(mx.cpu)

def laid_out(values, strides):
    """The same values with so many bytes from neighbour to neighbour along each axis."""
    ends = [(n - 1) * s for n, s in zip(values.shape, strides)]
    first = -sum(end for end in ends if end < 0)
    memory = np.zeros(first + sum(end for end in ends if end > 0) + values.itemsize, np.uint8)
    array = np.ndarray(values.shape, values.dtype, memory, first, strides)
    array[...] = values
    return array


x = np.full((1, 1, 1, 2), 1, "float32")
x = laid_out(x, (16, 16, 16, 8))
expected = np.array([[[[1]]]], "float64")
try:
    x_ = mx.array(x, dtype=mx.float32)
    y = nn.MaxPool2d((1, 1), stride=(1, 2), padding=(0, 0))
    y2 = mx.moveaxis(x_, 1, -1)
    y3 = y(y2)
    y4 = mx.moveaxis(y3, -1, 1)
    results = [y4]
    results = [np.array(one) for one in results]
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
