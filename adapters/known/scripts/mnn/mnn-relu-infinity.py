# mnn 3.6.1, relu.nan
# y[0, 0, 0, 0] is 0, expected nan (1 of 1 cells differ)
# relu x=1x1x1x1:float32:nan@0

import numpy as np
from MNN import expr

x = np.array([[[[np.nan]]]], "float32")
expected = np.array([[[[np.nan]]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[[0]]]], "float64")
expr.set_thread_number(1)
y0 = expr.relu(expr.const(np.ascontiguousarray(x), [1, 1, 1, 1], expr.NCHW, expr.float))
results = [np.array(y0.read())]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound) | np.isnan(got) & np.isnan(expected)).all() else 1)
raise SystemExit(1)
