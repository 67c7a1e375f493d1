# tensorflow:no-onednn 2.21.0, avg_pool.gradient
# dx[0, 0, 4] is 1.04999995, expected 0.85 (5 of 5 cells differ beyond every rounding)
# avg_pool window=7 padding=same_upper x=1x1x5:float32:zeros@0 g=1x1x5:float32:ones@0

import os

import numpy as np
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
import tensorflow as tf

x = np.full((1, 1, 5), 0, "float32")
g = np.full((1, 1, 5), 1, "float32")
expected = np.array([[[0.8500000000000001, 1.1, 1.1, 1.1, 0.8500000000000001]]], "float64")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[8.106235084849614e-07, 1.0490421874511264e-06, 1.0490421874511264e-06,
                    1.0490421874511264e-06, 8.106235084849614e-07]]], "float64")
x = tf.constant(np.moveaxis(x, 1, -1))
leaves = [x]
with tf.GradientTape() as tape:
    tape.watch(leaves)
    y = tf.nn.avg_pool1d(input=x, ksize=[7], strides=[1], padding='SAME')
g = tf.constant(np.moveaxis(g, 1, -1))
gradients = tape.gradient(y, leaves, g)
results = [np.moveaxis(gradients[0].numpy(), -1, 1)]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
