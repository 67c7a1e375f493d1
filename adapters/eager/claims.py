"""What the eager libraries claim, as data."""

from __future__ import annotations

from typing import Any

from convspec.spec.dtypes import FLOATS, HALVES, INTEGERS

# No "reversed": tensors have no negative strides there.
_STRIDED = [
    "contiguous", "channels_last", "column_major", "sliced", "windowed", "offset", "broadcast",
]  # fmt: skip


_PADDLE: dict[str, str] = {
    "pool.ceil-mode": "keep",
    "max_pool.padding-value": "lowest",
    "max_pool.empty-window": "lowest",
    "avg_pool.empty-window": "nan",
    "lp_pool.sign": "signed",
    "conv.too-large-window": "empty",
    "conv_transpose.output-padding": "stride",
    "pool.ceil-window": "one",
    "pool.too-large-window": "empty",
    "max_pool.nan": "ignored",
    "adaptive_avg_pool.empty": "nan",
    "adaptive_pool.no-output": "empty",
    "global_avg_pool.empty": "nan",
    "global_sum_pool.empty": "zero",
    "softmax.no-classes": "empty",
    "cross_entropy.empty-batch": "nan",
    "pad.negative": "pad-first",
    "pad.circular-limit": "repeat",
}


def paddle(option: str = "") -> dict[str, Any]:
    """PaddlePaddle 3.3 on the CPU."""
    named = {"named_padding": ["same_upper", "valid"]}
    halved = ["float64", "float32", "float16"]
    full = ["float64", "float32"]
    return {
        "all": {"dtypes": full, "layouts": _STRIDED, "dilation": [1, 1]},
        "dialect": _PADDLE,
        "conv": {**named, "dilation": [1, None]},
        "conv_transpose": {"dilation": [1, None]},
        "pad": {
            "dtypes": [*full, "int32", "int64"],
            "modes": ["constant", "reflect", "replicate", "circular"],
        },
        "max_pool": named,
        "max_pool_with_indices": named,
        "avg_pool": {**named, "dtypes": halved},
        "lp_pool": {**named, "ranks": [1, 2]},
        "adaptive_avg_pool": {"dtypes": halved},
        "adaptive_max_pool": {},
        "global_avg_pool": {"dtypes": halved},
        "global_max_pool": {},
        "global_sum_pool": {"dtypes": [*FLOATS, *INTEGERS], "returns": {"int32": "int64"}},
        "relu": {},
        "dense": {},
        "softmax": {},
        "log_softmax": {},
        "cross_entropy": {},
        "double_vjp": [
            "conv", "pad", "avg_pool", "adaptive_avg_pool", "global_avg_pool", "global_sum_pool",
            "relu", "dense",
        ],
    }
