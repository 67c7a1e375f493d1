# tensorflow:nd 2.21.0, conv.gradient
# raised AttributeError: 'NoneType' object has no attribute 'decode'
# conv x=1x1x1x1x1:float32:zeros@0 w=1x1x1x1x1:float32:zeros@0 g=1x1x1x1x1:float32:impulse@0

import os

import numpy as np
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import tensorflow as tf

x = np.array([[[[[0]]]]], "float32")
g = np.array([[[[[1]]]]], "float32")
expected = np.array([[[[[0]]]]], "float64")
try:
    x = tf.constant(np.moveaxis(x, 1, -1))
    w = tf.constant(np.transpose(x, (*range(2, x.ndim), 1, 0)))
    leaves = [x, w]
    with tf.GradientTape() as tape:
        tape.watch(leaves)
        y = tf.nn.convolution(
            input=x, filters=w, strides=[1, 1, 1], padding='VALID', dilations=[1, 1, 1]
        )
    g = tf.constant(np.moveaxis(g, 1, -1))
    gradients = tape.gradient(y, leaves, g)
    results = [np.moveaxis(gradients[0].numpy(), -1, 1), np.moveaxis(gradients[1].numpy(), (-1, -2), (0, 1))]
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
