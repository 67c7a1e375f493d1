"""The rectified linear unit."""

from __future__ import annotations

import numpy as np

from convspec.reference.constraints import Array, check_array, check_cotangent
from convspec.reference.halves import once_rounded


@once_rounded
def relu(x: Array) -> Array:
    """The rectifier, ``relu.definition``: y = max(x, 0), cell by cell, for x of any shape.

    A NaN stays one, and −0 is 0, of either sign.
    """
    check_array("x", x, spatial=False)
    return np.where(x < 0, x.dtype.type(0), x)


@once_rounded
def relu_vjp(x: Array, cotangent: Array) -> Array:
    """The gradient in x, ``relu.gradient``: the cotangent where x is positive, 0 elsewhere.

    That is 0 at 0, where there is no derivative (``relu.gradient-zero``). A NaN lets the cotangent
    through, as it lets itself.
    """
    check_array("x", x, spatial=False)
    check_cotangent(cotangent, x.shape, x)
    return np.where(x <= 0, x.dtype.type(0), cotangent)
