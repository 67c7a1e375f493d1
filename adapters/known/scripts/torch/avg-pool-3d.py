# torch 2.13.0+cpu, avg_pool.output-size
# raised RuntimeError: input image (T: 1 H: 1 W: 1) smaller than kernel size (kT: 1 kH: 2 kW: 1)
# avg_pool window=1,2,1 padding=0:0,1:1,0:0 x=1x1x1x1x1:float32:zeros@0

import numpy as np
import torch
import torch.nn.functional as F

x = np.array([[[[[0]]]]], "float32")
expected = np.full((1, 1, 1, 2, 1), 0, "float64")
try:
    x_ = torch.from_numpy(x)
    y = F.avg_pool3d(
        x_, kernel_size=(1, 2, 1), stride=(1, 1, 1), padding=(0, 1, 0), ceil_mode=False,
        count_include_pad=False
    )
    results = [one.cpu().numpy() for one in [y]]
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
