"""What JAX and the layers on it claim, as found by their documentation and by running them.

**JAX** (0.10). Pools have no ceil mode. Padding takes no negative amounts, and reaches as far as
one likes in every mode. A window larger than its input gives a result without cells; negative
padding of a convolution crops.
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
    "avg_pool.empty-window": "nan",
}


def lax(option: str = "") -> dict[str, Any]:
    """The claims of JAX; the same with every option."""
    del option
    return {
        "all": {"dtypes": list(FLOATS), "layouts": _LAYOUTS},
        "dialect": _LAX_DIALECT,
        "fork": False,
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
