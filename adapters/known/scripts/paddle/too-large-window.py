# paddle 3.3.1, conv.rejects-invalid
# the process died of SIGSEGV
# conv x=1x1x1x1:float32:ones@0 w=1x1x3x3:float32:ones@0
# Written by hand: the call is invalid, and no result of it can be compared.

import paddle

x = paddle.ones([1, 1, 1, 1])
w = paddle.ones([1, 1, 3, 3])
print("expected: an error", flush=True)
try:
    y = paddle.nn.functional.conv2d(x, w)
except Exception as error:
    print("got:", type(error).__name__)
    raise SystemExit(0) from None
print("a result of shape", y.shape, flush=True)
print("got:", y.numpy())
raise SystemExit(1)
