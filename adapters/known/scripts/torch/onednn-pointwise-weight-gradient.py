# torch 2.13.0+cpu, conv.gradient
# the process died of SIGABRT
# conv stride=1,2 x=2x2x9x4:float32:ones@0:channels_last w=1x2x1x1:float32:ones@0 g=2x1x9x2:float32:ones@0
# Written by hand: with a picture of a usual size it dies at once, not some calls later.

import torch

print("expected: a gradient", flush=True)
pictures = torch.ones(4, 3, 224, 224).contiguous(memory_format=torch.channels_last)
layer = torch.nn.Conv2d(3, 16, kernel_size=1, stride=2)
for _ in range(20):
    layer(pictures).sum().backward()
