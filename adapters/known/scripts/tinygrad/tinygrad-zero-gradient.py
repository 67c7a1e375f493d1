# tinygrad 0.14.0, avg_pool.gradient
# dx[0, 0, 0, 2] is 4, expected 0 (10 of 10 cells differ beyond every rounding)
# avg_pool window=1,3 stride=3,1 padding=1:0,1:0 dilation=1,2 count_include_pad=yes x=1x1x2x5:float32:zeros@0 g=1x1x1x2:float32:impulse@0

import numpy as np
from tinygrad import Tensor

# The pool's windows lie in the padding above x, so x has no influence and its gradient is 0.
expected = np.zeros((1, 1, 2, 5), "float32")
before = (Tensor(np.full((1, 1, 2, 5), 7, "float32")) * 3).realize()
del before  # its memory is free for what comes
x_ = Tensor(np.zeros((1, 1, 2, 5), "float32"))
g_ = Tensor(np.array([[[[1, 0]]]], "float32"))
y = x_.avg_pool2d(kernel_size=(1, 3), stride=(3, 1), dilation=(1, 2), padding=(1, 0, 1, 0), count_include_pad=True)
made = y.gradient(x_, gradient=g_)
got = made[0].numpy()
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected) else 1)
