# paddle 3.3.1, relu.nan
# y[0] is 0, expected nan (1 of 1 cells differ)
# relu x=1:float32:nan@0

import numpy as np
import paddle
import paddle.nn.functional as F

x = np.array([np.nan], "float32")
expected = np.array([np.nan], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([0], "float64")
x_ = paddle.utils.dlpack.from_dlpack(x)
y = F.relu(x_)
results = [one.numpy() for one in [y]]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound) | np.isnan(got) & np.isnan(expected)).all() else 1)
raise SystemExit(1)
