# mlx 0.32.4, softmax.definition
# y[0, 1] is 0.268941426, expected 0.268941421 (2 of 2 cells differ beyond every rounding)
# softmax x=1x2:float64:impulse@0

import numpy as np
import mlx.core as mx
import mlx.nn as nn
mx.set_default_device(mx.cpu)

x = np.array([[1, 0]], "float64")
expected = np.array([[0.7310585786300049, 0.2689414213699951]], "float64")
# how far rounding can take a correct result, cell by cell
bound = np.array([[2.603866743992648e-14, 9.579090426649184e-15]], "float64")
x_ = mx.array(x, dtype=mx.float64)
y = mx.softmax(x_, axis=1)
results = [y]
results = [np.array(one) for one in results]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
