"""What the eager libraries claim, as data."""

from __future__ import annotations

from typing import Any

from convspec.spec.dtypes import FLOATS, INTEGERS

from ..claiming import MODES, NO_CELLS, NUMBERS, ONE_SAME, REPEATED, STRIDED

_PADDLE: dict[str, str] = {
    "pool.ceil-mode": "keep",
    "max_pool.padding-value": "lowest",
    "max_pool.empty-window": "lowest",
    "avg_pool.empty-window": "nan",
    "lp_pool.sign": "signed",
    "conv_transpose.output-padding": "stride",
    "pool.ceil-window": "one",
    "max_pool.nan": "ignored",
    "adaptive_avg_pool.empty": "nan",
    "adaptive_pool.no-output": "empty",
    **NO_CELLS,
    "softmax.no-classes": "empty",
    "cross_entropy.empty-batch": "nan",
    "pad.negative": "pad-first",
    "pad.circular-limit": "repeat",
}


def paddle(option: str = "") -> dict[str, Any]:
    """PaddlePaddle 3.3 on the CPU."""
    named = {"named_padding": ONE_SAME}
    halved = ["float64", "float32", "float16"]
    full = ["float64", "float32"]
    return {
        "all": {"dtypes": full, "layouts": STRIDED, "dilation": [1, 1]},
        "dialect": _PADDLE,
        "conv": {**named, "dilation": [1, None]},
        "conv_transpose": {"dilation": [1, None]},
        "pad": {
            "dtypes": [*full, "int32", "int64"],
            "modes": MODES,
        },
        "max_pool": named,
        "max_pool_with_indices": named,
        "avg_pool": {**named, "dtypes": halved},
        "lp_pool": {**named, "ranks": [1, 2]},
        "adaptive_avg_pool": {"dtypes": halved},
        "adaptive_max_pool": {},
        "global_avg_pool": {"dtypes": halved},
        "global_max_pool": {},
        "global_sum_pool": {**NUMBERS, "returns": {"int32": "int64"}},
        "relu": {},
        "dense": {},
        "softmax": {},
        "log_softmax": {},
        "cross_entropy": {},
        "double_vjp": [
            "conv",
            "pad",
            "avg_pool",
            "adaptive_avg_pool",
            "global_avg_pool",
            "global_sum_pool",
            "relu",
            "dense",
        ],
    }


def mlx(option: str = "") -> dict[str, Any]:
    """MLX 0.32 on the CPU."""
    pool: dict[str, Any] = {
        "asymmetric_padding": False, "dilation": [1, 1], "ceil_mode": [False],
    }  # fmt: skip
    return {
        "all": {"dtypes": [*FLOATS], "layouts": STRIDED},
        # A forked child hangs in its scheduler.
        "fork": False,
        "dialect": {
            "conv_transpose.output-padding": "any",
            "pad.negative": "reject",
            "pad.reflect-limit": "repeat",
            "pad.symmetric-limit": "repeat",
            **NO_CELLS,
            "softmax.no-classes": "empty",
            "pool.too-large-window": "empty",
            "max_pool.tie": "split",
            "global_max_pool.tie": "split",
        },
        "conv": {},
        "conv_transpose": {
            "asymmetric_padding": False,
            "dtypes": [d for d in FLOATS if d != "float64"],
        },
        "pad": {
            **NUMBERS,
            "modes": ["constant", "replicate", "reflect", "symmetric"],
        },
        "max_pool": {**pool, **NUMBERS},
        "avg_pool": {**pool, "count_include_pad": [True]},
        "global_avg_pool": {},
        "global_max_pool": NUMBERS,
        "global_sum_pool": {**NUMBERS, "returns": {"int8": "int32", "int16": "int32"}},
        "relu": NUMBERS,
        "dense": {},
        "softmax": {},
        "log_softmax": {},
        "cross_entropy": {},
    }


def scipy(option: str = "") -> dict[str, Any]:
    """SciPy 1.17. Integers are convolved by the direct method alone."""
    full = ["float64", "float32"]
    direct = option in ("", "direct")
    plain: dict[str, Any] = {"dilation": [1, 1]}
    pool: dict[str, Any] = {"padding_limit": "window", "ceil_mode": [False]}
    transposed: dict[str, Any] = {
        **plain, "dtypes": [*full, *INTEGERS], "stride": [1, 1], "output_padding": [0, 0],
    }  # fmt: skip
    return {
        "all": {"dtypes": full},
        "dialect": {
            "max_pool.nan": "ignored",
            "pad.negative": "reject",
            **REPEATED,
        },
        "conv": {
            **plain,
            "dtypes": [*full, *INTEGERS] if direct else full,
            "named_padding": ["same_lower", "valid"],
            "named_stride": 1,
            # Strides are slices of a transform, too, of which no bound is declared.
            **({} if direct else {"algorithm": "fft", "stride": [1, 1]}),
        },
        "pad": {"dtypes": [*full, *INTEGERS]},
        "max_pool": {**pool, "dtypes": [*full, *INTEGERS]},
        "avg_pool": {**pool, **plain, "count_include_pad": [True]},
        "softmax": {},
        "log_softmax": {},
        **({"conv_transpose": transposed} if direct else {}),
    }
