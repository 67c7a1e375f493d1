# keras 3.15.1, conv.definition
# y[0, 0, 0, 0] is 1, expected 0 (1 of 2 cells differ)
# conv groups=2 x=1x4x1x2:float32:impulse@9 w=2x2x1x2:float32:impulse@58:channels_last
# Written by hand: by PyTorch alone, with a weight of conv1d that becomes one of conv2d.

import torch
import torch.nn.functional as F

x = torch.arange(8.0).reshape(1, 4, 2, 1).contiguous(memory_format=torch.channels_last)
w = torch.arange(8.0).reshape(2, 2, 2).permute(0, 2, 1)
expected = F.conv1d(x[..., 0], w, groups=2)[..., None]
got = F.conv2d(x, w.unsqueeze(-1), groups=2)
print("expected:", expected.ravel().tolist(), "got:", got.ravel().tolist(), sep="\n")
raise SystemExit(0 if torch.equal(got, expected) else 1)
