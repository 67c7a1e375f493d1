# paddle 3.3.1, conv_transpose.rejects-invalid
# answered with an array of shape (1, 1, 1); the spec refuses: dilation of spatial axis 0 must be
# a whole number of at least 1, not 0
# conv_transpose dilation=0 x=1x1x1:float32:zeros@0 w=1x1x1:float32:zeros@0

import numpy as np
import paddle
import paddle.nn.functional as F

x = np.array([[[0]]], "float32")
expected = 'an error: dilation of spatial axis 0 must be a whole number of at least 1, not 0'
try:
    x_ = paddle.utils.dlpack.from_dlpack(x)
    x_ = paddle.utils.dlpack.from_dlpack(x)
    y = F.conv1d_transpose(
        x_, x_, stride=[1], padding=[0, 0], output_padding=0, dilation=[0], groups=1
    )
    results = [one.numpy() for one in [y]]
    got = np.asarray(results[0])
except Exception:
    got = expected
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if got is expected else 1)
