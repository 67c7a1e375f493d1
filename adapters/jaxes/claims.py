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

from convspec.spec.dtypes import FLOATS
from convspec.spec.operations import NAMED_PADDINGS

from ..claiming import NO_CELLS, NUMBERS, ONE_SAME, REPEATED, STRIDED

_XLA = {
    "conv.negative-padding": "crop",
    "conv.too-large-window": "empty",
    "conv_transpose.output-padding": "any",
    "pool.too-large-window": "empty",
    "max_pool.nan-index": "last",
}
"""The dialect of them all, but for what is named again."""


def _claims(dialect: dict[str, str], **ops: Any) -> dict[str, Any]:
    return {
        # JAX copies what is not dense, so that it may run backwards, too.
        "all": {"dtypes": list(FLOATS), "layouts": [*STRIDED, "reversed"]},
        "dialect": {**_XLA, **dialect},
        "fork": False,
        "compiled": True,
        "relu": NUMBERS,
        **ops,
    }


def lax(option: str = "") -> dict[str, Any]:
    """The claims of JAX; the same with every option."""
    del option
    pool: dict[str, Any] = {"ceil_mode": [False], "named_padding": NAMED_PADDINGS}
    return _claims(
        {
            **REPEATED,
            **NO_CELLS,
            "pad.negative": "reject",
            "global_max_pool.tie": "split",
            "softmax.no-classes": "empty",
            "avg_pool.empty-window": "nan",
        },
        conv={**NUMBERS, "named_padding": NAMED_PADDINGS},
        conv_transpose=NUMBERS,
        pad=NUMBERS,
        max_pool={**pool, **NUMBERS},
        avg_pool=pool,
        global_max_pool=NUMBERS,
        global_sum_pool=NUMBERS,
        dense=NUMBERS,
    )


def flax(option: str = "") -> dict[str, Any]:
    """The claims of Flax, of its older and newer layers alike."""
    del option
    pool = {"ceil_mode": [False], "dilation": [1, 1], "named_padding": ONE_SAME}
    return _claims(
        {"avg_pool.empty-window": "nan", "softmax.no-classes": "empty"},
        conv={"named_padding": ONE_SAME},
        conv_transpose={"groups": [1, 1]},
        max_pool={**pool, **NUMBERS},
        avg_pool=pool,
    )


def equinox(option: str = "") -> dict[str, Any]:
    """The claims of Equinox; the same with every option."""
    del option
    pool = {"dilation": [1, 1], "padding_limit": "window"}
    return _claims(
        {
            "conv_transpose.flip": "flipped",
            "conv_transpose.output-padding": "stride",
            "pool.ceil-mode": "keep",
            "pool.ceil-window": "one",
            "avg_pool.overhang": "full",
            "adaptive_max_pool.tie": "axis-by-axis",
            "adaptive_pool.bins": "larger-first",
        },
        conv={"named_padding": NAMED_PADDINGS},
        max_pool=pool,
        avg_pool={**pool, "count_include_pad": [True]},
    )


def haiku(option: str = "") -> dict[str, Any]:
    """The claims of Haiku; the same with every option."""
    del option
    pool = {
        "ceil_mode": [False], "dilation": [1, 1], "padding": [0, 0], "named_padding": ONE_SAME,
    }  # fmt: skip
    return _claims(
        {"conv_transpose.flip": "flipped", "avg_pool.empty-window": "nan"},
        conv={"named_padding": ONE_SAME},
        conv_transpose={"groups": [1, 1], "dilation": [1, 1]},
        max_pool={**pool, **NUMBERS},
        avg_pool={**pool, "count_include_pad": [False]},
    )
