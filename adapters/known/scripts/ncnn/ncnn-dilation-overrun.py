# ncnn:unchecked 1.0.20261020, conv.definition
# the process died of SIGSEGV
# conv dilation=2,2 x=1x1x1x1:float32:zeros@0 w=1x1x1x1:float32:zeros@0

import numpy as np
import tempfile
import ncnn

x = np.array([[[[0]]]], "float32")
print("expected: a result, or an error", flush=True)
net = ncnn.Net()
net.opt.num_threads = 1
net.opt.use_winograd_convolution = False
net.opt.use_sgemm_convolution = False
net.opt.use_packing_layout = False
net.opt.use_fp16_packed = False
net.opt.use_fp16_storage = False
net.opt.use_fp16_arithmetic = False
net.opt.use_bf16_packed = False
net.opt.use_bf16_storage = False
net.opt.use_int8_packed = False
net.opt.use_int8_storage = False
net.opt.use_int8_arithmetic = False
net.opt.use_int8_inference = False
assert net.load_param_mem(
    "7767517\n"
    "2 2\n"
    "Input x 0 1 x\n"
    "Convolution layer 1 1 x y 0=1 1=1 2=2 3=1 4=0 5=0 6=1 11=1 12=2 13=1 14=0 15=0 16=0\n"
) == 0
with tempfile.NamedTemporaryFile(suffix=".bin") as file:
    file.write(bytes(4) + x.tobytes())
    file.flush()
    assert net.load_model(file.name) == 0
extractor = net.create_extractor()
assert extractor.input("x", ncnn.Mat(x, batch_index=0).clone()) == 0
code, y = extractor.extract("y")
assert code == 0
results = [np.array(y.numpy(batch_index=0))]
print("got: a result")
