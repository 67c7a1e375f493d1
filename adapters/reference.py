"""The reference as an adapter: the suite held to its own definition."""

from __future__ import annotations

import importlib.metadata
from types import SimpleNamespace

from convspec import reference

from .errors import UnknownAdapter

_INTEGERS = ["int64", "int32", "int16", "int8"]
_FLOATS = ["float64", "float32", "float16"]
_NAMED = ["same_upper", "same_lower", "valid"]

CLAIMS = {
    "all": {"dtypes": [*_FLOATS, *_INTEGERS], "named_padding": _NAMED},
    "avg_pool": {"dtypes": _FLOATS},
    "global_avg_pool": {"dtypes": _FLOATS},
    "lp_pool": {"dtypes": _FLOATS},
    "adaptive_avg_pool": {"dtypes": _FLOATS},
    "softmax": {"dtypes": _FLOATS},
    "log_softmax": {"dtypes": _FLOATS},
    "cross_entropy": {"dtypes": _FLOATS},
}


def make(option: str | None) -> SimpleNamespace:
    """The reference. It has no options: anything but None raises UnknownAdapter."""
    if option is not None:
        raise UnknownAdapter(f"reference has no option {option!r}, nor any other")
    return SimpleNamespace(
        name="reference",
        version=importlib.metadata.version("convspec"),
        claims=CLAIMS,
        conv=reference.conv,
        conv_transpose=reference.conv_transpose,
        pad=reference.pad,
        max_pool=reference.max_pool,
        max_pool_with_indices=reference.max_pool_with_indices,
        avg_pool=reference.avg_pool,
        lp_pool=reference.lp_pool,
        adaptive_avg_pool=reference.adaptive_avg_pool,
        adaptive_max_pool=reference.adaptive_max_pool,
        global_avg_pool=reference.global_avg_pool,
        global_max_pool=reference.global_max_pool,
        global_sum_pool=reference.global_sum_pool,
        relu=reference.relu,
        dense=reference.dense,
        softmax=reference.softmax,
        log_softmax=reference.log_softmax,
        cross_entropy=reference.cross_entropy,
        vjp=reference.vjp,
        double_vjp=reference.double_vjp,
    )
