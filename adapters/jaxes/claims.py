"""What JAX and the layers on it claim, as found by their documentation and by running them.

**JAX** (0.10). Pools have no ceil mode. Padding takes no negative amounts, and reaches as far as
one likes in every mode. A window larger than its input gives a result without cells; negative
padding of a convolution crops. A maximum over dilated windows has no gradient.

**Flax** has neither groups in transposed convolutions nor dilation in pools, **Haiku** no dilation
in transposed convolutions either, and in its pools no padding but SAME. **Equinox** counts padding
in every average, refuses padding larger than the window, and rounds up in ceil mode whatever the
last window sees; its adaptive pools only downsample.
"""

from __future__ import annotations

from typing import Any

from convspec.spec.dtypes import FLOATS, INTEGERS

# JAX copies what is not dense.
_LAYOUTS = [
    "contiguous", "channels_last", "column_major", "sliced", "windowed", "offset", "broadcast",
    "reversed",
]  # fmt: skip

_NAMED = ["same_upper", "same_lower", "valid"]

_NUMBERS = {"dtypes": [*FLOATS, *INTEGERS]}

_POOL: dict[str, Any] = {"ceil_mode": [False], "named_padding": _NAMED}

_LAX_DIALECT = {
    "conv.negative-padding": "crop",
    "conv.too-large-window": "empty",
    "pool.too-large-window": "empty",
    "pad.negative": "reject",
    "pad.reflect-limit": "repeat",
    "pad.symmetric-limit": "repeat",
    "pad.circular-limit": "repeat",
    "conv_transpose.output-padding": "any",
    "max_pool.nan-index": "last",
    "global_max_pool.tie": "split",
    "global_avg_pool.empty": "nan",
    "global_sum_pool.empty": "zero",
    "softmax.no-classes": "empty",
    "avg_pool.empty-window": "nan",
}


def lax(option: str = "") -> dict[str, Any]:
    """The claims of JAX; the same with every option."""
    del option
    return {
        "all": {"dtypes": list(FLOATS), "layouts": _LAYOUTS},
        "dialect": _LAX_DIALECT,
        "fork": False,
        "compiled": True,
        "conv": {**_NUMBERS, "named_padding": _NAMED},
        "conv_transpose": _NUMBERS,
        "pad": _NUMBERS,
        "max_pool": {**_POOL, **_NUMBERS},
        "avg_pool": _POOL,
        "global_max_pool": _NUMBERS,
        "global_sum_pool": _NUMBERS,
        "relu": _NUMBERS,
        "dense": _NUMBERS,
    }


def flax(option: str = "") -> dict[str, Any]:
    """The claims of Flax, of its older and newer layers alike."""
    del option
    pool = {"ceil_mode": [False], "dilation": [1, 1], "named_padding": ["same_upper", "valid"]}
    return {
        "all": {"dtypes": list(FLOATS), "layouts": _LAYOUTS},
        "dialect": {
            "conv.negative-padding": "crop",
            "conv.too-large-window": "empty",
            "conv_transpose.output-padding": "any",
            "pool.too-large-window": "empty",
            "max_pool.nan-index": "last",
            "avg_pool.empty-window": "nan",
            "softmax.no-classes": "empty",
        },
        "fork": False,
        "compiled": True,
        "conv": {"named_padding": ["same_upper", "valid"]},
        "conv_transpose": {"groups": [1, 1]},
        "max_pool": {**pool, **_NUMBERS},
        "avg_pool": pool,
        "relu": _NUMBERS,
    }


def equinox(option: str = "") -> dict[str, Any]:
    """The claims of Equinox; the same with every option."""
    del option
    pool = {"dilation": [1, 1], "padding_limit": "window"}
    return {
        "all": {"dtypes": list(FLOATS), "layouts": _LAYOUTS},
        "dialect": {
            "conv.negative-padding": "crop",
            "conv.too-large-window": "empty",
            "conv_transpose.flip": "flipped",
            "conv_transpose.output-padding": "stride",
            "pool.ceil-mode": "keep",
            "pool.ceil-window": "one",
            "pool.too-large-window": "empty",
            "max_pool.nan-index": "last",
            "avg_pool.overhang": "full",
            "adaptive_max_pool.tie": "axis-by-axis",
            "adaptive_pool.bins": "larger-first",
        },
        "fork": False,
        "compiled": True,
        "conv": {"named_padding": _NAMED},
        "max_pool": pool,
        "avg_pool": {**pool, "count_include_pad": [True]},
        "relu": _NUMBERS,
    }


def haiku(option: str = "") -> dict[str, Any]:
    """The claims of Haiku; the same with every option."""
    del option
    pool = {
        "ceil_mode": [False], "dilation": [1, 1], "padding": [0, 0],
        "named_padding": ["same_upper", "valid"],
    }  # fmt: skip
    return {
        "all": {"dtypes": list(FLOATS), "layouts": _LAYOUTS},
        "dialect": {
            "conv.negative-padding": "crop",
            "conv.too-large-window": "empty",
            "conv_transpose.flip": "flipped",
            "conv_transpose.output-padding": "any",
            "pool.too-large-window": "empty",
            "max_pool.nan-index": "last",
            "avg_pool.empty-window": "nan",
        },
        "fork": False,
        "compiled": True,
        "conv": {"named_padding": ["same_upper", "valid"]},
        "conv_transpose": {"groups": [1, 1], "dilation": [1, 1]},
        "max_pool": {**pool, **_NUMBERS},
        "avg_pool": {**pool, "count_include_pad": [False]},
        "relu": _NUMBERS,
    }
