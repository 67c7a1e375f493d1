# torch 2.13.0+cpu, conv.gradient
# dw[0, 0, 0, 1] is 0, expected 1 (2 of 8 cells differ)
# conv groups=2 x=1x4x1x2:float64:impulse@1:loose w=2x2x1x2:float64:zeros@0:channels_last g=1x2x1x1:float64:impulse@0
# Written by hand: a sequence of channels as a transposed matrix gives it, and the same, copied.

import torch
import torch.nn.functional as F

x = torch.arange(1.0, 9.0, dtype=torch.float64).reshape(2, 4).t()[None, :, None, :]
w = torch.ones(2, 2, 1, 2, dtype=torch.float64).contiguous(memory_format=torch.channels_last)


def gradient(x):
    """Of the sum of a convolution in two groups, in its weight."""
    weight = w.detach().requires_grad_()
    return torch.autograd.grad(F.conv2d(x, weight, groups=2).sum(), weight)[0]


expected, got = gradient(x.contiguous()), gradient(x)
print("strides:", x.stride(), "expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if torch.equal(expected, got) else 1)
