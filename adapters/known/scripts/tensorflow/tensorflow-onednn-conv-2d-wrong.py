# tensorflow 2.21.0, conv.definition
# y[0, 0, 1, 0] is 2.00060701, expected 4 (2 of 4 cells differ)
# conv stride=1,2 x=2x1x3x3:float32:ones@0 w=1x1x2x2:float32:ones@0

import os

import numpy as np
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import tensorflow as tf

x = np.full((2, 1, 3, 3), 1, "float32")
w = np.full((1, 1, 2, 2), 1, "float32")
expected = np.full((2, 1, 2, 1), 4, "float32")
x = tf.constant(np.moveaxis(x, 1, -1))
w = tf.constant(np.transpose(w, (*range(2, w.ndim), 1, 0)))
y = tf.nn.conv2d(input=x, filters=w, strides=[1, 2], padding='VALID', dilations=[1, 1])
results = [np.moveaxis(y.numpy(), -1, 1)]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
