# tensorflow:no-onednn 2.21.0, max_pool.definition
# y[0, 0, 0, 0, 0] is 0, expected 1 (1 of 1 cells differ)
# max_pool window=1,1,1 stride=1,3,1 padding=same_upper x=1x1x1x3x1:float32:impulse@0

import os

import numpy as np
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
import tensorflow as tf

x = np.array([[[[[1],
                 [0],
                 [0]]]]], "float32")
expected = np.array([[[[[1]]]]], "float32")
x = tf.constant(np.moveaxis(x, 1, -1))
y = tf.nn.max_pool3d(input=x, ksize=[1, 1, 1], strides=[1, 3, 1], padding='SAME')
results = [np.moveaxis(y.numpy(), -1, 1)]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
