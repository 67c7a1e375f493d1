"""The element types as NumPy has them. bfloat16 is that of ml_dtypes, which JAX has, too."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import ml_dtypes  # which tells NumPy the name bfloat16
import numpy as np
import numpy.typing as npt

from convspec.spec.dtypes import is_float

_finfo: Callable[[Any], Any] = ml_dtypes.finfo


@cache
def floating(dtype: np.dtype[Any]) -> bool:
    """Whether it is a floating type; NumPy's own `kind` calls bfloat16 "void"."""
    return is_float(dtype.name)


@cache
def limits(dtype: np.dtype[Any]) -> Any:
    """What `numpy.finfo` or `numpy.iinfo` says of a type, for bfloat16, too."""
    return _finfo(dtype) if floating(dtype) else np.iinfo(dtype)


def lowest(dtype: np.dtype[Any]) -> Any:
    """The identity of max in a dtype: −∞, or the least integer."""
    return -np.inf if floating(dtype) else limits(dtype).min


def raw(array: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """The bytes of the cells, in order: by these, NaN equals itself and −0 is not 0."""
    return np.frombuffer(np.ascontiguousarray(array).tobytes(), np.uint8)
