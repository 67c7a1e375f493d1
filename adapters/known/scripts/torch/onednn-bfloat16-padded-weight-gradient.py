# torch 2.13.0, conv.gradient
# Written by hand: what the cells hold is chance, so it tries up to 100 times.
# conv stride=1,3 padding=0:0,1:1 x=1x16x2x2:bfloat16:ones@0 w=16x16x2x2:bfloat16:ones@0 g=1x16x1x1:bfloat16:ones@0

import torch
import torch.nn.functional as F

x = torch.ones(1, 16, 2, 2, dtype=torch.bfloat16)
w = torch.ones(16, 16, 2, 2, dtype=torch.bfloat16, requires_grad=True)
# The one output column reads the padding and the first column of x: its second is never read.
expected = torch.tensor([0.0, 1.0]).expand(16, 16, 2, 2)
print("expected:", "rows (0, 1) and nothing else", sep="\n")
for attempt in range(100):
    y = F.conv2d(x, w, stride=(1, 3), padding=(0, 1))
    (gradient,) = torch.autograd.grad(y, w, torch.ones_like(y))
    got = gradient.float()
    if not torch.equal(got, expected):
        wrong = got[got != expected]
        print("got:", f"{len(wrong)} of {got.numel()} cells differ: {wrong[:4].tolist()} …", sep="\n")
        raise SystemExit(1)
print("got:", "the same, 100 times", sep="\n")
