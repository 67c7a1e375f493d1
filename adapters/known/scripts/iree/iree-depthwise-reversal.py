# iree 3.13.0, conv_transpose.definition
# y[0, 0, 0] is 0, expected 1 (2 of 4 cells differ)
# conv_transpose groups=2 x=1x2x1:float32:ones@0 w=2x1x2:float32:impulse@0

import numpy as np
import iree.compiler
import iree.runtime

x = np.full((1, 2, 1), 1, "float32")
w = np.array([[[1, 0]],

              [[0, 0]]], "float32")
expected = np.array([[[1, 0],
                      [0, 0]]], "float32")
program = """
func.func @main(%x: tensor<1x2x1xf32>, %w: tensor<2x1x2xf32>) -> tensor<1x2x2xf32> {
  %split = stablehlo.reshape %w : (tensor<2x1x2xf32>) -> tensor<2x1x1x2xf32>
  %moved = stablehlo.transpose %split, dims = [1, 0, 2, 3] : (tensor<2x1x1x2xf32>) -> tensor<1x2x1x2xf32>
  %weight = stablehlo.reshape %moved : (tensor<1x2x1x2xf32>) -> tensor<1x2x2xf32>
  %y = stablehlo.convolution(%x, %weight) dim_numbers = [b, f, 0]x[i, o, 0]->[b, f, 0], window = {stride = [1], pad = [[1, 1]], lhs_dilate = [1], rhs_dilate = [1], reverse = [true]} {batch_group_count = 1 : i64, feature_group_count = 2 : i64} : (tensor<1x2x1xf32>, tensor<1x2x2xf32>) -> tensor<1x2x2xf32>
  return %y : tensor<1x2x2xf32>
}
"""
compiled = iree.compiler.compile_str(
    program, extra_args=['--iree-input-type=stablehlo', '--iree-hal-target-backends=llvm-cpu', '--iree-llvmcpu-target-cpu=host', '--iree-input-demote-f64-to-f32=false'])
module = iree.runtime.load_vm_flatbuffer(compiled, driver="local-sync")
results = [np.asarray(module.main(np.ascontiguousarray(x), np.ascontiguousarray(w)))]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)
