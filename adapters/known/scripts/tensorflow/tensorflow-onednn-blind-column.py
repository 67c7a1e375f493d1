# tensorflow 2.21.0, conv.output-size
# the process died of SIGSEGV
# conv stride=1,2 padding=0:0,1:3 x=1x1x1x1:float16:zeros@0 w=1x1x1x1:float16:zeros@0

import numpy as np
import tensorflow as tf

x = np.array([[[[0]]]], "float16")
print("expected: a result, or an error", flush=True)
x = tf.constant(np.moveaxis(x, 1, -1))
w = tf.constant(np.transpose(x, (*range(2, x.ndim), 1, 0)))
y = tf.nn.conv2d(
    input=x, filters=w, strides=[1, 2], padding=[[0, 0], [0, 0], [1, 3], [0, 0]], dilations=[1,
    1]
)
results = [np.moveaxis(y.numpy(), -1, 1)]
print("got: a result")
