# torch 2.13.0+cpu, pad.rejects-invalid
# answered with an array of shape (1, 1, 2, 3); the spec refuses: circular padding of spatial
# axis 1 must be at most 1 for 1 cells, not 2
# pad padding=0:0,2:-1 mode=circular x=1x1x2x2:float32:zeros@0

import numpy as np
import torch
import torch.nn.functional as F

x = np.full((1, 1, 2, 2), 0, "float32")
expected = 'an error: circular padding of spatial axis 1 must be at most 1 for 1 cells, not 2'
try:
    x_ = torch.from_numpy(x)
    y = F.pad(x_, pad=[2, -1, 0, 0], mode='circular')
    results = [one.cpu().numpy() for one in [y]]
    got = np.asarray(results[0])
except Exception:
    got = expected
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if got is expected else 1)
