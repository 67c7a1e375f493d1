# keras:torch 3.15.1, pad.definition
# y[0, 0, 0] is 0, expected 1 (1 of 4 cells differ)
# pad padding=2:0 mode=symmetric x=1x1x2:float32:ramp@3

import os

import numpy as np
os.environ["KERAS_BACKEND"] = "torch"
import keras

x = np.array([[[0, 1]]], "float32")
expected = np.array([[[1, 0, 0, 1]]], "float32")
x = keras.ops.convert_to_tensor(np.moveaxis(x, 1, -1))
y = keras.ops.pad(x=x, pad_width=((0, 0), (2, 0), (0, 0)), mode='symmetric')
results = [np.moveaxis(keras.ops.convert_to_numpy(y), -1, 1)]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
