# tensorflow 2.21.0, conv.definition
# y[0, 0, 0, 0, 0] is -2, expected -3 (1 of 1 cells differ)
# conv stride=3,1,1 padding=same_upper x=1x1x3x1x1:float64:ramp@0 w=1x1x1x1x1:float64:ones@0

import os

import numpy as np
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import tensorflow as tf

x = np.array([[[[[-3]],

                [[-2]],

                [[-1]]]]], "float64")
w = np.array([[[[[1]]]]], "float64")
expected = np.array([[[[[-3]]]]], "float64")
x = tf.constant(np.moveaxis(x, 1, -1))
w = tf.constant(np.transpose(w, (*range(2, w.ndim), 1, 0)))
y = tf.nn.conv3d(
    input=x, filters=w, strides=[1, 3, 1, 1, 1], padding='SAME', dilations=[1, 1, 1, 1, 1]
)
results = [np.moveaxis(y.numpy(), -1, 1)]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
