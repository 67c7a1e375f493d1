# paddle 3.3.1, conv.definition
# y[0, 0, 0] is 1, expected 0 (1 of 1 cells differ)
# conv padding=same_upper dilation=2 x=1x1x1:float32:impulse@0 w=1x1x2:float32:impulse@0

import numpy as np
import paddle
import paddle.nn.functional as F

x = np.array([[[1]]], "float32")
w = np.array([[[1, 0]]], "float32")
expected = np.array([[[0]]], "float32")
x_ = paddle.utils.dlpack.from_dlpack(x)
w_ = paddle.utils.dlpack.from_dlpack(w)
y = F.conv1d(x_, w_, stride=[1], padding='SAME', dilation=[2], groups=1)
results = [one.numpy() for one in [y]]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
