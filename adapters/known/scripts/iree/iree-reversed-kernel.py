# iree 3.13.0, conv_transpose.definition
# raised CompilerToolError: Error invoking IREE compiler tool iree-compile Error code: 1
# Diagnostics: <stdin>:2:8: error: 'linalg.generic' op inferred input/output operand #0 has
# shape's dimension #1 to be greater than or equal
# conv_transpose x=1x1x1x1:float32:zeros@0 w=1x1x4x4:float32:zeros@0

import numpy as np
import iree.compiler
import iree.runtime

x = np.array([[[[0]]]], "float32")
w = np.full((1, 1, 4, 4), 0, "float32")
expected = np.full((1, 1, 4, 4), 0, "float64")
try:
    program = """
    func.func @main(%x: tensor<1x1x1x1xf32>, %w: tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32> {
      %y = stablehlo.convolution(%x, %w) dim_numbers = [b, f, 0, 1]x[i, o, 0, 1]->[b, f, 0, 1], window = {stride = [1, 1], pad = [[3, 3], [3, 3]], lhs_dilate = [1, 1], rhs_dilate = [1, 1], reverse = [true, true]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x1x1x1xf32>, tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
      return %y : tensor<1x1x4x4xf32>
    }
    """
    compiled = iree.compiler.compile_str(
        program, extra_args=['--iree-input-type=stablehlo', '--iree-hal-target-backends=llvm-cpu', '--iree-llvmcpu-target-cpu=host', '--iree-input-demote-f64-to-f32=false'])
    module = iree.runtime.load_vm_flatbuffer(compiled, driver="local-sync")
    results = [np.asarray(module.main(np.ascontiguousarray(x), np.ascontiguousarray(w)))]
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
