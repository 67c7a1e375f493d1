# keras:torch 3.15.1, avg_pool.definition
# y[0, 0, 0, 0] is 0.333333343, expected 0.5 (1 of 1 cells differ beyond every rounding)
# avg_pool window=1,3 stride=1,2 padding=same_upper x=1x1x1x2:float32:impulse@0

import os

import numpy as np
os.environ["KERAS_BACKEND"] = "torch"
import keras

x = np.array([[[[1, 0]]]], "float32")
expected = np.array([[[[0.5]]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[[2.9802329537533285e-07]]]], "float64")
x = keras.ops.convert_to_tensor(np.moveaxis(x, 1, -1))
y = keras.ops.average_pool(
    inputs=x, pool_size=(1, 3), strides=(1, 2), padding='same', data_format='channels_last'
)
results = [np.moveaxis(keras.ops.convert_to_numpy(y), -1, 1)]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
