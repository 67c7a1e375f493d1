"""What implementations refuse, lack or add: no choices at a point, but good to know."""

from __future__ import annotations

from convspec.spec.groups import POOLS, WINDOWED

from .point import Limit

LIMITS: dict[str, Limit] = {
    limit.name: limit
    for limit in (
        Limit("no-ceil-mode", POOLS, ("ceil", "output"), "TensorFlow, Keras, JAX",
              "have no ceil mode: sizes are those of floor", "documentation"),
        Limit("onednn-ceil", POOLS, ("ceil",), "oneDNN", "has no ceil mode; callers enlarge the"
              " high padding, which then counts in the divisor", "issue"),
        Limit("same-strided", ("conv",), ("same", "stride"), "PyTorch",
              "refuses padding “same” with stride above 1", "run"),
        Limit("same-dilated", WINDOWED, ("same", "dilation"), "ONNX Runtime 1.31",
              "refuses SAME_UPPER and SAME_LOWER with dilation above 1", "run"),
        Limit("keras-dilated", ("conv",), ("stride", "dilation"), "Keras Conv2D",
              "refuses stride and dilation both above 1", "run"),
        Limit("tf-depthwise", ("conv",), ("stride", "dilation"),
              "TensorFlow 2.21 depthwise_conv2d", "computes another size and other values with"
              " stride and dilation both above 1", "run"),
        Limit("half-window", POOLS, ("padding",), "PyTorch", "refuses padding of more than half"
              " the window, dilation not counted", "run"),
        Limit("below-window", POOLS, ("padding",), "ONNX Runtime; TensorFlow’s max pool",
              "refuse padding that is not less than the window", "run"),
        Limit("tf-avg-padding", ("avg_pool",), ("padding",), "TensorFlow avg_pool2d",
              "takes no amounts of padding, only SAME and VALID", "run"),
        Limit("paddle-same-divisor", ("avg_pool",), ("divisor", "same"), "Paddle 3.3.1 “SAME”",
              "leaves the padding out even with exclusive=False", "run"),
        Limit("divisor-override", ("avg_pool",), ("divisor",), "PyTorch divisor_override",
              "replaces the divisor by any number but 0, negative ones too", "run"),
        Limit("no-dilated-average", ("avg_pool",), ("dilation",), "PyTorch",
              "has no dilated average pool", "run"),
        Limit("lp-unpadded", ("lp_pool",), ("padding", "dilation"), "PyTorch",
              "has no padding and no dilation in its Lp pools", "run"),
        Limit("lp-zero", ("lp_pool",), ("p",), "ONNX Runtime", "takes p = 0, and gives ∞", "run"),
        Limit("lp-below-one", ("lp_pool",), ("p",), "PyTorch",
              "answers powers below 1, negative ones too, which are no norms", "run"),
        Limit("adaptive-empty", ("adaptive_avg_pool",), ("empty",), "PyTorch",
              "refuses an input without cells, but pools it to one cell, which is NaN", "run"),
        Limit("reflect-cropped", ("pad",), ("reflect", "crop", "negative"), "PyTorch",
              "reflects cells that a negative amount at the other end crops off; its circular mode"
              " crops first", "run"),
        Limit("mlx-groups", ("conv",), ("groups",), "MLX 0.32.4",
              "has no groups in 3-D", "run"),
        Limit("nnpack-tiles", ("conv",), ("nan", "special-values", "rounding", "precision"),
              "PyTorch 2.13.0 without oneDNN", "computes float32 convolutions of 16 images and"
              " more by a transform (NNPACK): sums are off by more than a sum rounds, and a NaN"
              " fills its tile; the adapter declares it", "run"),
        Limit("causal", ("conv",), ("padding", "named-padding"), "Keras Conv1D",
              "has padding “causal”: all of it at the low end", "documentation"),
        Limit("jax-dilated-max-gradient", ("max_pool",), ("gradient", "dilation"), "JAX 0.10.2",
              "has no gradient of a maximum over dilated windows, and says so", "run"),
        Limit("jax-negative-padding", ("max_pool", "avg_pool", "conv_transpose"),
              ("padding", "negative"), "JAX 0.10.2, Flax 0.12.8", "take negative padding: it crops"
              " the input of a pool, and widens the result of a transposed convolution", "run"),
        Limit("xla-subnormals", ("conv", "conv_transpose", "avg_pool", "global_sum_pool"),
              ("subnormals", "special-values"), "JAX 0.10.2",
              "takes subnormal numbers for 0, as its documentation says", "run"),
        Limit("flax-pools", ("max_pool", "avg_pool"), ("dilation", "ceil"), "Flax, Haiku",
              "have no dilation and no ceil mode in their pools; Haiku's pad by SAME alone",
              "documentation"),
        Limit("flax-transposed", ("conv_transpose",), ("groups", "dilation"), "Flax, Haiku",
              "have no groups in transposed convolutions; Haiku no dilation either",
              "documentation"),
        Limit("equinox-counted", ("avg_pool",), ("divisor", "padding"), "Equinox 0.13.8",
              "always divides by the whole window, padding and all", "run"),
        Limit("equinox-padding", ("max_pool", "avg_pool"), ("padding",), "Equinox 0.13.8",
              "refuses padding larger than the window", "run"),
        Limit("equinox-adaptive", ("adaptive_max_pool", "adaptive_avg_pool"), ("output-size",),
              "Equinox 0.13.8", "only downsamples: an output larger than the input is an error",
              "documentation"),
        Limit("pad-symmetric", ("pad",), ("symmetric", "mode"), "PyTorch, ONNX",
              "have no symmetric mode; TensorFlow and NumPy have", "recalled"),
        Limit("pool-channels", POOLS, ("channels", "empty"), "PyTorch",
              "refuses to pool an input without channels", "run"),
    )
}  # fmt: skip
