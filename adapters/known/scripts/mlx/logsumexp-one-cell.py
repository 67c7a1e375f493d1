# mlx 0.32.4, log_softmax.definition
# Written by hand: the adapter refuses to run what writes outside its memory.
# log_softmax x=1x1:float32:zeros@0

import mlx.core as mx
import mlx.nn as nn
import numpy as np

mx.set_default_device(mx.cpu)
print("expected: a result, or an error", flush=True)
for _ in range(100):
    y = np.array(nn.log_softmax(mx.zeros((1, 1)), axis=1))
print("got: a result")
