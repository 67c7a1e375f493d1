# paddle 3.3.1, log_softmax.large
# y of 2500·x[0, 1] is -64, expected -2500 (1 of 2 cells differ beyond every rounding)
# log_softmax x=1x2:float32:impulse@0

import numpy as np
import paddle
import paddle.nn.functional as F

x = np.array([[2500, 0]], "float32")
expected = np.array([[0, -2500]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[0.0035940105389103832, 0.006872266184743667]], "float64")
x_ = paddle.utils.dlpack.from_dlpack(x)
y = F.log_softmax(x_, axis=1)
results = [one.numpy() for one in [y]]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
