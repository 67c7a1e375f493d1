# keras:numpy,symbolic 3.15.1, adaptive_avg_pool.definition
# raised ValueError: the shape foretold is (1, 1, 1, 1), that of the result (1, 1, 1)
# adaptive_avg_pool output_size=1 x=1x1x1:float32:zeros@0

import os

import numpy as np
os.environ["KERAS_BACKEND"] = "numpy"
import keras

x = np.array([[[0]]], "float32")
expected = np.array([[[0]]], "float64")
try:
    x = keras.ops.convert_to_tensor(np.moveaxis(x, 1, -1))
    def function(x):
        y = keras.ops.adaptive_average_pool(inputs=x, output_size=(1,), data_format='channels_last')
        return y
    y = function(x)
    kind = keras.backend.standardize_dtype
    symbols = [keras.KerasTensor(t.shape, kind(t.dtype)) for t in [x]]
    told = function(*symbols).shape
    if tuple(told) != tuple(y.shape):
        raise ValueError(f"the shape foretold is {told}, that of the result {y.shape}")
    results = [np.moveaxis(keras.ops.convert_to_numpy(y), -1, 1)]
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
