# tensorflow 2.21.0, conv.output-size
# the process died of SIGSEGV
# conv stride=1,2 padding=0:0,1:1 dilation=1,2 x=1x1x5x1:bfloat16:zeros@0 w=1x1x1x1:bfloat16:zeros@0
# Written by hand: the call alone, without NumPy.

import os

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import tensorflow as tf

print("expected: a result, or an error", flush=True)
x = tf.zeros([1, 5, 1, 1], tf.bfloat16)
w = tf.zeros([1, 1, 1, 1], tf.bfloat16)
amounts = [[0, 0], [0, 0], [1, 1], [0, 0]]
y = tf.nn.conv2d(x, w, strides=[1, 2], padding=amounts, dilations=[1, 2])
print("got: a result of shape", y.shape)
