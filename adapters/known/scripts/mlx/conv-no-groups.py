# mlx 0.32.4, conv.rejects-invalid
# Written by hand: the call alone.
# conv groups=0 x=1x1x1x1:float32:zeros@0 w=1x1x1x1:float32:zeros@0

import mlx.core as mx

mx.set_default_device(mx.cpu)
x = mx.zeros((1, 1, 1, 1))
print("expected: a result, or an error", flush=True)
try:
    print("got:", mx.conv2d(x, x, groups=0).shape)
except ValueError as error:
    print("got: ValueError:", error)
