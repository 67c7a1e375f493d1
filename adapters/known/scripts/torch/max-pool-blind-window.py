# torch 2.13.0, max_pool.gradient
# Written by hand: running the gradient would write outside its memory. The index says where to.
# max_pool window=2 padding=1:1 dilation=2 x=1x1x1:float32:ones@0 g=1x1x1:float32:impulse@0

import torch
import torch.nn.functional as F

x = torch.ones(1, 1, 1)
y, index = F.max_pool1d(x, 2, padding=1, dilation=2, return_indices=True)
expected = "an index below 1, for the input has one cell, or a mark such as -1"
got = index.item()
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if got >= 1 else 0)
