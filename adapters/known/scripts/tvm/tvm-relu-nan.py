# tvm 0.27.0.post1, relu.nan
# y[0, 0, 0, 0] is 0, expected nan (1 of 1 cells differ)
# relu x=1x1x1x1:float32:nan@0

import numpy as np
import tvm
from tvm import relax

x = np.array([[[[np.nan]]]], "float32")
expected = np.array([[[[np.nan]]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[[0]]]], "float64")
arrays = [x]
builder = relax.BlockBuilder()
x = relax.Var("x", relax.TensorType((1, 1, 1, 1), "float32"))
with builder.function("main", [x]):
    with builder.dataflow():
        y = builder.emit(relax.op.nn.relu(x))
        y = builder.emit_output(y)
    builder.emit_func_output(y)
executable = tvm.compile(builder.get(), target="llvm")
run = relax.VirtualMachine(executable, tvm.cpu())["main"]
results = [run(*(tvm.runtime.tensor(np.ascontiguousarray(a)) for a in arrays)).numpy()]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound) | np.isnan(got) & np.isnan(expected)).all() else 1)
raise SystemExit(1)
