# torch 2.13.0+cpu, conv.gradient
# dw[1, 0, 0, 0] is 0, expected 5 (2 of 2 cells differ)
# conv padding=1:0,0:0 dilation=2,1 groups=2 x=1x2x1x31:bfloat16:ints@0:channels_last w=2x1x1x1:bfloat16:ints@0 g=1x2x2x31:bfloat16:ints@0

import ml_dtypes  # NumPy's bfloat16
import numpy as np
import torch
import torch.nn.functional as F

def laid_out(values, strides):
    """The same values with so many bytes from neighbour to neighbour along each axis."""
    ends = [(n - 1) * s for n, s in zip(values.shape, strides)]
    first = -sum(end for end in ends if end < 0)
    memory = np.zeros(first + sum(end for end in ends if end > 0) + values.itemsize, np.uint8)
    array = np.ndarray(values.shape, values.dtype, memory, first, strides)
    array[...] = values
    return array


x = np.array([[[[0, -1, -1, 0, 0, -1, -1, 0, -1, 0, -1, 1, 0, 1, -1, 1, 0, 1, -1, -1, 1,
                 -1, 0, 1, 1, -1, 0, 0, 1, -1, 1]],

               [[0, 0, 0, 0, 1, 0, 0, -1, -1, 0, -1, -1, 0, 1, 0, -1, 1, 1, 0, 0, 0, -1,
                 -1, 0, -1, 1, -1, -1, 0, 0, 1]]]], "bfloat16")
x = laid_out(x, (124, 2, 124, 4))
w = np.array([[[[0]]],


              [[[-1]]]], "bfloat16")
g = np.array([[[[0, -1, -1, 0, 0, -1, -1, 0, -1, 0, -1, 1, 0, 1, -1, 1, 0, 1, -1, -1, 1,
                 -1, 0, 1, 1, -1, 0, 0, 1, -1, 1],
                [0, 0, 0, 0, 1, 0, 0, -1, -1, 0, -1, -1, 0, 1, 0, -1, 1, 1, 0, 0, 0, -1,
                 -1, 0, -1, 1, -1, -1, 0, 0, 1]],

               [[-1, -1, 0, 1, 1, 0, -1, 1, 0, 1, 0, -1, 0, 0, 1, -1, -1, 1, 1, 0, -1, 1,
                 1, 1, -1, -1, 0, 0, 0, -1, -1],
                [0, 0, 1, -1, 0, 1, 1, -1, 0, 0, -1, -1, -1, 1, -1, 0, -1, 0, -1, -1, 1,
                 -1, 0, 1, -1, 0, 0, -1, 1, -1, -1]]]], "bfloat16")
expected = np.array([[[[2]]],


                     [[[5]]]], "bfloat16")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[[0.07827579157080838]]],


                  [[[0.07044821241372755]]]], "float64")
x_ = torch.from_numpy(x.view(np.int16)).view(torch.bfloat16)
w_ = torch.from_numpy(w.view(np.int16)).view(torch.bfloat16)
x_.requires_grad_()
w_.requires_grad_()
y = F.pad(x_, pad=[0, 0, 1, 0])
y = F.conv2d(y, w_, stride=(1, 1), padding=(0, 0), dilation=(2, 1), groups=2)
gradients = torch.autograd.grad(y, [x_, w_], torch.from_numpy(g.view(np.int16)).view(torch.bfloat16))
results = [one.cpu().float().numpy() for one in gradients]
got = np.asarray(results[1])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
