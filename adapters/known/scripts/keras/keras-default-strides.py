# keras:numpy 3.15.1, max_pool.definition
# raised TypeError: reduce_window got inconsistent window_strides and window_dimensions: got
# window_strides (1, 1, 1, 1, 1) and window_dimensions (1, 1, 1).
# max_pool window=1 padding=valid x=1x1x1:float32:zeros@0

import os

import numpy as np
os.environ["KERAS_BACKEND"] = "numpy"
import keras

x = np.array([[[0]]], "float32")
expected = np.array([[[0]]], "float64")
try:
    x = keras.ops.convert_to_tensor(np.moveaxis(x, 1, -1))
    y = keras.ops.max_pool(inputs=x, pool_size=(1,), data_format='channels_last')
    results = [np.moveaxis(keras.ops.convert_to_numpy(y), -1, 1)]
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
