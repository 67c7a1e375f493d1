# tvm 0.27.0.post1, global_max_pool.rejects-invalid
# answered with an array of shape (1, 1); the spec refuses: global pooling needs at least one
# cell on every spatial axis, but the shape of x is (1, 1, 1, 0)
# global_max_pool x=1x1x1x0:float32:ones@0

import numpy as np
import tvm
from tvm import relax

x = np.zeros((1, 1, 1, 0), "float32")
expected = 'an error: global pooling needs at least one cell on every spatial axis, but the shape of x is (1, 1, 1, 0)'
try:
    arrays = [x]
    builder = relax.BlockBuilder()
    x = relax.Var("x", relax.TensorType((1, 1, 1, 0), "float32"))
    with builder.function("main", [x]):
        with builder.dataflow():
            y = builder.emit(relax.op.max(x, axis=(2, 3)))
            y = builder.emit_output(y)
        builder.emit_func_output(y)
    executable = tvm.compile(builder.get(), target="llvm")
    run = relax.VirtualMachine(executable, tvm.cpu())["main"]
    results = [run(*(tvm.runtime.tensor(np.ascontiguousarray(a)) for a in arrays)).numpy()]
    got = np.asarray(results[0])
except Exception:
    got = expected
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if got is expected else 1)
