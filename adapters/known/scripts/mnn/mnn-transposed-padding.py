# mnn 3.6.1, conv_transpose.output-size
# the process died of SIGSEGV
# conv_transpose padding=0:0,2:2 x=1x1x1x5:float32:zeros@0 w=1x1x1x1:float32:zeros@0

import numpy as np
from MNN import expr

x = np.full((1, 1, 1, 5), 0, "float32")
w = np.array([[[[0]]]], "float32")
print("expected: a result, or an error", flush=True)
expr.set_thread_number(1)
y0 = expr.convert(expr.const(np.ascontiguousarray(x), [1, 1, 1, 5], expr.NCHW, expr.float), expr.NC4HW4)
y1 = expr.conv2d_transpose(y0, expr.const(np.ascontiguousarray(w), [1, 1, 1, 1], expr.NCHW, expr.float), expr.const(np.zeros((1,), np.float32), [1], expr.NCHW, expr.float), (1, 1), (2, 0), (1, 1), 1, expr.CAFFE)
y2 = expr.convert(y1, expr.NCHW)
results = [np.array(y2.read())]
print("got: a result")
