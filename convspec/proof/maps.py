"""What one axis must do: which output cell reads which input cell through which tap.

The map of a configuration is the outer product of the maps of its axes. Those follow from the index
relation (``spec/relation.py``) and, for the modes of ``pad``, from the definition put to 1, 2, ….
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, reduce
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from convspec import reference
from convspec.spec.relation import (
    Axis,
    Pair,
    adaptive_bins,
    axes,
    same_padding,
    transposed_axes,
)

Array = npt.NDArray[Any]


class Setting(NamedTuple):
    """The parameters of one axis.

    `more` is the output padding of a transposed convolution, the output size of an adaptive pool.
    """

    size: int
    window: int = 1
    stride: int = 1
    dilation: int = 1
    low: int = 0
    high: int = 0
    more: int = 0


class AxisMap(NamedTuple):
    """`taps[i, k, o]` is 1 where output o reads input i through tap k, else 0.

    `divisor[o]` is the number of taps that count in a mean.
    """

    taps: Array
    divisor: Array


def named(name: str, n: int, k: int, s: int, d: int) -> Pair:
    """The padding that a name stands for."""
    return (0, 0) if name == "valid" else same_padding(n, k, s, d, name == "same_lower")


@lru_cache(maxsize=1 << 16)
def axis_map(
    op: str, setting: Setting, ceil: bool, counted: bool, mode: str, dtype: str
) -> AxisMap | None:
    """The map of one axis; None if the definition gives its parameters no meaning."""
    try:
        if op == "conv_transpose":
            taps, divisor = _transposed(setting)
        elif op == "pad":
            taps, divisor = _padded(setting, mode)
        elif op.startswith("adaptive"):
            taps, divisor = _bins(setting)
        elif op.startswith("global"):
            taps, divisor = np.ones((setting.size, 1, 1)), np.array([setting.size])
        else:
            taps, divisor = _windows(setting, ceil, counted)
    except ValueError:
        return None
    return AxisMap(taps.astype(dtype), divisor.astype(np.float64))


def is_valid(op: str, setting: Setting, ceil: bool, mode: str) -> bool:
    """Whether the definition gives the parameters of one axis a meaning."""
    return axis_map(op, setting, ceil, False, mode, "float32") is not None


def is_defined(setting: Setting, ceil: bool) -> bool:
    """Whether every window reads an input cell, so that a mean of those is defined."""
    try:
        return min(_axis(setting, ceil).real_counts(), default=1) > 0
    except ValueError:
        return True  # it has no meaning at all, and must be refused


def _axis(setting: Setting, ceil: bool) -> Axis:
    n, k, s, d, low, high, _ = setting
    (axis,) = axes((n,), (k,), stride=(s,), padding=((low, high),), dilation=(d,), ceil=ceil)
    return axis


def _windows(setting: Setting, ceil: bool, counted: bool) -> tuple[Array, Array]:
    axis = _axis(setting, ceil)
    taps = np.zeros((axis.size, axis.window, axis.out))
    for o in range(axis.out):
        for k, i in enumerate(axis.cells(o)):
            if 0 <= i < axis.size:
                taps[i, k, o] = 1
    return taps, np.array(axis.inside_counts() if counted else axis.real_counts())


def _transposed(setting: Setting) -> tuple[Array, Array]:
    n, k, s, d, low, high, more = setting
    outputs, (axis,) = transposed_axes(
        (n,), (k,), stride=(s,), padding=((low, high),), dilation=(d,), output_padding=(more,)
    )
    taps = np.zeros((n, k, outputs[0]))
    for i in range(n):
        # What the convolution's output i reads is what this input is spread over.
        for tap, o in enumerate(axis.cells(i)):
            if 0 <= o < axis.size:
                taps[i, tap, o] = 1
    return taps, np.ones(outputs[0])


def _padded(setting: Setting, mode: str) -> tuple[Array, Array]:
    numbers = np.arange(1, setting.size + 1).reshape(1, 1, -1)
    pair: Any = ((setting.low, setting.high),)
    source = reference.pad(numbers, padding=pair, mode=mode, value=0)[0, 0]  # type: ignore[arg-type]
    taps = (source == numbers.reshape(-1, 1))[:, None, :]
    return taps, np.ones(len(source))


def _bins(setting: Setting) -> tuple[Array, Array]:
    (bins,) = adaptive_bins((setting.size,), (setting.more,))
    taps = np.zeros((setting.size, 1, len(bins)))
    for o, cells in enumerate(bins):
        taps[list(cells), 0, o] = 1
    return taps, np.array([len(cells) for cells in bins])


def product_of(maps: Sequence[AxisMap]) -> Array:
    """The map of all axes: (input cells, taps, output cells), each row-major."""
    if not maps:
        return np.ones((1, 1, 1))
    found = maps[0].taps
    for one in maps[1:]:
        (i, k, o), (j, l, p) = found.shape, one.taps.shape  # noqa: E741 - taps k and l
        wide = found[:, None, :, None, :, None] * one.taps[None, :, None, :, None, :]
        found = wide.reshape(i * j, k * l, o * p)
    return found


def divisors_of(maps: Sequence[AxisMap]) -> Array:
    """The divisor of every output cell, row-major."""
    return np.asarray(reduce(np.multiply.outer, [m.divisor for m in maps])).reshape(-1)
