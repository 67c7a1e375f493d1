# iree 3.13.0, max_pool.definition
# raised CompilerToolError: Error invoking IREE compiler tool iree-compile Error code: 1
# Diagnostics: <stdin>:3:8: error: 'linalg.generic' op inferred input/output operand #1 has
# shape's dimension #1 to be 3, but found 2 %y = "s
# max_pool window=2,2 stride=2,2 x=1x1x2x3:float32:ones@0

import numpy as np
import iree.compiler
import iree.runtime

x = np.full((1, 1, 2, 3), 1, "float32")
expected = np.array([[[[1]]]], "float64")
try:
    program = """
    func.func @main(%x: tensor<1x1x2x3xf32>) -> tensor<1x1x1x1xf32> {
      %c = stablehlo.constant dense<0xFF800000> : tensor<f32>
      %y = "stablehlo.reduce_window"(%x, %c) ({
        ^bb0(%one: tensor<f32>, %other: tensor<f32>):
          %both = stablehlo.maximum %one, %other : tensor<f32>
          stablehlo.return %both : tensor<f32>
      }) {window_dimensions = array<i64: 1, 1, 2, 2>, window_strides = array<i64: 1, 1, 2, 2>, base_dilations = array<i64: 1, 1, 1, 1>, window_dilations = array<i64: 1, 1, 1, 1>, padding = dense<[[0, 0], [0, 0], [0, 0], [0, 0]]> : tensor<4x2xi64>} : (tensor<1x1x2x3xf32>, tensor<f32>) -> tensor<1x1x1x1xf32>
      return %y : tensor<1x1x1x1xf32>
    }
    """
    compiled = iree.compiler.compile_str(
        program, extra_args=['--iree-input-type=stablehlo', '--iree-hal-target-backends=llvm-cpu', '--iree-llvmcpu-target-cpu=host', '--iree-input-demote-f64-to-f32=false'])
    module = iree.runtime.load_vm_flatbuffer(compiled, driver="local-sync")
    results = [np.asarray(module.main(np.ascontiguousarray(x)))]
    got = np.asarray(results[0])
except Exception as error:
    got = f"{type(error).__name__}: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(1 if isinstance(got, str) else 0)
