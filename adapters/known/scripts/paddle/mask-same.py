# paddle 3.3.1, max_pool_with_indices.output-size
# y has shape 1×1×0, expected 1×1×1
# max_pool_with_indices window=2 padding=same_upper x=1x1x1:float32:ones@0

import numpy as np
import paddle
import paddle.nn.functional as F

x = np.array([[[1]]], "float32")
expected = np.array([[[1]]], "float32")
x_ = paddle.utils.dlpack.from_dlpack(x)
y = F.max_pool1d(x_, [2], stride=[1], padding='SAME', return_mask=True, ceil_mode=False)
results = [one.numpy() for one in y]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
