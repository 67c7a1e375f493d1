# tensorflow 2.21.0, max_pool.gradient
# dx[0, 0, 0, 0, 1] is 1, expected 0 (1 of 2 cells differ)
# max_pool window=1,1,2 x=1x1x1x1x2:float32:ones@0 g=1x1x1x1x1:float32:ones@0

import os

import numpy as np
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import tensorflow as tf

x = np.full((1, 1, 1, 1, 2), 1, "float32")
g = np.array([[[[[1]]]]], "float32")
expected = np.array([[[[[1, 0]]]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[[[5.960465907506657e-07, 1.401298464324817e-44]]]]], "float64")
x = tf.constant(np.moveaxis(x, 1, -1))
leaves = [x]
with tf.GradientTape() as tape:
    tape.watch(leaves)
    y = tf.nn.max_pool3d(input=x, ksize=[1, 1, 2], strides=[1, 1, 1], padding='VALID')
g = tf.constant(np.moveaxis(g, 1, -1))
gradients = tape.gradient(y, leaves, g)
results = [np.moveaxis(gradients[0].numpy(), -1, 1)]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
