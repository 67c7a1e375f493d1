# mnn 3.6.1, relu.special-values
# Written by hand: with both infinities.
# relu x=1x1:float32:zeros@1

import numpy as np
from MNN import expr

x = np.array([-np.inf, np.inf, -1, 1], "float32")
expected = np.maximum(x, 0)
expr.set_thread_number(1)
got = np.array(expr.relu(expr.const(x, [4], expr.NCHW, expr.float)).read())
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected) else 1)
