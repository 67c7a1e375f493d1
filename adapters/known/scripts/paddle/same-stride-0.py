# paddle 3.3.1, max_pool.rejects-invalid
# the process died of SIGFPE
# max_pool window=1 stride=0 padding=same_upper x=1x1x1:float32:ones@0
# Written by hand: the call is invalid, and no result of it can be compared.

import numpy as np
import paddle

x = paddle.to_tensor(np.array([[[1]]], "float32"))
print("expected: an error", flush=True)
try:
    y = paddle.nn.functional.max_pool1d(x, 1, stride=0, padding="SAME")
except Exception as error:
    print("got:", type(error).__name__)
    raise SystemExit(0) from None
print("got:", y.numpy())
raise SystemExit(1)
