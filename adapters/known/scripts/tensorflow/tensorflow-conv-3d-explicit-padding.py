# tensorflow:raw 2.21.0, conv.output-size
# the process died of SIGABRT
# conv padding=1:2,1:2,1:2 x=1x1x5x5x5:float64:zeros@0 w=1x1x2x2x2:float64:zeros@0

import os

import numpy as np
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import tensorflow as tf

x = np.full((1, 1, 5, 5, 5), 0, "float64")
w = np.full((1, 1, 2, 2, 2), 0, "float64")
print("expected: a result, or an error", flush=True)
x = tf.constant(np.moveaxis(x, 1, -1))
w = tf.constant(np.transpose(w, (*range(2, w.ndim), 1, 0)))
y = tf.raw_ops.Conv(
    input=x, filter=w, strides=[1, 1, 1, 1, 1], padding='EXPLICIT', explicit_paddings=[0, 0, 1,
    2, 1, 2, 1, 2, 0, 0], data_format='CHANNELS_LAST', dilations=[1, 1, 1, 1, 1], groups=1
)
results = [np.moveaxis(y.numpy(), -1, 1)]
print("got: a result")
