"""What torch claims, as found by running it (2.13, CPU).

A dtype is claimed for an operation where torch implements it in 1-D, 2-D and 3-D, with and
without dilation. Left out for want of a kernel: averages of float16 and bfloat16 (3-D), integers in
``max_pool1d`` and the adaptive pools, int32 to int8 in dilated convolutions.

``F.lp_pool`` has neither padding nor dilation.

The dialect holds what torch legitimately does otherwise: ``F.lp_pool`` adds up x^p and not |x|^p,
and scales up a window that ceil mode clips; pools in ceil mode take a window larger than the
input; the last of several NaN has the index; the mean of no cells is NaN, their sum 0; a result
may have no cells.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from convspec.spec.dtypes import FLOATS, HALVES, INTEGERS

from .claiming import MODES, NO_CELLS, ONE_SAME, STRIDED

_POOL: dict[str, Any] = {"asymmetric_padding": False, "padding_limit": "half_window"}


_DIALECT = {
    "pool.ceil-window": "one",
    "max_pool.nan-index": "last",
    "lp_pool.sign": "signed",
    "lp_pool.clipped-window": "rescaled",
    "adaptive_avg_pool.empty": "nan",
    "adaptive_pool.no-output": "empty",
    **NO_CELLS,
    "softmax.no-classes": "empty",
    "cross_entropy.empty-batch": "nan",
}


def declared(option: str) -> dict[str, Any]:
    """The claims for an option of the adapter, less what depends on the processor."""
    words = option.split(",")
    kind = next((w.partition(":")[0] for w in words if w in ("mps", "xpu") or "cuda" in w), "cpu")
    return claims_for(kind, mkldnn="no-mkldnn" not in words)


_NNPACK = "winograd-6x3+fft-8+fft-16"


def claims_for(device: str, fused: Collection[str] = (), mkldnn: bool = True) -> dict[str, Any]:
    """The claims of torch on a kind of device, such as "cpu" or "cuda", with oneDNN or without.

    `fused`: the types of 16 bits whose convolutions oneDNN takes, gradients included.
    """
    single = dict.fromkeys(HALVES, "float32") if device == "cpu" else {}
    # Integer convolution exists on the CPU only.
    integers = ["int64"] if device == "cpu" else []
    floats = [d for d in FLOATS if device != "mps" or d != "float64"]
    return {
        "all": {"dtypes": floats, "layouts": STRIDED},
        "dialect": _DIALECT,
        # A child cannot use a device that its parent has begun to use.
        "fork": device == "cpu",
        "conv": {
            "dtypes": [*floats, *integers],
            # "same" exists for stride 1 only; asymmetric amounts by F.pad (a shim).
            "named_padding": ONE_SAME,
            "named_stride": 1,
            # oneDNN sums 16 bits in float32 both ways; torch's own kernel adds up what windows
            # give one cell, and images give one weight, in their own type.
            "accumulate": single,
            "gradient_accumulate": dict.fromkeys(fused, "float32"),
            # From 16 images on NNPACK takes over: Winograd in tiles of 8×8 cells for 3×3 kernels,
            # for others up to 16×16 a Fourier transform of tiles of 8×8 or 16×16.
            **({} if mkldnn or device != "cpu" else {"algorithm": {"float32": _NNPACK}}),
        },
        "conv_transpose": {"asymmetric_padding": False},
        "pad": {
            "dtypes": [*floats, *INTEGERS],
            "modes": MODES,
        },
        "max_pool": _POOL,
        "max_pool_with_indices": {**_POOL, "dtypes": [*floats, *INTEGERS]},
        "avg_pool": {**_POOL, "dtypes": [d for d in floats if d not in HALVES], "dilation": [1, 1]},
        "lp_pool": {
            "dtypes": [d for d in floats if d not in HALVES],
            "padding": [0, 0],
            "dilation": [1, 1],
        },
        "global_sum_pool": {"dtypes": [*floats, *INTEGERS], "accumulate": single},
        "relu": {"dtypes": [*floats, *INTEGERS]},
        "dense": {
            "dtypes": [*floats, *(INTEGERS if device == "cpu" else ())],
            "accumulate": single,
        },
        # Of the others nothing: transposed convolutions, pools and padding add up in their own
        # type somewhere. What GPUs keep sums in depends on switches (TF32, split reductions).
    }
