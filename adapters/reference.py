"""The reference as an adapter: the suite held to its own definition."""

from __future__ import annotations

import importlib.metadata
from types import SimpleNamespace

from convspec import reference
from convspec.spec.dtypes import DTYPES, FLOATS, HALVES
from convspec.spec.groups import EVERY, ROUNDED
from convspec.spec.operations import NAMED_PADDINGS

from .errors import option_words

CLAIMS = {
    "all": {"dtypes": DTYPES, "named_padding": NAMED_PADDINGS},
    **{op: {"dtypes": FLOATS} for op in ROUNDED},
    "accumulate": dict.fromkeys(HALVES, "float32"),
}


def make(option: str | None) -> SimpleNamespace:
    """The reference. It has no options: anything but None raises UnknownAdapter."""
    option_words("reference", option)
    return SimpleNamespace(
        name="reference",
        version=importlib.metadata.version("convspec"),
        claims=CLAIMS,
        **{op: getattr(reference, op) for op in EVERY},
        vjp=reference.vjp,
        double_vjp=reference.double_vjp,
    )
