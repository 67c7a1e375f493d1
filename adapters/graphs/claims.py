"""What the engines that run ONNX graphs claim, as data; none of them is needed to read it.

What an ONNX model means is said by the operators' documentation (https://onnx.ai/onnx/operators/);
a backend that takes the model is held to it. What ONNX itself has otherwise than we: global pools
keep their axes; an index of a maximum counts in the whole tensor.
"""

from __future__ import annotations

from typing import Any

OPTIONS = ("unoptimized", "dynamic")
"""Words that ``onnxruntime`` takes after its name, joined by commas."""

_NAMED = ["same_upper", "same_lower", "valid"]
_MODES = ["constant", "reflect", "replicate", "circular"]
_ONNX = {"global_pool.rank": "keep", "max_pool.index-place": "tensor"}

_ONNXRUNTIME = {
    **_ONNX,
    "conv_transpose.output-padding": "stride",
    "pool.ceil-window": "one",
    "pool.too-large-window": "empty",
    "max_pool.nan": "ignored",
    "max_pool.padding-value": "lowest",
    "avg_pool.empty-window": "zero",
    "global_sum_pool.empty": "zero",
    "softmax.no-classes": "empty",
    "pad.circular-limit": "repeat",
}


def onnxruntime(option: str) -> dict[str, Any]:
    """ONNX Runtime 1.31 on the CPU: element types as its kernels are registered.

    float64 has no kernels of convolutions, average and Lp pools, global averages and maxima;
    bfloat16 has none at all. float16 is cast to float32 and back around each node.
    """
    floats = ["float32", "float16"]
    most = ["float32", "float64", "float16"]
    return {
        "all": {"dtypes": floats, "named_padding": _NAMED},
        "accumulate": {"float16": "float32"},
        "dialect": _ONNXRUNTIME,
        "conv_transpose": {"named_padding": []},
        "pad": {"dtypes": [*most, "int64", "int32", "int8"], "modes": _MODES},
        "max_pool": {"dtypes": [*most, "int8"], "padding_limit": "window"},
        "max_pool_with_indices": {"dtypes": [*most, "int8"], "padding_limit": "window"},
        "avg_pool": {"padding_limit": "window"},
        "lp_pool": {"padding_limit": "window"},
        "global_sum_pool": {"dtypes": [*most, "int64", "int32"]},
        "relu": {"dtypes": [*most, "int32", "int8"]},
        "dense": {"dtypes": [*most, "int64", "int32"]},
        "softmax": {"dtypes": most},
        "log_softmax": {"dtypes": most},
        "cross_entropy": {"dtypes": most},
    }
