"""What the NumPy operations ask of their arguments; all raise ValueError with one sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec.spec.dtypes import is_number

Array = npt.NDArray[Any]
Pairs = tuple[tuple[int, int], ...]


def array(name: str, value: Array, rank: int | None = None) -> Array:
    """`value`, once known to be an array of numbers, (N, C, *spatial) unless `rank` is given."""
    if not isinstance(value, np.ndarray) or not is_number(value.dtype.name):
        kind = getattr(value, "dtype", type(value).__name__)
        raise ValueError(f"{name} has to be an array of real numbers, not {kind}")
    if rank is None and value.ndim < 3:
        raise ValueError(f"{name} needs batch, channels, spatial axes, not shape {value.shape}")
    if rank is not None and value.ndim != rank:
        raise ValueError(f"{name} needs {rank} axes, not shape {value.shape}")
    return value


def like(name: str, value: Array, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """`value`, once it is known to have this shape and dtype."""
    if array(name, value, len(shape)).shape != shape:
        raise ValueError(f"{name} needs shape {shape}, not {value.shape}")
    if value.dtype != dtype:
        raise ValueError(f"{name} needs dtype {dtype}, not {value.dtype}")
    return value


def positive(name: str, values: tuple[int, ...], rank: int) -> tuple[int, ...]:
    """`values`, once they are known to be one whole number ≥ 1 per spatial axis."""
    if not isinstance(values, tuple) or len(values) != rank:
        raise ValueError(f"{name} needs a tuple of {rank} numbers, not {values!r}")
    for value in values:
        if type(value) is not int or value < 1:
            raise ValueError(f"{name} needs whole numbers of at least 1, not {values!r}")
    return values


def amounts(padding: object, rank: int) -> Pairs:
    """`padding`, once it is known to be one pair of whole numbers per spatial axis."""
    if not isinstance(padding, tuple) or len(padding) != rank:
        raise ValueError(f"padding needs a tuple of {rank} pairs, not {padding!r}")
    for pair in padding:
        if not isinstance(pair, tuple) or len(pair) != 2 or any(type(p) is not int for p in pair):
            raise ValueError(f"padding needs (low, high) pairs of whole numbers, not {pair!r}")
    return padding


def explicit(
    padding: Pairs | str,
    sizes: tuple[int, ...],
    window: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
) -> Pairs:
    """`padding` in numbers ≥ 0, whether it was given as such or by name."""
    if not isinstance(padding, str):
        pairs = amounts(padding, len(sizes))
        if any(low < 0 or high < 0 for low, high in pairs):
            raise ValueError(f"padding cannot be negative: {pairs}")
        return pairs
    split: Callable[[int], tuple[int, int]]
    if padding == "valid":
        return ((0, 0),) * len(sizes)
    if padding == "same_upper":
        split = lambda total: (total // 2, (total + 1) // 2)  # noqa: E731
    elif padding == "same_lower":
        split = lambda total: ((total + 1) // 2, total // 2)  # noqa: E731
    else:
        raise ValueError(f"there is no padding called {padding!r}")
    pairs = ()
    for n, k, s, d in zip(sizes, window, stride, dilation, strict=True):
        # The last of ⌈n/s⌉ windows starts at the last multiple of s below n.
        last = (n - 1) // s * s
        pairs += (split(max(last + d * (k - 1) + 1 - n, 0)),)
    return pairs
