# keras:tensorflow,channels-first 3.15.1, conv.definition
# y[0, 0, 0, 1] is -2, expected -3 (4 of 8 cells differ)
# conv groups=2 x=1x4x2x2:float32:zeros@0 w=2x2x1x1:float32:zeros@0 b=2:float32:ramp@0

import os

import numpy as np
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras

x = np.zeros((1, 4, 2, 2), "float32")
w = np.zeros((2, 2, 1, 1), "float32")
b = np.array([-3, -2], "float32")
expected = np.array([[[[-3, -3], [-3, -3]], [[-2, -2], [-2, -2]]]], "float32")
x = keras.ops.convert_to_tensor(x)
w = keras.ops.convert_to_tensor(np.transpose(w, (*range(2, w.ndim), 1, 0)))
b = keras.ops.convert_to_tensor(b)
y = keras.ops.conv(
    inputs=x, kernel=w, strides=(1, 1), padding='valid', data_format='channels_first',
    dilation_rate=(1, 1)
)
b = keras.ops.reshape(x=b, newshape=[1, -1, 1, 1])
y = keras.ops.add(x1=y, x2=b)
results = [keras.ops.convert_to_numpy(y)]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
