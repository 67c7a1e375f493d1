"""Max pooling: values, positions and gradient."""

from __future__ import annotations

from math import prod
from typing import Literal

import numpy as np

from convspec.reference.constraints import Array, check_array, check_cotangent, check_floating
from convspec.reference.halves import once_rounded
from convspec.reference.window import overlap_add, windows
from convspec.spec.dtypes import is_float
from convspec.spec.relation import Axis, Padding
from convspec.spec.relation import axes as spatial_axes

Tie = Literal["first", "last", "split"]


@once_rounded
def max_pool(
    x: Array,
    *,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    ceil_mode: bool,
) -> Array:
    """Max pooling, ``max_pool.definition``: y[o] = max_k x[o·s − p_lo + d·k].

    x is (N, C, *n); the result (N, C, *o) of the same dtype. Padding is the identity of max
    (``max_pool.padding``): −∞, or the least number of an integer dtype, which is also what a window
    wholly in padding gives. A NaN in a window is its maximum (``max_pool.nan``).

    Raises ``ValueError`` if a parameter is out of range or a window exceeds the padded input.
    """
    axes = _axes(x, window, stride, padding, dilation, ceil_mode)
    y: Array = windows(x, axes, _identity(x)).max(axis=2)
    return y.reshape(*x.shape[:2], *[a.out for a in axes])


@once_rounded
def max_pool_with_indices(
    x: Array,
    *,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    ceil_mode: bool,
) -> tuple[Array, Array]:
    """The values of :func:`max_pool` and where they stand: both (N, C, *o).

    An index (int64), ``max_pool_with_indices.indices``, is the row-major position in the unpadded
    plane of its image and channel: of the first of equal cells, of the first NaN, and −1 for a
    window wholly in padding.
    """
    axes = _axes(x, window, stride, padding, dilation, ceil_mode)
    shape = (*x.shape[:2], *[a.out for a in axes])
    y, tied, positions = _tied(x, axes)
    # Where no cell is tied, all taps are padding: their position is −1, and so is the first's.
    index = positions[tied.argmax(axis=2), np.arange(positions.shape[1])]
    return y.reshape(shape), index.reshape(shape)


@once_rounded
def max_pool_vjp(
    x: Array,
    cotangent: Array,
    *,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    ceil_mode: bool,
    tie: Tie = "first",
) -> Array:
    """The gradient in x, ``max_pool.gradient``: each output's goes to the cell it came from.

    The cotangent is (N, C, *o), the result (N, C, *n). Of tied cells the first takes it all, or
    the last, or each an equal part, as ``tie`` says (``max_pool.tie``). What belongs to a window
    wholly in padding goes nowhere.
    """
    axes = _axes(x, window, stride, padding, dilation, ceil_mode)
    outputs = tuple([a.out for a in axes])
    check_cotangent(cotangent, x.shape[:2] + outputs, x)
    _, tied, _ = _tied(x, axes)
    g = cotangent.reshape(*x.shape[:2], 1, prod(outputs))
    chosen, count = _chosen(x, tied, tie)
    # A choice and not a product with 0 or 1: an infinite cotangent must not reach other cells.
    shares = np.where(chosen, g if count is None else g / count, x.dtype.type(0))
    return overlap_add(shares.reshape(*x.shape[:2], *window, *outputs), axes)


def max_pool_jvp(
    x: Array,
    u: Array,
    *,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    ceil_mode: bool,
    tie: Tie = "first",
) -> Array:
    """The derivative at x along u, of the shape of x: what u holds where x has its maxima.

    It is the linear map whose adjoint :func:`max_pool_vjp` is, ties resolved alike; (N, C, *o).
    """
    axes = _axes(x, window, stride, padding, dilation, ceil_mode)
    _, tied, _ = _tied(x, axes)
    chosen, count = _chosen(x, tied, tie)
    taken = np.where(chosen, windows(u, axes, 0), x.dtype.type(0))
    total: Array = (taken if count is None else taken / count).sum(axis=2, dtype=x.dtype)
    return total.reshape(*x.shape[:2], *[a.out for a in axes])


def _chosen(x: Array, tied: Array, tie: Tie) -> tuple[Array, Array | None]:
    """Which tied taps count, (N, C, K, P), and where they share, how many do, (N, C, 1, P)."""
    taps = np.arange(tied.shape[2]).reshape(-1, 1)
    if tie == "first":
        return tied & (taps == tied.argmax(axis=2, keepdims=True)), None
    if tie == "last":
        back = tied[:, :, ::-1].argmax(axis=2, keepdims=True)
        return tied & (taps == len(taps) - 1 - back), None
    if tie == "split":
        check_floating("a gradient split between tied cells", x)
        return tied, np.maximum(tied.sum(axis=2, keepdims=True, dtype=x.dtype), 1)
    raise ValueError(f"tie must be 'first', 'last' or 'split', not {tie!r}")


def _identity(x: Array) -> float:
    return -np.inf if is_float(x.dtype.name) else int(np.iinfo(x.dtype).min)


def _tied(x: Array, axes: tuple[Axis, ...]) -> tuple[Array, Array, Array]:
    """Maxima, which taps are real cells that hold them, and where every tap stands.

    The maxima are (N, C, 1, P), the tied taps (N, C, K, P). A position (K, P) is one in the
    unpadded plane, −1 in padding.
    """
    cells = windows(x, axes, _identity(x))
    y = cells.max(axis=2, keepdims=True)
    sizes = [a.size for a in axes]
    positions = windows(np.arange(prod(sizes)).reshape(1, 1, *sizes), axes, -1)[0, 0]
    tied = cells == y
    # A NaN equals nothing, not even the maximum that it is; where there is one, no other cell ties.
    tied |= cells != cells
    tied &= positions >= 0
    return y, tied, positions


def _axes(
    x: Array,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    ceil_mode: bool,
) -> tuple[Axis, ...]:
    check_array("x", x)
    return spatial_axes(
        x.shape[2:], window, stride=stride, padding=padding, dilation=dilation, ceil=ceil_mode
    )
