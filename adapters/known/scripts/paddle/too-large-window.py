# paddle 3.3.1, conv.rejects-invalid
# answered with an array of shape (1, 1, 1); the spec refuses: spatial axis 0: the effective
# window 2 (window 2, dilation 1) must not exceed the padded input 1 (input 1, padding 0 + 0)
# conv stride=2 x=1x1x1:float32:zeros@0 w=1x1x2:float32:zeros@0

import numpy as np
import paddle
import paddle.nn.functional as F

x = np.array([[[0]]], "float32")
w = np.full((1, 1, 2), 0, "float32")
expected = 'an error: spatial axis 0: the effective window 2 (window 2, dilation 1) must not exceed the padded input 1 (input 1, padding 0 + 0)'
try:
    x_ = paddle.utils.dlpack.from_dlpack(x)
    w_ = paddle.utils.dlpack.from_dlpack(w)
    y = F.conv1d(x_, w_, stride=[2], padding=[0, 0], dilation=[1], groups=1)
    results = [one.numpy() for one in [y]]
    got = np.asarray(results[0])
except Exception:
    got = expected
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if got is expected else 1)
