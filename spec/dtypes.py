"""The element types of cases, by name: which are floating, which whole."""

from __future__ import annotations

FLOATS = ("float32", "float64", "float16", "bfloat16")
"""Floating types. bfloat16 is float32 with the lower half of its bits cut off."""

HALVES = ("float16", "bfloat16")
"""Floating types of 16 bits, which many kernels store but do not compute in."""

INTEGERS = ("int64", "int32", "int16", "int8")

DTYPES = (*FLOATS, *INTEGERS)
"""All of them, the simplest first."""


def is_float(name: str) -> bool:
    """Whether a type of that name is a floating one; libraries disagree about bfloat16's kind."""
    return name in FLOATS


def is_number(name: str) -> bool:
    """Whether a type of that name holds real numbers that NumPy can count with."""
    return is_float(name) or name in INTEGERS or name.removeprefix("u") in INTEGERS
