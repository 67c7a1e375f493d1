"""What the compilers claim. Nothing here imports one.

TVM (Relax, 0.27): every operator has its parameters per axis and per side. Its convolutions and
pools know no padding by name, and max pooling gives no indices; there are no Lp pools and no
adaptive max pools, and ``nn.pad`` adds and does not crop. Averages and softmax are floating.
Gradients exist in 2-D alone (`relax.transform.Gradient`), and are not claimed.
"""

from __future__ import annotations

from typing import Any

from convspec.spec.dtypes import FLOATS, INTEGERS

_MEANS = (
    "avg_pool", "adaptive_avg_pool", "global_avg_pool", "softmax", "log_softmax", "cross_entropy",
)  # fmt: skip

_TVM = {
    "conv.negative-padding": "crop",
    "conv_transpose.output-padding": "stride",
    "pool.ceil-window": "one",
    "pool.too-large-window": "empty",
    "max_pool.nan": "ignored",
    "max_pool.padding-value": "lowest",
    "avg_pool.empty-window": "zero",
    "global_sum_pool.empty": "zero",
    "softmax.no-classes": "empty",
    "pad.negative": "pad-first",
    "pad.reflect-limit": "repeat",
    "pad.circular-limit": "repeat",
}


def tvm(option: str) -> dict[str, Any]:
    """The claims of TVM on the CPU."""
    return {
        "compiled": True,
        "dialect": _TVM,
        "all": {"dtypes": [*FLOATS, *INTEGERS]},
        **{op: {"dtypes": [*FLOATS]} for op in _MEANS},
        "pad": {
            "dtypes": [*FLOATS, *INTEGERS],
            "modes": ["constant", "reflect", "replicate", "circular"],
        },
    }


def iree(option: str) -> dict[str, Any]:
    """The claims of IREE on the CPU."""
    means = {op: {"dtypes": [*FLOATS]} for op in ("avg_pool", "global_avg_pool")}
    return {
        "compiled": True,
        "all": {"dtypes": [*FLOATS, *INTEGERS], "ceil_mode": [False]},
        **means,
        "pad": {"dtypes": [*FLOATS, *INTEGERS], "modes": ["constant"]},
    }
