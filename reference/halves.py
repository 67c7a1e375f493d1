"""Types of 16 bits: computed in float32, rounded once at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np

from convspec.spec.dtypes import HALVES

_F = TypeVar("_F", bound=Callable[..., Any])


def once_rounded(function: _F) -> _F:
    """The function, computing in float32 if all floating arrays it is given are of one 16-bit type.

    ``numerics``: NumPy has no arithmetic of bfloat16, and its float16 rounds every partial sum.
    Arrays are widened, which is exact, and what comes out is rounded to their type, once.
    """

    @wraps(function)
    def call(*args: Any, **params: Any) -> Any:
        arrays = (*args, *(v for v in params.values() if isinstance(v, np.ndarray)))
        floating = {a.dtype for a in _arrays(arrays) if a.dtype.kind not in "iu"}
        if len(floating) != 1:
            return function(*args, **params)
        (dtype,) = floating
        if dtype.itemsize != 2 or dtype.name not in HALVES:
            return function(*args, **params)
        wide = [_cast(argument, dtype, np.float32) for argument in args]
        named = {name: _cast(value, dtype, np.float32) for name, value in params.items()}
        with np.errstate(over="ignore"):  # what is beyond float16 is infinite in it
            return _cast(function(*wide, **named), np.float32, dtype)

    return cast("_F", call)


def _arrays(values: tuple[Any, ...]) -> Iterator[np.ndarray[Any, Any]]:
    """The arrays among the values, and in tuples and lists among them."""
    for value in values:
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from _arrays(tuple(value))


def _cast(value: Any, old: Any, new: Any) -> Any:
    """The value with arrays of the type `old` in the type `new`; all else stays as it is."""
    if isinstance(value, np.ndarray):
        return value.astype(new) if value.dtype == old else value
    if isinstance(value, (tuple, list)) and any(isinstance(v, np.ndarray) for v in value):
        return type(value)(_cast(v, old, new) for v in value)
    return value
