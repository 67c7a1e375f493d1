# mnn 3.6.1, conv.definition
# Written by hand: sums that tell which channels were read.
# conv groups=2 x=1x4x1x1:float32:impulse@38 w=2x2x1x1:float32:zeros@50

import numpy as np
from MNN import expr

x = np.array([[[[1]], [[2]], [[3]], [[4]]]], "float32")
w = np.ones((4, 2, 1, 1), "float32")
expected = np.array([3, 3, 7, 7], "float32")  # 1 + 2 in the first group, 3 + 4 in the second
expr.set_thread_number(1)
y0 = expr.convert(expr.const(x, [1, 4, 1, 1], expr.NCHW, expr.float), expr.NC4HW4)
weight = expr.const(w, [4, 2, 1, 1], expr.NCHW, expr.float)
bias = expr.const(np.zeros(4, "float32"), [4], expr.NCHW, expr.float)
y1 = expr.conv2d(y0, weight, bias, (1, 1), (0, 0), (1, 1), 2, expr.CAFFE)
got = np.array(expr.convert(y1, expr.NCHW).read()).ravel()
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected) else 1)
