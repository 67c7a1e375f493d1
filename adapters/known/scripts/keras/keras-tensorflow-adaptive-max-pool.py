# keras:tensorflow 3.15.1, adaptive_max_pool.output-size
# the process died of SIGFPE
# adaptive_max_pool output_size=1,1 x=1x1x1x1:float32:ones@0

import os

import numpy as np
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras

x = np.array([[[[1]]]], "float32")
print("expected: a result, or an error", flush=True)
x = keras.ops.convert_to_tensor(np.moveaxis(x, 1, -1))
y = keras.ops.adaptive_max_pool(inputs=x, output_size=(1, 1), data_format='channels_last')
results = [np.moveaxis(keras.ops.convert_to_numpy(y), -1, 1)]
print("got: a result")
