"""What every operation asks of the arrays it is given."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec.spec.dtypes import is_float, is_number

Array = npt.NDArray[Any]


@cache
def _holds_numbers(dtype: np.dtype[Any]) -> bool:
    # NumPy works out the name of a type anew each time, which takes longer than this whole check.
    return is_number(dtype.name)


def check_array(name: str, array: Array, spatial: bool = True) -> None:
    """Raise ``ValueError`` unless ``array`` holds numbers and, if ``spatial``, has spatial axes."""
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{name} must be a NumPy array, not {type(array).__name__}")
    if not _holds_numbers(array.dtype):
        raise ValueError(f"{name} must hold floating or whole numbers, not {array.dtype}")
    if spatial and array.ndim < 3:
        raise ValueError(
            f"{name} must have a batch axis, a channel axis and at least one spatial axis, "
            f"but its shape is {array.shape}"
        )


def check_floating(operation: str, array: Array) -> None:
    """Raise ``ValueError`` unless ``array`` holds floating numbers: a mean of integers is none."""
    if not is_float(array.dtype.name):
        raise ValueError(f"{operation} is defined for floating numbers, not for {array.dtype}")


def check_same_dtype(name: str, array: Array, x: Array) -> None:
    """Raise ``ValueError`` unless ``array`` has the dtype of the input ``x``."""
    if array.dtype != x.dtype:
        raise ValueError(f"{name} must have the dtype of x, {x.dtype}, not {array.dtype}")


def check_cotangent(cotangent: Array, shape: tuple[int, ...], x: Array) -> None:
    """Raise ``ValueError`` unless ``cotangent`` has the output's ``shape`` and the dtype of x."""
    check_array("the cotangent", cotangent, spatial=False)
    check_same_dtype("the cotangent", cotangent, x)
    if cotangent.shape != shape:
        raise ValueError(
            f"the cotangent must have the shape of the output, {shape}, not {cotangent.shape}"
        )
