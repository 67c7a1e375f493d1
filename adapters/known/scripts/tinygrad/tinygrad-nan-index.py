# tinygrad 0.14.0, max_pool_with_indices.nan-index
# indices[0, 0, 0] is 1, expected 0 (1 of 1 cells differ)
# max_pool_with_indices window=1 x=1x1x1:float32:nans@0

import numpy as np
from tinygrad import Tensor, dtypes

x = np.array([[[np.nan]]], "float32")
expected = np.array([[[0]]], "int32")
x_ = Tensor(np.ascontiguousarray(x))
y = x_.max_pool2d(kernel_size=(1,), stride=(1,), dilation=(1,), padding=(0, 0), ceil_mode=False, return_indices=True)
made = y
results = [one.numpy() for one in made]
got = np.asarray(results[1])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
