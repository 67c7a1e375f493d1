# tvm 0.27.0.post1, max_pool.nan
# y[0, 0, 0] is -2, expected nan (1 of 1 cells differ)
# max_pool window=2 x=1x1x2:float32:nan@0

import numpy as np
import tvm
from tvm import relax

x = np.array([[[np.nan, -2]]], "float32")
expected = np.array([[[np.nan]]], "float32")
arrays = [x]
builder = relax.BlockBuilder()
x = relax.Var("x", relax.TensorType((1, 1, 2), "float32"))
with builder.function("main", [x]):
    with builder.dataflow():
        y = builder.emit(relax.op.nn.max_pool1d(x, pool_size=(2,), strides=(1,), padding=(0, 0), dilation=(1,), ceil_mode=False))
        y = builder.emit_output(y)
    builder.emit_func_output(y)
executable = tvm.compile(builder.get(), target="llvm")
run = relax.VirtualMachine(executable, tvm.cpu())["main"]
results = [run(*(tvm.runtime.tensor(np.ascontiguousarray(a)) for a in arrays)).numpy()]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
