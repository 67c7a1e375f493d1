"""What an implementation says of its sums: what they are kept in, and what becomes of them.

A claim maps a type of inputs to another, or to a word; types that it leaves out are the usual case.
"""

from __future__ import annotations

from collections.abc import Mapping

from .dtypes import FLOATS, INTEGERS, is_float

ACCUMULATE = ("accumulate", "gradient_accumulate")
"""The type that sums are kept in, of results and of gradients: the inputs' own if not said."""

SUMS = (*ACCUMULATE, "returns", "overflow")
"""All claims about sums. ``returns``: the type of an integer sum's result, the inputs' own if not
said. ``overflow``: whether an integer beyond the result's type wraps around or saturates."""

OVERFLOW = ("wrap", "saturate")

WIDTH = {
    "float16": 1, "bfloat16": 1, "float32": 2, "float64": 3,
    "int8": 1, "int16": 2, "int32": 3, "int64": 4,
}  # fmt: skip
"""How types are ordered: a wider one holds every number of a narrower one of its kind."""


def read_sums(key: str, declared: object, place: str) -> dict[str, str]:
    """One of the claims `SUMS`, checked. Raises ValueError saying what is allowed at `place`."""
    if not isinstance(declared, Mapping):
        raise ValueError(f"{place}: expected a dictionary, not {type(declared).__name__}")
    found = {}
    for narrow, chosen in declared.items():
        allowed = _allowed(key, narrow)
        if not allowed:
            known = (*FLOATS, *INTEGERS) if key in ACCUMULATE else INTEGERS
            raise ValueError(f"{place}: {narrow!r} is not one of {', '.join(known)}")
        if chosen not in allowed:
            words = ", ".join(allowed)
            raise ValueError(f"{place}: {narrow} → {chosen!r} is not one of {words}")
        found[narrow] = chosen
    return found


def _allowed(key: str, narrow: object) -> tuple[str, ...]:
    """The values for a type of inputs; none if the claim cannot be made of it."""
    if narrow not in WIDTH or (key not in ACCUMULATE and is_float(str(narrow))):
        return ()
    if key == "overflow":
        # What 64 bits would have to be clipped from, no type of NumPy's holds.
        return OVERFLOW[:1] if narrow == "int64" else OVERFLOW
    kind = FLOATS if is_float(str(narrow)) else INTEGERS
    own = WIDTH[str(narrow)]
    return tuple(name for name in WIDTH if name == narrow or (name in kind and WIDTH[name] > own))
