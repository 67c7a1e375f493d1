"""How far a correct floating-point result may lie from the exact one.

A sum of K products, in whatever order and with or without fused multiply-add, differs from
the exact one by at most γ_K·Σ|x||w| with γ_K = K·u/(1 − K·u), u being the unit roundoff of
the accumulator (Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., §3.1).
Storing it adds one rounding to the output type. Nothing here is tuned: a correct
implementation is never outside the bound.

Functions (exp, log, powers, roots) are not rounded correctly by any library that is fast. What is
assumed of them is stated once, as `FUNCTION_ULPS`, which is what the makers of libraries promise
(4 units in the last place for the vectorised and the GPU ones, 1 for most others); the rest is
derived. What the bounds are for each operation stands in `convspec.bounds`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

UNIT_ROUNDOFF = {"float64": 2.0**-53, "float32": 2.0**-24, "float16": 2.0**-11, "bfloat16": 2.0**-8}
_SMALLEST = {
    "float64": 2.0**-1074,
    "float32": 2.0**-149,
    "float16": 2.0**-24,
    "bfloat16": 2.0**-133,
}
_SMALLEST_NORMAL = {
    "float64": 2.0**-1022,
    "float32": 2.0**-126,
    "float16": 2.0**-14,
    "bfloat16": 2.0**-126,
}

FUNCTION_ULPS = 4
"""An assumption: exp, log, powers and roots err by no more than this many units in the last place,
which relative to the value are twice as many unit roundoffs. Results below the least normal number
may come out as 0."""


def gamma(terms: int, unit: float) -> float:
    """γ_K for K = `terms` roundings; infinite where the bound says nothing (K·u ≥ 1)."""
    return terms * unit / (1 - terms * unit) if terms * unit < 1 else float("inf")


def compounded(errors: Any) -> Any:
    """The relative error of a product or quotient whose factors' relative errors add up to e.

    Factors (1 + ε) make at most exp(e), factors 1/(1 − ε) at most exp(e/(1 − e)); less 1. It is
    infinite where e ≥ 1.
    """
    e = np.asarray(errors, np.float64)
    with np.errstate(divide="ignore", over="ignore"):
        return np.where(e < 1, np.expm1(e / np.where(e < 1, 1 - e, 1)), np.inf)


def scaled_bound(bound: Array | float, by: Array) -> Array:
    """bound · |by| per cell, which is 0 where `by` is, be the bound infinite: 0 is not rounded."""
    size = np.abs(np.asarray(by, np.float64))
    return np.multiply(bound, size, out=np.zeros_like(size), where=size != 0)


def error_bound(magnitude: Array, terms: int, dtype: str, accumulator: str) -> Array:
    """The greatest legitimate |result − expected| per cell.

    `magnitude` is Σ|x||w| per cell, `terms` the number of roundings a product can go through
    in the accumulator. `expected` is itself a float64 sum, whose own error is added; so is
    the rounding to `dtype`, and half the least subnormal, below which relative bounds end.
    """
    accumulated = gamma(terms, UNIT_ROUNDOFF[accumulator])
    reference = gamma(terms, UNIT_ROUNDOFF["float64"])
    stored = UNIT_ROUNDOFF[dtype]
    relative = (accumulated + stored * (1 + accumulated)) + reference
    return np.asarray(scaled_bound(relative, magnitude) + (terms + 1) * _SMALLEST[dtype])


@dataclass(frozen=True)
class Precision:
    """The types a result is stored and accumulated in, and the longest sum behind it.

    All bounds are those of the implementation and of the reference, which works in float64, added.
    """

    dtype: str
    accumulator: str
    terms: int

    @property
    def stored(self) -> float:
        """The relative error of storing a result."""
        return UNIT_ROUNDOFF[self.dtype]

    @property
    def unit(self) -> float:
        """The relative error of one operation of the implementation and one of the reference."""
        return UNIT_ROUNDOFF[self.accumulator] + UNIT_ROUNDOFF["float64"]

    @property
    def function(self) -> float:
        """The relative error of one library function."""
        return 2 * FUNCTION_ULPS * self.unit

    @property
    def least(self) -> float:
        """What underflow may take from one result of a library function."""
        return _SMALLEST_NORMAL[self.accumulator]

    @property
    def underflow(self) -> float:
        """What underflow may take from one operation: below it relative bounds end."""
        return _SMALLEST[self.dtype]

    @property
    def least_stored(self) -> float:
        """What underflow may take from a stored result."""
        return _SMALLEST_NORMAL[self.dtype]

    def sum(self, magnitude: Array) -> Array:
        """The bound of a sum of products, `magnitude` being Σ|x||w| per cell."""
        return error_bound(magnitude, self.terms + 2, self.dtype, self.accumulator)

    def rounded(self, exact: Array, error: Array) -> Array:
        """`error` in the accumulator, and the rounding of what is then stored."""
        return np.asarray(error + self.stored * (np.abs(exact) + error) + self.least_stored)
