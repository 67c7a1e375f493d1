# tensorflow 2.21.0, conv.definition
# y[0, 0, 8, 0] is 2.78536509e+29, expected 0 (4 of 16 cells differ)
# conv stride=1,2 x=1x1x16x2:bfloat16:zeros@52 w=1x1x1x2:bfloat16:impulse@5

import ml_dtypes  # NumPy's bfloat16
import os

import numpy as np
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import tensorflow as tf

x = np.full((1, 1, 16, 2), 0, "bfloat16")
w = np.array([[[[0, 1]]]], "bfloat16")
expected = np.full((1, 1, 16, 1), 0, "bfloat16")
x = tf.constant(np.moveaxis(x, 1, -1))
w = tf.constant(np.transpose(w, (*range(2, w.ndim), 1, 0)))
y = tf.nn.conv2d(input=x, filters=w, strides=[1, 2], padding='VALID', dilations=[1, 1])
results = [np.moveaxis(y.numpy(), -1, 1)]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
