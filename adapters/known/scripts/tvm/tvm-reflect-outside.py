# tvm 0.27.0.post1, pad.rejects-invalid
# y[0, 0, 0] is 0, expected 1 (1 of 2 cells differ)
# pad padding=1:0 mode=reflect x=1x1x1:float32:impulse@0

import numpy as np
import tvm
from tvm import relax

x = np.array([[[1]]], "float32")
expected = np.full((1, 1, 2), 1, "float32")
arrays = [x]
builder = relax.BlockBuilder()
x = relax.Var("x", relax.TensorType((1, 1, 1), "float32"))
with builder.function("main", [x]):
    with builder.dataflow():
        y = builder.emit(relax.op.nn.pad(x, pad_width=[0, 0, 0, 0, 1, 0], pad_mode='reflect'))
        y = builder.emit_output(y)
    builder.emit_func_output(y)
executable = tvm.compile(builder.get(), target="llvm")
run = relax.VirtualMachine(executable, tvm.cpu())["main"]
results = [run(*(tvm.runtime.tensor(np.ascontiguousarray(a)) for a in arrays)).numpy()]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
