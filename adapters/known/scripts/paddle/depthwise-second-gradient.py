# paddle 3.3.1, conv.second-gradient
# raised RuntimeError: (NotFound) The kernel `depthwise_conv2d_double_grad` is not registered.
# [Hint: Expected iter != kernels_.end(), but received iter == kernels_.end().] (at
# /paddle/paddle/phi/core/kernel_factory.cc:273)
# conv groups=2 x=1x2x1x1:float32:zeros@0 w=2x1x1x1:float32:zeros@0 g=1x2x1x1:float32:impulse@0

import numpy as np
import paddle
import paddle.nn.functional as F

x = np.full((1, 2, 1, 1), 0, "float32")
w = np.full((2, 1, 1, 1), 0, "float32")
g = np.array([[[[1]],

               [[0]]]], "float32")
expected = np.full((1, 2, 1, 1), 0, "float64")
try:
    x_ = paddle.utils.dlpack.from_dlpack(x)
    w_ = paddle.utils.dlpack.from_dlpack(w)
    x_.stop_gradient = False
    w_.stop_gradient = False
    y = F.conv2d(x_, w_, stride=[1, 1], padding=[0, 0, 0, 0], dilation=[1, 1], groups=2)
    g_ = paddle.utils.dlpack.from_dlpack(g)
    g_.stop_gradient = False
    first = paddle.grad(y, [x_, w_], g_, create_graph=True)
    second = paddle.grad([first[0], first[1]], [x_, w_, g_], [paddle.utils.dlpack.from_dlpack(x), paddle.utils.dlpack.from_dlpack(w)],
        allow_unused=True)
    results = [one.numpy() for one in [paddle.zeros_like(t) if d is None else d for t, d in zip([x_, w_, g_], second)]]
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
