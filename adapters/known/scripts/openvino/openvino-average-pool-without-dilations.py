# openvino:defaults 2026.4.1, avg_pool.output-size
# the process died of SIGSEGV
# avg_pool window=2,2 x=1x1x4x4:float32:ramp@0

import numpy as np
import openvino as ov
import openvino.opset16 as ops

x = np.array([[[[-3, -2, -1, 0],
                [1, 2, 3, -3],
                [-2, -1, 0, 1],
                [2, 3, -3, -2]]]], "float32")
print("expected: a result, or an error", flush=True)
n0 = ops.parameter([1, 1, 4, 4], np.float32)
n1 = ops.avg_pool(n0, exclude_pad=True, strides=[1, 1], kernel_shape=[2, 2], pads_begin=[0, 0], pads_end=[0, 0], rounding_type='floor')
model = ov.Model(n1.outputs()[:1], [n0])
compiled = ov.Core().compile_model(model, "CPU", {'INFERENCE_PRECISION_HINT': 'f32', 'INFERENCE_NUM_THREADS': 1, 'NUM_STREAMS': 1, 'ENABLE_CPU_PINNING': False})
results = list(compiled([x]).values())
print("got: a result")
