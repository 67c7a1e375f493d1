# tensorflow 2.21.0, conv.definition
# Written by hand: what is added is what was in memory, at times nothing.
# conv x=1x33x2x1:float16:ones@0 w=16x33x2x1:float16:ones@0

import os

import numpy as np
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import tensorflow as tf

x = tf.ones([1, 2, 1, 33], tf.float16)
w = tf.ones([2, 1, 33, 16], tf.float16)
expected = np.full((1, 1, 1, 16), 66, "float16")
for _ in range(20):
    # Leaves something in the memory that is used next.
    junk = tf.fill([1, 64, 64, 8], tf.constant(3, tf.float16))
    del junk
    got = tf.nn.conv2d(x, w, strides=1, padding="VALID").numpy()
    if not np.array_equal(got, expected):
        break
print("expected:", expected.ravel(), "got:", got.ravel(), sep="\n")
raise SystemExit(0 if np.array_equal(got, expected) else 1)
