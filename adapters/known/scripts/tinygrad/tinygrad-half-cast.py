# tinygrad 0.14.0, conv_transpose.gradient
# raised CalledProcessError: Command '['clang', '-c', '-x', 'c', …]' returned non-zero exit status 1.
# conv_transpose stride=1,2 padding=0:0,1:1 x=2x1x1x2:float16:zeros@0 w=1x1x1x1:float16:zeros@0 g=2x1x1x1:float16:impulse@0

import numpy as np
from tinygrad import Tensor

# The two cells of a row come to lie at 0 and 2 of three, of which the padding leaves the middle.
x_ = Tensor(np.zeros((2, 1, 1, 2), "float16"))
w_ = Tensor(np.zeros((1, 1, 1, 1), "float16"))
g_ = Tensor(np.array([[[[1]]], [[[0]]]], "float16"))
expected = np.zeros((2, 1, 1, 2), "float16")
y = x_.conv_transpose2d(w_, stride=(1, 2), padding=(1, 1, 0, 0))
try:
    got = y.gradient(x_, gradient=g_)[0].numpy()
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
