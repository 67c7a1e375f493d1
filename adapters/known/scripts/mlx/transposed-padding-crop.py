# mlx 0.32.4, conv_transpose.output-size
# raised ValueError: [conv] Spatial dimensions of input after padding cannot be smaller than
# weight spatial dimensions. Got error at axis 1 for input with shape (1,0,1), padding low (0),
# padding high (0), and weight of sh
# conv_transpose stride=2 padding=1:1 x=1x1x2:float32:zeros@0 w=1x1x1:float32:zeros@0

import numpy as np
import mlx.core as mx
import mlx.nn as nn
mx.set_default_device(mx.cpu)

x = np.full((1, 1, 2), 0, "float32")
w = np.array([[[0]]], "float32")
expected = np.array([[[0]]], "float64")
try:
    x_ = mx.array(x, dtype=mx.float32)
    w_ = mx.array(w, dtype=mx.float32)
    y = mx.transpose(w_, (1, 2, 0))
    y2 = mx.moveaxis(x_, 1, -1)
    y3 = mx.conv_transpose1d(y2, y, stride=2, padding=1, dilation=1, output_padding=0, groups=1)
    y4 = mx.moveaxis(y3, -1, 1)
    results = [y4]
    results = [np.array(one) for one in results]
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
