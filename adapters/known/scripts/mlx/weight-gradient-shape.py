# mlx 0.32.4, conv.gradient
# Written by hand: it shows shapes alone.
# conv stride=1,3 padding=0:0,2:0 dilation=2,1 x=1x1x1x1:float32:zeros@0 w=1x1x1x1:float32:zeros@0 g=1x1x1x1:float32:impulse@0

import mlx.core as mx

mx.set_default_device(mx.cpu)


def conv(x: mx.array, w: mx.array) -> mx.array:
    """One output cell, which reads the first of two cells of padding: y = 0, dx = dw = 0."""
    return mx.conv_general(
        x, w, stride=[1, 3], padding=([0, 2], [0, 0]), kernel_dilation=[2, 1]
    )


x, w = mx.ones((1, 1, 1, 1)), mx.ones((1, 1, 1, 1))
(y,), (dx, dw) = mx.vjp(conv, [x, w], [mx.ones((1, 1, 1, 1))])
print("expected:", w.shape, "got:", dw.shape, sep="\n")
raise SystemExit(0 if dw.shape == w.shape else 1)
