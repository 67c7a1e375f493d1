# tensorflow 2.21.0, conv_transpose.rejects-invalid
# Written by hand: the process died of SIGABRT; the stride is 1 here, the output_shape negative.
# conv_transpose stride=1,-1 x=1x1x1x3:float32:zeros@0 w=1x1x1x1:float32:zeros@0

import os

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import tensorflow as tf

x = tf.zeros([1, 1, 3, 1])
w = tf.zeros([1, 1, 1, 1])
print("expected: a result, or an error", flush=True)
y = tf.nn.conv2d_transpose(x, w, output_shape=[1, 1, -1, 1], strides=1, padding="VALID")
print("got: a result")
