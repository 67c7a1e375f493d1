# tensorflow 2.21.0, conv.empty-batch
# y has shape 0×2×1×1, expected 0×1×1×1
# conv x=0x2x1x1:float32:zeros@0 w=1x2x1x1:float32:zeros@0
# Written by hand: with extents and channels of which none is the input's.

import os

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import tensorflow as tf

x = tf.zeros([0, 4, 5, 2])
w = tf.zeros([2, 2, 2, 3])
expected = (0, 3, 4, 3)
got = tuple(tf.nn.conv2d(x, w, strides=1, padding="VALID").shape)
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if got == expected else 1)
