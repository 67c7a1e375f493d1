# torch 2.13.0, avg_pool.definition
# Written by hand: it also shows the calls of other rank, and of a maximum, that are taken.
# avg_pool window=2,2,2 padding=1:1,1:1,1:1 count_include_pad=yes x=1x1x1x1x1:float32:ones@0

import torch
import torch.nn.functional as F

x = torch.ones(1, 1, 1, 1, 1)
print("avg_pool1d:", F.avg_pool1d(x[0, 0], 2, stride=1, padding=1).tolist())
print("avg_pool2d:", F.avg_pool2d(x[0], 2, stride=1, padding=1).tolist())
print("max_pool3d:", F.max_pool3d(x, 2, stride=1, padding=1).tolist())
# o = (1 + 2·1 − 2) / 1 + 1 = 2 along each axis, and one cell of eight in each window is the 1.
expected = torch.full((1, 1, 2, 2, 2), 1 / 8)
try:
    got = F.avg_pool3d(x, 2, stride=1, padding=1)
except RuntimeError as error:
    print("expected:", expected.tolist(), "got:", f"RuntimeError: {error}", sep="\n")
    raise SystemExit(1) from None
print("expected:", expected.tolist(), "got:", got.tolist(), sep="\n")
raise SystemExit(0 if torch.equal(got, expected) else 1)
