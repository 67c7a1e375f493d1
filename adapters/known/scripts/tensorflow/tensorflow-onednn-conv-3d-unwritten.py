# tensorflow 2.21.0, conv.definition
# y[0, 0, 0, 1, 0] is 0, expected 2 (2 of 4 cells differ)
# conv stride=1,1,2 x=1x1x1x4x3:float32:ones@0 w=1x1x1x1x2:float32:ones@0
# Written by hand: what is not written holds what was in memory, at times what it should.

import os

import numpy as np
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import tensorflow as tf

x = tf.ones([1, 1, 4, 3, 1])
w = tf.ones([1, 1, 2, 1, 1])
expected = np.full((1, 1, 4, 1, 1), 2, "float32")
for _ in range(20):
    got = tf.nn.conv3d(x, w, strides=[1, 1, 1, 2, 1], padding="VALID").numpy()
    if not np.array_equal(got, expected):
        break
print("expected:", expected.ravel(), "got:", got.ravel(), sep="\n")
raise SystemExit(0 if np.array_equal(got, expected) else 1)
