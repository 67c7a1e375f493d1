# tensorflow 2.21.0, pad.empty-batch
# raised InvalidArgumentError: {{function_node
# __wrapped__MirrorPad_device_/job:localhost/replica:0/task:0/device:CPU:0}} paddings must be
# less than the dimension size: 0, 0 not less than 0 [Op:MirrorPad]
# pad mode=reflect x=0x1x1:float32:zeros@0

import numpy as np
import tensorflow as tf

x = np.zeros((0, 1, 1), "float32")
expected = np.zeros((0, 1, 1), "float64")
try:
    x = tf.constant(x)
    y = tf.pad(tensor=x, paddings=[[0, 0], [0, 0], [0, 0]], mode='REFLECT')
    results = [y.numpy()]
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
