# torch 2.13.0+cpu, conv.definition
# Written by hand: the convolution of a clip of one frame, and three channels, as networks have it.
# conv padding=1:1,1:1,1:1 x=1x3x1x1x1:bfloat16:ints@0 w=1x3x2x2x2:bfloat16:ints@0

import torch
import torch.nn.functional as F

x = torch.arange(3 * 8 * 8).remainder(7).sub(3).reshape(1, 3, 1, 8, 8)
w = torch.arange(3 * 27).remainder(5).sub(2).reshape(1, 3, 3, 3, 3)
expected = F.conv3d(x.double(), w.double(), padding=1).bfloat16()
got = F.conv3d(x.bfloat16(), w.bfloat16(), padding=1)
print("expected:", expected[0, 0, 0], "got:", got[0, 0, 0], sep="\n")
raise SystemExit(0 if torch.equal(got, expected) else 1)
