# tinygrad 0.14.0, avg_pool.definition
# raised ValueError: bad reshape: () -> (2, 2)
# avg_pool window=1,2 stride=1,2 padding=0:0,3:1 dilation=1,2 count_include_pad=yes x=1x1x3x1:float32:zeros@0

import numpy as np
from tinygrad import Tensor, dtypes

x = np.full((1, 1, 3, 1), 0, "float32")
expected = np.full((1, 1, 3, 2), 0, "float64")
try:
    x_ = Tensor(np.ascontiguousarray(x))
    y = x_.avg_pool2d(kernel_size=(1, 2), stride=(1, 2), dilation=(1, 2), padding=(3, 1, 0, 0), ceil_mode=False, count_include_pad=True)
    made = [y]
    results = [one.numpy() for one in made]
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
