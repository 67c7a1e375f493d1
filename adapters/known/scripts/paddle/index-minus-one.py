# paddle 3.3.1, max_pool_with_indices.definition
# the index of the only cell is -1, expected 0
# max_pool_with_indices window=1 x=1x1x1:float32:nans@0
# Written by hand: our adapter refuses to run the call.

import numpy as np
import paddle

x = paddle.to_tensor(np.array([[[np.nan]]], "float32"))
y, index = paddle.nn.functional.max_pool1d(x, 1, stride=1, return_mask=True)
got = index.numpy()
expected = np.array([[[0]]])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected) else 1)
