# torch 2.13.0+cpu, conv.definition
# y[0, 1, 0, 1] is 30, expected -6 (12 of 16 cells differ)
# conv groups=2 x=1x4x2x3:float32:ints@0:channels_last w=4x2x1x2:float32:ints@0:loose

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


x = np.array([[[[3, 1, -3],
                [4, 3, 4]],

               [[-2, 3, 3],
                [3, 4, 0]],

               [[-2, 2, 0],
                [-1, -4, 3]],

               [[1, 1, 2],
                [2, 4, -2]]]], "float32")
x = laid_out(x, (96, 4, 48, 16))
w = np.array([[[[3, 1]],

               [[-3, 4]]],


              [[[3, 4]],

               [[-2, 3]]],


              [[[3, 3]],

               [[4, 0]]],


              [[[-2, 2]],

               [[0, -1]]]], "float32")
w = laid_out(w, (16, 4, 4, 8))
expected = np.array([[[[28, 3],
                       [22, 1]],

                      [[26, -6],
                       [30, 17]],

                      [[4, 10],
                       [-7, 13]],

                      [[7, -6],
                       [-10, 16]]]], "float32")
x_ = torch.from_numpy(x)
w_ = torch.from_numpy(w)
y = F.conv2d(x_, w_, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=2)
results = [one.cpu().numpy() for one in [y]]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
