# ncnn 1.0.20261020, conv.definition
# y[0, 0, 0, 0, 0] is 1, expected 0 (1 of 1 cells differ)
# conv padding=same_lower x=1x1x1x1x1:float32:impulse@0 w=1x1x2x1x1:float32:impulse@0

import numpy as np
import tempfile
import ncnn

x = np.array([[[[[1]]]]], "float32")
w = np.array([[[[[1]],

                [[0]]]]], "float32")
expected = np.array([[[[[0]]]]], "float32")
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
    "Convolution3D layer 1 1 x y 0=1 1=1 2=1 3=1 4=-234 5=0 6=2 11=1 12=1 13=1 21=2 22=1 23=1\n"
) == 0
with tempfile.NamedTemporaryFile(suffix=".bin") as file:
    file.write(bytes(4) + w.tobytes())
    file.flush()
    assert net.load_model(file.name) == 0
extractor = net.create_extractor()
assert extractor.input("x", ncnn.Mat(np.ascontiguousarray(x), batch_index=0).clone()) == 0
code, y = extractor.extract("y")
assert code == 0
results = [np.array(y.numpy(batch_index=0))]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
