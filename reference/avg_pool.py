"""Average pooling."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from convspec.reference.constraints import (
    Array,
    check_array,
    check_cotangent,
    check_floating,
)
from convspec.reference.halves import once_rounded
from convspec.reference.window import overlap_add, windows
from convspec.spec.relation import Axis, Padding
from convspec.spec.relation import axes as spatial_axes


@once_rounded
def avg_pool(
    x: Array,
    *,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    ceil_mode: bool,
    count_include_pad: bool,
) -> Array:
    """Average pooling, ``avg_pool.definition``: a window's sum over its divisor; padding counts 0.

    x is (N, C, *n) of a floating dtype; the result (N, C, *o) of the same dtype.

    The divisor counts taps: with ``count_include_pad`` those in the padded
    input, else those in the input. What hangs over the padded input in ceil mode never counts.

    Raises ``ValueError`` if a parameter is out of range, if a window exceeds the padded input, or
    if padding is not counted and some window holds nothing but padding.
    """
    axes = _axes(x, window, stride, padding, dilation, ceil_mode)
    divisor = _divisor(axes, count_include_pad, x.dtype)
    total = windows(x, axes, 0).sum(axis=2, dtype=x.dtype)
    y: Array = total.reshape(*x.shape[:2], *divisor.shape) / divisor
    return y.astype(x.dtype, copy=False)


@once_rounded
def avg_pool_vjp(
    x: Array,
    cotangent: Array,
    *,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    ceil_mode: bool,
    count_include_pad: bool,
) -> Array:
    """The gradient in x, ``avg_pool.gradient``: each tap gets an equal part of its output's.

    The cotangent is (N, C, *o), the result (N, C, *n).
    """
    axes = _axes(x, window, stride, padding, dilation, ceil_mode)
    outputs = tuple([a.out for a in axes])
    check_cotangent(cotangent, x.shape[:2] + outputs, x)
    part = (cotangent / _divisor(axes, count_include_pad, x.dtype)).astype(x.dtype)
    taps = tuple(range(2, x.ndim))
    shares = np.broadcast_to(np.expand_dims(part, taps), x.shape[:2] + window + outputs)
    return overlap_add(shares, axes)


def _divisor(axes: tuple[Axis, ...], count_include_pad: bool, dtype: np.dtype[Any]) -> Array:
    """The number of taps that count in each window: (*o)."""
    if type(count_include_pad) is not bool:
        raise ValueError(f"count_include_pad must be True or False, not {count_include_pad!r}")
    counts = [a.inside_counts() if count_include_pad else a.real_counts() for a in axes]
    for axis, count in enumerate(counts):
        if 0 in count:
            raise ValueError(
                f"the average over real cells needs one in every window, but along spatial axis "
                f"{axis} window {count.index(0)} holds nothing but padding"
            )
    return reduce(np.multiply.outer, [np.array(count, dtype) for count in counts])


def _axes(
    x: Array,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    ceil_mode: bool,
) -> tuple[Axis, ...]:
    check_array("x", x)
    check_floating("average pooling", x)
    return spatial_axes(
        x.shape[2:], window, stride=stride, padding=padding, dilation=dilation, ceil=ceil_mode
    )
