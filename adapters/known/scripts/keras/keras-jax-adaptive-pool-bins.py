# keras:jax 3.15.1, adaptive_avg_pool.definition
# y[0, 0, 6] is nan, expected 0 (3 of 7 cells differ beyond every rounding)
# adaptive_avg_pool output_size=7 x=1x1x14:float32:ints@0

import os

import numpy as np
os.environ["KERAS_BACKEND"] = "jax"
import keras

x = np.array([[[3, 1, -3, 4, 3, 4, -2, 3, 3, 3, 4, 0, -2, 2]]], "float32")
expected = np.array([[[2, 0.5, 3.5, 0.5, 3, 2, 0]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[4.053119717188159e-06, 7.092959505079278e-06, 7.092959505079278e-06,
                    5.066399646485198e-06, 6.079679575782238e-06, 4.053119717188159e-06,
                    4.053119717188159e-06]]], "float64")
x = keras.ops.convert_to_tensor(np.moveaxis(x, 1, -1))
y = keras.ops.adaptive_average_pool(inputs=x, output_size=(7,), data_format='channels_last')
results = [np.moveaxis(keras.ops.convert_to_numpy(y), -1, 1)]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
