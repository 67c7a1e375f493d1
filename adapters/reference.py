"""The reference as an adapter: the suite held to its own definition."""

from __future__ import annotations

import importlib.metadata
from types import SimpleNamespace

from convspec import reference
from convspec.spec.groups import EVERY, ROUNDED

from .errors import UnknownAdapter

_INTEGERS = ["int64", "int32", "int16", "int8"]
_FLOATS = ["float64", "float32", "float16"]
_NAMED = ["same_upper", "same_lower", "valid"]

CLAIMS = {
    "all": {"dtypes": [*_FLOATS, *_INTEGERS], "named_padding": _NAMED},
    **{op: {"dtypes": _FLOATS} for op in ROUNDED},
}


def make(option: str | None) -> SimpleNamespace:
    """The reference. It has no options: anything but None raises UnknownAdapter."""
    if option is not None:
        raise UnknownAdapter(f"reference has no option {option!r}, nor any other")
    return SimpleNamespace(
        name="reference",
        version=importlib.metadata.version("convspec"),
        claims=CLAIMS,
        **{op: getattr(reference, op) for op in EVERY},
        vjp=reference.vjp,
        double_vjp=reference.double_vjp,
    )
