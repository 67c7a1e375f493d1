"""What the compilers claim. Nothing here imports one.

TVM (Relax, 0.27): every operator has its parameters per axis and per side. Its convolutions and
pools know no padding by name, and max pooling gives no indices; there are no Lp pools and no
adaptive max pools, and ``nn.pad`` adds and does not crop. Averages and softmax are floating.
Gradients exist in 2-D alone (`relax.transform.Gradient`), and are not claimed.
"""

from __future__ import annotations

from typing import Any

from convspec.spec.dtypes import FLOATS

from ..claiming import MODES, NO_CELLS, NUMBERS

_MEANS = (
    "avg_pool", "adaptive_avg_pool", "global_avg_pool", "softmax", "log_softmax", "cross_entropy",
)  # fmt: skip

_TVM = {
    "conv.negative-padding": "crop",
    "conv_transpose.output-padding": "stride",
    "pool.ceil-window": "one",
    "pool.too-large-window": "empty",
    "max_pool.padding-value": "lowest",
    "avg_pool.empty-window": "zero",
    "global_sum_pool.empty": "zero",
    "softmax.no-classes": "empty",
    "pad.negative": "pad-first",
    "pad.reflect-limit": "repeat",
    "pad.circular-limit": "repeat",
}

_IREE = {
    "conv.negative-padding": "crop",
    "conv.too-large-window": "empty",
    "conv_transpose.output-padding": "any",
    "pool.too-large-window": "empty",
    "avg_pool.empty-window": "nan",
    **NO_CELLS,
    "global_max_pool.empty": "identity",
}

_TINYGRAD = {
    "conv.negative-padding": "crop",
    "conv_transpose.output-padding": "any",
    "pool.ceil-mode": "drop-all",
    "pool.ceil-window": "one",
    "max_pool.tie": "split",
    "global_max_pool.tie": "split",
    "avg_pool.empty-window": "nan",
    **NO_CELLS,
    "global_max_pool.empty": "identity",
    "softmax.no-classes": "empty",
    "cross_entropy.empty-batch": "nan",
}


def tvm(option: str) -> dict[str, Any]:
    """The claims of TVM on the CPU."""
    return {
        "compiled": True,
        "dialect": _TVM,
        "all": NUMBERS,
        **{op: {"dtypes": [*FLOATS]} for op in _MEANS},
        "pad": {
            **NUMBERS,
            "modes": MODES,
        },
    }


def iree(option: str) -> dict[str, Any]:
    """The claims of IREE on the CPU."""
    return {
        "compiled": True,
        "dialect": _IREE,
        "all": {**NUMBERS, "ceil_mode": [False]},
        **{op: {"dtypes": [*FLOATS]} for op in ("avg_pool", "global_avg_pool")},
        "pad": {**NUMBERS, "modes": ["constant"]},
    }


def tinygrad(option: str) -> dict[str, Any]:
    """The claims of tinygrad on the CPU."""
    means = ("avg_pool", "global_avg_pool", "softmax", "log_softmax", "cross_entropy")
    # Sums of 16 bits are kept in float32; those of small integers are int32, and stay it.
    returned = {"int16": "int32", "int8": "int32"}
    kept = {"float16": "float32", "bfloat16": "float32", **returned}
    # But a sum is back in 16 bits before a bias is added to it.
    biased = {"accumulate": returned}
    return {
        "compiled": True,
        "dialect": _TINYGRAD,
        "accumulate": kept,
        "returns": returned,
        "all": NUMBERS,
        **{op: {"dtypes": [*FLOATS]} for op in means},
        **dict.fromkeys(("conv", "conv_transpose", "dense"), biased),
        # Nor is that of a window divided in more.
        "avg_pool": {"dtypes": [*FLOATS], "accumulate": {}},
        "pad": {
            **NUMBERS,
            "modes": MODES,
        },
    }
