"""Whole numbers as large as the sums of a case allow: what shows where sums are really kept.

Small numbers are exact in any accumulator. These fill the one that is declared, so that a narrower
one loses bits, while the declared one still gives the same bits in any order of summation. Integer
types are filled to overflow.
"""

from __future__ import annotations

from functools import cache
from math import isqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec.dtypes import limits
from convspec.spec.dtypes import HALVES, is_float

Array = npt.NDArray[Any]

BITS = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}
"""Of the significand: integers below 2 to this power are exact in the type."""

WIDER = {**dict.fromkeys(HALVES, "float32"), "float32": "float64"}
"""The accumulator that contents of the pattern "wide" are scaled to."""

_RANGE = {"float16": 15}
"""Results stay below 2 to this power, where that is less: float16 ends at 65504."""

_SPARE = 4
"""Numbers of so many bits are left by the longest sums, if the type has them."""

_FEW = 16
"""Sums may always have so many terms."""


def limit(pattern: str, dtype: str) -> int:
    """What the sums of a case stay below, in magnitude."""
    if not is_float(dtype):
        return 1 << 62
    accumulator = WIDER.get(dtype, dtype) if pattern == "wide" else dtype
    return 1 << min(BITS[accumulator], _RANGE.get(dtype, BITS[accumulator]))


def longest(pattern: str, dtype: str) -> int:
    """The greatest number of products a sum may have for its contents to be worth looking at."""
    return max(limit(pattern, dtype) >> 2 * _SPARE, _FEW)


def greatest(pattern: str, dtype: str, terms: int, products: bool) -> int:
    """The greatest number in the arrays of a case: of sums of `terms` numbers, or of products."""
    room = limit(pattern, dtype) // terms
    most = isqrt(room) if products else room
    if is_float(dtype):
        return max(min(most, 1 << BITS[dtype]), 1)
    full = int(limits(np.dtype(dtype)).max)
    # What saturates has to be known in full, which of 64 bits nothing does, nor asks.
    return min(most, full) if dtype == "int32" else full


def exact(pattern: str, dtype: str, terms: int, products: bool) -> bool:
    """Whether sums of so many terms are exact in what contents were scaled to."""
    most = greatest(pattern, dtype, terms, products)
    return terms * most ** (2 if products else 1) <= limit(pattern, dtype)


def drawn(count: int, k: int, dtype: np.dtype[Any], most: int) -> Array:
    """So many integers from −most to most, k-th draw; of an integer type, its whole range.

    For odd k none is negative, so that sums grow and do not cancel.
    """
    start = k * 7919 % len(_bits())
    bits = np.resize(_bits()[start:], count) if start + count > len(_bits()) else _bits()[start:]
    bits = bits[:count]
    if not is_float(dtype.name) and most == limits(dtype).max:
        whole = bits.astype(dtype)
        return np.where(whole < 0, ~whole, whole) if k % 2 else whole
    return (bits % (most + 1) if k % 2 else bits % (2 * most + 1) - most).astype(dtype)


@cache
def _bits() -> Array:
    return np.random.RandomState(2).randint(-(1 << 63), (1 << 63) - 1, 1 << 16, np.int64)
