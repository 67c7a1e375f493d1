"""What the runtimes claim, as found by running them and in their documentation.

**ncnn** 1.0.20261020: float32, in 1-D, 2-D and 3-D. Its layers have no dilated pools, no Lp pools,
no batch of no images; padding is constant, replicate or reflect; one parameter of a pool says
whether it rounds up or pads by SAME. ``ncnn.Mat`` takes contiguous arrays. With the options as ncnn
has them (``defaults``) 3×3 kernels go through Winograd's transform.

**LiteRT** 2.3.0: float32, in 2-D and, convolutions, in 3-D. Its operators have SAME and VALID;
amounts of padding of a convolution are a PAD in front of it, which pools are not given. No
operator has ceil mode; the transposed ones have no padding, dilation or groups.

**MNN** 3.6.1, its expressions: float32, convolutions and pools in 2-D, padded alike at both ends of
an axis; pools without amounts of padding, which they have in ceil mode alone; ``pad`` with the
constant 0 alone, so that only its other modes are claimed. Large convolutions of 3×3 kernels
go through Winograd's transform.
"""

from __future__ import annotations

from typing import Any

from convspec.spec.operations import NAMED_PADDINGS

from ..claiming import NO_CELLS, ONE_SAME

_NCNN_DIALECT = {
    "conv_transpose.output-padding": "any",
    "pool.ceil-mode": "keep",
    "max_pool.nan": "ignored",
    "max_pool.empty-window": "lowest",
    "avg_pool.overhang": "full",
    "avg_pool.empty-window": "nan",
    "pad.negative": "reject",
}

_LITERT_DIALECT = {
    "max_pool.nan": "ignored",
    **NO_CELLS,
    "global_max_pool.empty": "identity",
    "pad.negative": "reject",
}

_LITERT_KERNELS = {
    "": {},
    "builtin": {"max_pool.padding-value": "lowest"},
    "reference": {"max_pool.padding-value": "lowest", "softmax.no-classes": "empty"},
}
"""What the kernels of an option choose otherwise: those of XNNPACK, the optimized, the plain."""

_MNN_DIALECT = {
    "conv.negative-padding": "crop",
    "pool.ceil-mode": "keep",
    "pool.ceil-window": "one",
    "max_pool.nan": "ignored",
    "avg_pool.empty-window": "zero",
    "global_sum_pool.empty": "zero",
    "pad.negative": "reject",
}


def ncnn(option: str) -> dict[str, Any]:
    """The claims of ncnn for an option of the adapter."""
    words = option.split(",")
    pool: dict[str, Any] = {
        "dilation": [1, 1], "named_padding": NAMED_PADDINGS, "named_ceil": False,
    }  # fmt: skip
    every = {} if "unchecked" in words else {"layouts": ["contiguous"]}
    transformed = {"algorithm": {"float32": "winograd"}} if "defaults" in words else {}
    return {
        "all": {"dtypes": ["float32"], "empty_batch": False, **every},
        "dialect": _NCNN_DIALECT,
        "conv": {"named_padding": NAMED_PADDINGS, **transformed},
        "pad": {"modes": ["constant", "reflect", "replicate"]},
        "max_pool": pool,
        "avg_pool": pool,
    }


def litert(option: str) -> dict[str, Any]:
    """The claims of LiteRT for an option of the adapter."""
    pool: dict[str, Any] = {
        "ranks": [2], "padding": [0, 0], "dilation": [1, 1], "named_padding": ONE_SAME,
        "ceil_mode": [False],
    }  # fmt: skip
    return {
        "all": {"dtypes": ["float32"]},
        "dialect": {**_LITERT_DIALECT, **_LITERT_KERNELS[option]},
        "conv": {"ranks": [2, 3], "named_padding": ONE_SAME},
        "conv_transpose": {
            "ranks": [2, 3], "padding": [0, 0], "dilation": [1, 1], "groups": [1, 1],
        },
        "pad": {"modes": ["constant", "reflect", "symmetric"]},
        "max_pool": pool,
        "avg_pool": {**pool, "count_include_pad": [False]},
    }  # fmt: skip


def mnn(option: str) -> dict[str, Any]:
    """The claims of MNN's expressions."""
    pool: dict[str, Any] = {
        "ranks": [2], "padding": [0, 0], "dilation": [1, 1],
        "named_padding": ONE_SAME,
        "named_ceil": False,
    }  # fmt: skip
    planar: dict[str, Any] = {"ranks": [2], "asymmetric_padding": False}
    return {
        "all": {"dtypes": ["float32"], "empty_batch": False},
        "dialect": _MNN_DIALECT,
        "conv": {
            **planar, "named_padding": ONE_SAME,
            "algorithm": {"float32": "winograd"},
        },
        "conv_transpose": {**planar, "output_padding": [0, 0]},
        "pad": {"modes": ["reflect", "symmetric"]},
        "max_pool": pool,
        "avg_pool": {**pool, "count_include_pad": [False]},
        "global_max_pool": {"dtypes": ["float32", "int32"]},
        "global_sum_pool": {"dtypes": ["float32", "int32"]},
    }  # fmt: skip
