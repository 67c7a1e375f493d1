# paddle 3.3.1, max_pool.rejects-invalid
# answered with an array of shape (1, 1, 2); the spec refuses: window of spatial axis 0 must be a
# whole number of at least 1, not 0
# max_pool window=0 x=1x1x1:float32:ones@0

import numpy as np
import paddle
import paddle.nn.functional as F

x = np.array([[[1]]], "float32")
expected = 'an error: window of spatial axis 0 must be a whole number of at least 1, not 0'
try:
    x_ = paddle.utils.dlpack.from_dlpack(x)
    y = F.max_pool1d(x_, [0], stride=[1], padding=[0, 0], ceil_mode=False)
    results = [one.numpy() for one in [y]]
    got = np.asarray(results[0])
except Exception:
    got = expected
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if got is expected else 1)
