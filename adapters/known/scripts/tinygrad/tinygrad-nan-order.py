# tinygrad 0.14.0, max_pool.nan
# y[0, 0, 0] is -2, expected nan (1 of 1 cells differ)
# max_pool window=2 x=1x1x2:float32:nan@1

import numpy as np
from tinygrad import Tensor, dtypes

x = np.array([[[-2, np.nan]]], "float32")
expected = np.array([[[np.nan]]], "float32")
x_ = Tensor(np.ascontiguousarray(x))
y = x_.max_pool2d(kernel_size=(2,), stride=(1,), dilation=(1,), padding=(0, 0), ceil_mode=False)
made = [y]
results = [one.numpy() for one in made]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
