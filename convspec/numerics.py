"""How far a correct floating-point result may lie from the exact one.

A sum of K products, in whatever order and with or without fused multiply-add, differs from
the exact one by at most γ_K·Σ|x||w| with γ_K = K·u/(1 − K·u), u being the unit roundoff of
the accumulator (Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., §3.1).
Storing it adds one rounding to the output type. Nothing here is tuned: a correct
implementation is never outside the bound.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

UNIT_ROUNDOFF = {"float64": 2.0**-53, "float32": 2.0**-24, "float16": 2.0**-11}
_SMALLEST = {"float64": 2.0**-1074, "float32": 2.0**-149, "float16": 2.0**-24}


def gamma(terms: int, unit: float) -> float:
    """γ_K for K = `terms` roundings; infinite where the bound says nothing (K·u ≥ 1)."""
    return terms * unit / (1 - terms * unit) if terms * unit < 1 else float("inf")


def error_bound(
    magnitude: npt.NDArray[Any], terms: int, dtype: str, accumulator: str
) -> npt.NDArray[Any]:
    """The greatest legitimate |result − expected| per cell.

    `magnitude` is Σ|x||w| per cell, `terms` the number of roundings a product can go through
    in the accumulator. `expected` is itself a float64 sum, whose own error is added; so is
    the rounding to `dtype`, and half the least subnormal, below which relative bounds end.
    """
    accumulated = gamma(terms, UNIT_ROUNDOFF[accumulator])
    reference = gamma(terms, UNIT_ROUNDOFF["float64"])
    stored = UNIT_ROUNDOFF[dtype]
    relative = (accumulated + stored * (1 + accumulated)) + reference
    return np.asarray(magnitude * relative + (terms + 1) * _SMALLEST[dtype])
