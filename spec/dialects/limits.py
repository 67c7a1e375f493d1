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
        Limit("pad-symmetric", ("pad",), ("symmetric", "mode"), "PyTorch, ONNX",
              "have no symmetric mode; TensorFlow and NumPy have", "recalled"),
        Limit("stablehlo-ceil", POOLS, ("ceil",), "IREE, StableHLO",
              "has no ceil mode, no padding by name, and pads with a constant alone",
              "documentation"),
        Limit("iree-views", ("conv",), ("results-stay",), "IREE 3.13.0, its runtime for Python",
              "gives arrays whose views (slices, ravel) do not keep their memory, and hold whatever"
              " comes there once the array itself is gone; the adapter copies", "run"),
        Limit("tvm-bfloat16-floor", ("max_pool",), ("padding", "padding-value"), "TVM 0.27",
              "gives a window wholly in padding the lowest finite number, but −∞ in bfloat16, where"
              " float32’s lowest is rounded", "run"),
        Limit("tvm-gradients", ("conv", "max_pool", "avg_pool"), ("gradient",), "TVM 0.27, Relax",
              "has gradients of convolutions and pools in 2-D alone; the adapter claims none",
              "source"),
        Limit("pool-channels", POOLS, ("channels", "empty"), "PyTorch",
              "refuses to pool an input without channels", "run"),
        Limit("ncnn-unchecked", WINDOWED, ("rejects-invalid", "crash"), "ncnn 1.0.20261020",
              "does not check the parameters of a network: what makes no sense is answered, or the"
              " process dies of it", "run"),
        Limit("ncnn-undilated", POOLS, ("dilation",), "ncnn, MNN, LiteRT",
              "have no dilated pools and no Lp pools", "documentation"),
        Limit("ncnn-ceil-same", POOLS, ("ceil", "same"), "ncnn, MNN",
              "round up or pad by SAME: one parameter says which", "documentation"),
        Limit("ncnn-contiguous", WINDOWED, ("layout",), "ncnn's Python module",
              "reads arrays from front to back whatever their strides: they have to be contiguous",
              "issue"),
        Limit("ncnn-empty-batch", WINDOWED, ("empty-batch", "batch"), "ncnn, MNN",
              "refuse a batch of no images", "run"),
        Limit("mnn-pool-padding", POOLS, ("padding",), "MNN 3.6.1 expressions",
              "pad pools in ceil mode alone, both ends of an axis alike", "documentation"),
        Limit("mnn-pad-value", ("pad",), ("constant", "value"), "MNN 3.6.1 expressions",
              "pad by the constant 0 alone", "documentation"),
        Limit("mnn-planar", ("conv", "conv_transpose", *POOLS), ("rank",),
              "MNN 3.6.1 expressions", "have convolutions and pools in 2-D alone",
              "documentation"),
        Limit("litert-same-valid", WINDOWED, ("padding",), "LiteRT",
              "has SAME and VALID; other padding of a convolution is an operator in front of it",
              "documentation"),
        Limit("litert-transposed", ("conv_transpose",), ("padding", "dilation", "groups"),
              "LiteRT", "has neither dilation nor groups in transposed convolutions",
              "documentation"),
        Limit("litert-conv3d-groups", ("conv",), ("groups",), "LiteRT 2.3.0 CONV_3D",
              "has no groups", "run"),
        Limit("litert-subnormals", ("conv", *POOLS), ("subnormals",), "LiteRT 2.3.0",
              "flushes subnormal numbers to 0 while a model runs", "run"),
        Limit("litert-rows", ("dense",), ("rejects-invalid",), "LiteRT 2.3.0 FULLY_CONNECTED",
              "cuts its input into rows of the length that the weight asks for", "run"),
    )
}  # fmt: skip
