# keras 3.15.1, adaptive_max_pool.gradient
# dx[0, 0, 3, 3] is nan, expected 0 (6 of 20 cells differ)
# adaptive_max_pool output_size=1,2 x=1x1x4x5:float32:ones@0 g=1x1x1x2:float32:impulse@21
# Written by hand: what is not written holds what was in memory, at times what it should.

import os

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf

# The greatest cell of each half, of which every one is another.
x = tf.reshape(tf.range(20.0), [1, 4, 5, 1])
expected = np.zeros((4, 5), "float32")
expected[3, 2] = expected[3, 4] = 1
for _ in range(30):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = keras.ops.adaptive_max_pool(x, (1, 2), data_format="channels_last")
    got = tape.gradient(y, x, tf.ones_like(y)).numpy()[0, ..., 0]
    if not np.array_equal(got, expected):
        break
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected) else 1)
