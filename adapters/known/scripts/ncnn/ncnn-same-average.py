# ncnn 1.0.20261020, avg_pool.definition
# y[0, 0, 0] is 0.5, expected 1 (1 of 1 cells differ beyond every rounding)
# avg_pool window=2 padding=same_upper x=1x1x1:float32:impulse@0

import numpy as np
import tempfile
import ncnn

x = np.array([[[1]]], "float32")
expected = np.array([[[1]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[4.768372441344024e-07]]], "float64")
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
    "Pooling1D layer 1 1 x y 0=1 1=2 2=1 5=2 6=0\n"
) == 0
with tempfile.NamedTemporaryFile(suffix=".bin") as file:
    file.write(b'')
    file.flush()
    assert net.load_model(file.name) == 0
extractor = net.create_extractor()
assert extractor.input("x", ncnn.Mat(np.ascontiguousarray(x), batch_index=0).clone()) == 0
code, y = extractor.extract("y")
assert code == 0
results = [np.array(y.numpy(batch_index=0))]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)
