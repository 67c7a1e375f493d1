# paddle 3.3.1, max_pool_with_indices.output-size
# raised ValueError: (InvalidArgument) Paddings size 4 and pooling size 2 should be the same.
# [Hint: Expected kernel_size_.size() == paddings_.size(), but received kernel_size_.size():2 !=
# paddings_.size():4.] (at /paddle
# max_pool_with_indices window=1 padding=0:1 x=1x1x1:float32:ones@0

import numpy as np
import paddle
import paddle.nn.functional as F

x = np.array([[[1]]], "float32")
expected = np.array([[[1, -3.4028234663852886e+38]]], "float64")
try:
    x_ = paddle.utils.dlpack.from_dlpack(x)
    y = F.max_pool1d(x_, [1], stride=[1], padding=[0, 1], return_mask=True, ceil_mode=False)
    results = [one.numpy() for one in y]
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
