# torch 2.13.0+cpu, conv.output-size
# the process died of SIGSEGV
# conv stride=2 padding=1:1 dilation=2 x=1x1x1:float16:zeros@0 w=1x1x1:float16:zeros@0

import numpy as np
import torch
import torch.nn.functional as F

x = np.array([[[0]]], "float16")
print("expected: a result, or an error", flush=True)
x_ = torch.from_numpy(x)
x_ = torch.from_numpy(x)
y = F.conv1d(x_, x_, stride=(2,), padding=(1,), dilation=(2,), groups=1)
results = [one.cpu().numpy() for one in [y]]
print("got: a result")
