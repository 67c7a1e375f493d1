# tensorflow 2.21.0, conv.rejects-invalid
# answered with an array of shape (1, 1, 2); the spec refuses: spatial axis 0: the effective
# window 3 (window 3, dilation 1) must not exceed the padded input 2 (input 2, padding 0 + 0)
# conv x=1x1x2:float32:ones@0 w=1x1x3:float32:ones@0

import numpy as np
import tensorflow as tf

x = np.full((1, 1, 2), 1, "float32")
w = np.full((1, 1, 3), 1, "float32")
expected = 'an error: spatial axis 0: the effective window 3 (window 3, dilation 1) must not exceed the padded input 2 (input 2, padding 0 + 0)'
try:
    x = tf.constant(np.moveaxis(x, 1, -1))
    w = tf.constant(np.transpose(w, (*range(2, w.ndim), 1, 0)))
    y = tf.nn.conv1d(input=x, filters=w, padding='VALID', dilations=[1], stride=[1])
    results = [np.moveaxis(y.numpy(), -1, 1)]
    got = np.asarray(results[0])
except Exception:
    got = expected
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if got is expected else 1)
