# torch 2.13.0, conv.definition
# Written by hand: the call alone.
# conv stride=1,2 padding=0:0,1:1 dilation=1,2 groups=2 x=1x4x1x1:float32:zeros@0 w=2x2x1x1:float32:zeros@0:channels_last b=2:float32:zeros@0

import torch
import torch.nn.functional as F

x = torch.zeros(1, 4, 1, 1)
w = torch.zeros(2, 2, 1, 1).to(memory_format=torch.channels_last)
b = torch.zeros(2)
print("expected: a result, or an error", flush=True)
y = F.conv2d(x, w, b, stride=(1, 2), padding=(0, 1), dilation=(1, 2), groups=2)
print("got: a result")
