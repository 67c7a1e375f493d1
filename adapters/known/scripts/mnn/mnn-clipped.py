# mnn 3.6.1, conv_transpose.special-values
# y[0, 0, 0, 0] is 3.40282347e+38, expected nan (1 of 1 cells differ)
# conv_transpose x=1x1x1x1:float32:zeros@0 w=1x1x1x1:float32:zeros@0

import numpy as np
from MNN import expr

x = np.array([[[[np.nan]]]], "float32")
w = np.array([[[[1]]]], "float32")
expected = np.array([[[[np.nan]]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[[0]]]], "float64")
expr.set_thread_number(1)
y0 = expr.convert(expr.const(np.ascontiguousarray(x), [1, 1, 1, 1], expr.NCHW, expr.float), expr.NC4HW4)
y1 = expr.conv2d_transpose(y0, expr.const(np.ascontiguousarray(w), [1, 1, 1, 1], expr.NCHW, expr.float), expr.const(np.zeros((1,), np.float32), [1], expr.NCHW, expr.float), (1, 1), (0, 0), (1, 1), 1, expr.CAFFE)
y2 = expr.convert(y1, expr.NCHW)
results = [np.array(y2.read())]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound) | np.isnan(got) & np.isnan(expected)).all() else 1)
raise SystemExit(1)
