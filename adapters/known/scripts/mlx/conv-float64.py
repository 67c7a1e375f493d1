# mlx 0.32.4, conv.accumulator
# y, summed in float64,[0, 0, 0, 0] is 23547105771520, expected 23547105631296 (1 of 1 cells
# differ)
# conv x=1x1x1x1:float64:large@0 w=1x1x1x1:float64:large@0

import numpy as np
import mlx.core as mx
import mlx.nn as nn
mx.set_default_device(mx.cpu)

x = np.array([[[[-4852536]]]], "float64")
expected = np.array([[[[23547105631296]]]], "float64")
x_ = mx.array(x, dtype=mx.float64)
x_ = mx.array(x, dtype=mx.float64)
y = mx.moveaxis(x_, 1, -1)
y2 = mx.moveaxis(x_, 1, -1)
y3 = mx.conv2d(y, y2, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1)
y4 = mx.moveaxis(y3, -1, 1)
results = [y4]
results = [np.array(one) for one in results]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
