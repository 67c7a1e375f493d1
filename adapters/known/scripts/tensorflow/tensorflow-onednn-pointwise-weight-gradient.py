# tensorflow 2.21.0, conv.gradient
# the process died of SIGABRT
# conv stride=1,2 x=2x2x9x4:float32:ones@0 w=1x2x1x1:float32:ones@0 g=2x1x9x2:float32:ones@0
# Written by hand: with pictures of a usual size it dies within a few steps.

import os

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import tensorflow as tf

print("expected: a gradient", flush=True)
pictures = tf.ones((4, 224, 224, 3))
weight = tf.Variable(tf.ones((1, 1, 3, 16)))
for _ in range(50):
    with tf.GradientTape() as tape:
        result = tf.nn.conv2d(pictures, weight, 2, "VALID")
    tape.gradient(result, weight)
