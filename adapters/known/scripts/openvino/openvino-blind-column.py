# openvino 2026.4.1, conv.output-size
# the process died of SIGSEGV
# conv stride=1,2 padding=0:0,1:1 dilation=1,2 x=1x2x1x1:float32:zeros@0 w=1x2x1x1:float32:zeros@0 b=1:float32:ints@0

import numpy as np
import openvino as ov
import openvino.opset16 as ops

x = np.full((1, 2, 1, 1), 0, "float32")
b = np.array([3], "float32")
print("expected: a result, or an error", flush=True)
n0 = ops.parameter([1, 2, 1, 1], np.float32)
n1 = ops.constant(x)
n2 = ops.convolution(n0, n1, strides=[1, 2], dilations=[1, 2], pads_begin=[0, 1], pads_end=[0, 1])
n3 = ops.constant(b.reshape((1, 1, 1, 1)))
n4 = ops.add(n2, n3)
model = ov.Model(n4.outputs()[:1], [n0])
compiled = ov.Core().compile_model(model, "CPU", {'INFERENCE_PRECISION_HINT': 'f32', 'INFERENCE_NUM_THREADS': 1, 'NUM_STREAMS': 1, 'ENABLE_CPU_PINNING': False})
results = list(compiled([x]).values())
print("got: a result")
