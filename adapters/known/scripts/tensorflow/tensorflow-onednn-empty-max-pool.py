# tensorflow 2.21.0, max_pool.rejects-invalid
# the process died of SIGFPE
# max_pool window=3 x=1x1x2:float32:ones@0

import os

import numpy as np
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import tensorflow as tf

x = np.full((1, 1, 2), 1, "float32")
print("expected: a result, or an error", flush=True)
x = tf.constant(np.moveaxis(x, 1, -1))
y = tf.nn.max_pool1d(input=x, ksize=[3], strides=[1], padding='VALID')
results = [np.moveaxis(y.numpy(), -1, 1)]
print("got: a result")
