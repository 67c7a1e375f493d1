"""What the engines that run ONNX graphs claim, as data; none of them is needed to read it.

What an ONNX model means is said by the operators' documentation (https://onnx.ai/onnx/operators/);
a backend that takes the model is held to it. What ONNX itself has otherwise than we: global pools
keep their axes; an index of a maximum counts in the whole tensor.
"""

from __future__ import annotations

from typing import Any

from convspec.spec.dtypes import DTYPES, FLOATS, INTEGERS
from convspec.spec.operations import NAMED_PADDINGS

from ..claiming import MODES, NO_CELLS

OPTIONS = ("unoptimized", "dynamic")
"""Words that ``onnxruntime`` takes after its name, joined by commas."""

_ONNX = {"global_pool.rank": "keep", "max_pool.index-place": "tensor"}

_ONNXRUNTIME = {
    **_ONNX,
    "conv_transpose.output-padding": "stride",
    "pool.ceil-window": "one",
    "pool.too-large-window": "empty",
    "max_pool.nan": "ignored",
    "max_pool.empty-window": "lowest",
    "avg_pool.empty-window": "zero",
    "global_sum_pool.empty": "zero",
    "softmax.no-classes": "empty",
    "pad.circular-limit": "repeat",
}

_REFERENCE = {
    **_ONNX,
    "conv.too-large-window": "empty",
    "conv_transpose.output-padding": "stride",
    "pool.ceil-window": "one",
    "pool.too-large-window": "empty",
    "avg_pool.empty-window": "nan",
    "lp_pool.clipped-window": "rescaled",
    **NO_CELLS,
    "softmax.no-classes": "empty",
    "pad.circular-limit": "repeat",
    "pad.reflect-limit": "repeat",
}

_OPENCV = {
    **_ONNX,
    "conv_transpose.output-padding": "any",
    "pool.ceil-window": "one",
    "max_pool.nan": "ignored",
    "max_pool.empty-window": "lowest",
    "avg_pool.overhang": "full",
    "avg_pool.empty-window": "nan",
    **NO_CELLS,
    "pad.circular-limit": "repeat",
    "pad.reflect-limit": "repeat",
    "pad.negative": "pad-first",
}

_TRACT = {
    **_ONNX,
    "conv.too-large-window": "empty",
    "conv_transpose.output-padding": "any",
    "pool.ceil-window": "one",
    "max_pool.nan": "ignored",
    "max_pool.padding-value": "lowest",
    "avg_pool.empty-window": "nan",
    **NO_CELLS,
    "global_max_pool.empty": "identity",
    "softmax.no-classes": "empty",
}

_OPENVINO = {
    "conv_transpose.output-padding": "any",
    "max_pool.nan": "ignored",
    "max_pool.padding-value": "lowest",
    "avg_pool.overhang": "full-if-padded",
    "avg_pool.empty-window": "nan",
    "global_avg_pool.empty": "zero",
    "global_sum_pool.empty": "zero",
    "global_max_pool.empty": "identity",
    "adaptive_avg_pool.empty": "zero",
    "adaptive_pool.no-output": "empty",
    "softmax.no-classes": "empty",
    "pad.negative": "pad-first",
}


def onnxruntime(option: str) -> dict[str, Any]:
    """ONNX Runtime 1.31 on the CPU: element types as its kernels are registered.

    float64 has no kernels of convolutions, average and Lp pools, global averages and maxima;
    bfloat16 has none at all. float16 is cast to float32 and back around each node. A sum of int32
    is clipped to its type (https://github.com/microsoft/onnxruntime/pull/28743).
    """
    floats = ["float32", "float16"]
    most = ["float32", "float64", "float16"]
    return {
        "all": {"dtypes": floats, "named_padding": NAMED_PADDINGS},
        "accumulate": {"float16": "float32"},
        "dialect": _ONNXRUNTIME,
        "conv_transpose": {"named_padding": []},
        "pad": {"dtypes": [*most, "int64", "int32", "int8"], "modes": MODES},
        "max_pool": {"dtypes": [*most, "int8"], "padding_limit": "window"},
        "max_pool_with_indices": {"dtypes": [*most, "int8"], "padding_limit": "window"},
        "avg_pool": {"padding_limit": "window"},
        "lp_pool": {"padding_limit": "window"},
        "global_sum_pool": {
            "dtypes": [*most, "int64", "int32"],
            "overflow": {"int32": "saturate"},
        },
        "relu": {"dtypes": [*most, "int32", "int8"]},
        "dense": {"dtypes": [*most, "int64", "int32"]},
        "softmax": {"dtypes": most},
        "log_softmax": {"dtypes": most},
        "cross_entropy": {"dtypes": most},
    }


def onnx_reference(option: str) -> dict[str, Any]:
    """The reference evaluator of ONNX 1.23: all types that the operators' text allows."""
    maxima = [*FLOATS, "int8"]
    sums = [*FLOATS, "int64", "int32"]
    return {
        "all": {"dtypes": FLOATS, "named_padding": NAMED_PADDINGS},
        "dialect": _REFERENCE,
        "conv_transpose": {"named_padding": []},
        "pad": {"dtypes": DTYPES, "modes": MODES},
        "max_pool": {"dtypes": maxima},
        "max_pool_with_indices": {"dtypes": maxima},
        "global_sum_pool": {"dtypes": sums},
        "relu": {"dtypes": DTYPES},
        "dense": {"dtypes": sums},
    }


def opencv(option: str) -> dict[str, Any]:
    """OpenCV 5.0's DNN module: float32, and what it copies, adds up or compares in other types.

    Its global averages and maxima know 1-D and 2-D, its maxima with indices 2-D alone. It has no
    LpPool; a model with one is read, and cannot be run. SAME has one size there, as ONNX says,
    rounded up or not. int64 is not claimed: its Python module hands arrays of it on as int32
    (https://github.com/opencv/opencv/issues/28672); nor is float64 of Relu, which is computed in
    float32.
    """
    floats = ["float32", "float64"]
    pools = {"named_ceil": False}
    return {
        # A matrix of OpenCV's without cells has no shape.
        "all": {"dtypes": ["float32"], "named_padding": NAMED_PADDINGS, "empty_batch": False},
        "dialect": _OPENCV,
        "conv": {},
        "conv_transpose": {"named_padding": []},
        "pad": {"dtypes": [*floats, "int32", "int16", "int8"], "modes": MODES},
        "max_pool": pools,
        "max_pool_with_indices": {**pools, "ranks": [2]},
        "avg_pool": pools,
        "global_avg_pool": {"ranks": [1, 2]},
        "global_max_pool": {"ranks": [1, 2]},
        "global_sum_pool": {"dtypes": [*floats, "int32"]},
        "relu": {},
        "dense": {"dtypes": floats},
        "softmax": {},
        "log_softmax": {},
        "cross_entropy": {},
    }


def openvino(option: str) -> dict[str, Any]:
    """OpenVINO 2026.4 on the CPU, its own operations.

    float16 is stored and computed in float32. Other types are converted there (float64 to float32,
    int64 to int32), or computed in float32, and not claimed. It has neither circular padding nor
    an Lp pool nor a cross entropy. With the option ``onnx`` it reads models.
    """
    if option == "onnx":
        return _openvino_onnx()
    return {
        "all": {"dtypes": ["float32", "float16"], "named_padding": NAMED_PADDINGS},
        "accumulate": {"float16": "float32"},
        "dialect": {**_OPENVINO, **({"pool.ceil-mode": "keep"} if option == "ceil" else {})},
        "fork": False,
        "compiled": True,
        "conv_transpose": {"named_padding": []},
        # Of a batch without entries: its pools say that they do not take it.
        "max_pool": {"empty_batch": False},
        "max_pool_with_indices": {"empty_batch": False},
        # With padding not counted, its averages refuse a window that could lie in padding alone.
        "avg_pool": {"empty_batch": False, "padding_limit": "window"},
        # Reflection is refused on an axis of no entries, that of the batch, too.
        "pad": {
            "dtypes": ["float32", "float16", "int32", "int8"],
            "empty_batch": False,
            "modes": ["constant", "reflect", "replicate", "symmetric"],
        },
    }


def _openvino_onnx() -> dict[str, Any]:
    """OpenVINO 2026.4 on the CPU, of ONNX models: what its reader makes of them."""
    return {
        "all": {"dtypes": ["float32", "float16"], "named_padding": NAMED_PADDINGS},
        "accumulate": {"float16": "float32"},
        "dialect": {**_OPENVINO, **_ONNX},
        "fork": False,
        "compiled": True,
        "conv": {},
        "conv_transpose": {"named_padding": []},
        "pad": {
            "dtypes": ["float32", "float16", "int32", "int8"],
            "empty_batch": False,
            "modes": MODES[:3],
        },
        "max_pool": {"empty_batch": False},
        "max_pool_with_indices": {"empty_batch": False},
        "avg_pool": {"empty_batch": False, "padding_limit": "window"},
        "lp_pool": {"empty_batch": False},
        "global_avg_pool": {},
        "global_max_pool": {},
        "global_sum_pool": {},
        "relu": {},
        "dense": {},
        "softmax": {},
        "log_softmax": {},
        "cross_entropy": {},
    }


def tract(option: str) -> dict[str, Any]:
    """tract 0.23: all types but bfloat16, which it does not read.

    Its Pad has no mode wrap. It has neither LpPool nor SoftmaxCrossEntropyLoss: a model with one is
    read, and cannot be run.
    """
    floats = ["float32", "float64", "float16"]
    return {
        "all": {"dtypes": floats, "named_padding": NAMED_PADDINGS},
        "dialect": _TRACT,
        "conv": {},
        "conv_transpose": {"named_padding": []},
        "pad": {"dtypes": [*floats, *INTEGERS], "modes": MODES[:3]},
        "max_pool": {"dtypes": [*floats, "int8"]},
        "max_pool_with_indices": {"dtypes": [*floats, "int8"]},
        "avg_pool": {},
        "global_avg_pool": {},
        "global_max_pool": {},
        "global_sum_pool": {"dtypes": [*floats, "int64", "int32"]},
        "relu": {"dtypes": [*floats, *INTEGERS]},
        "dense": {"dtypes": [*floats, "int32"]},
        "softmax": {},
        "log_softmax": {},
    }
