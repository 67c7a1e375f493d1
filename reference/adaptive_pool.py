"""Adaptive pooling: the output size is given, and bins of the input follow from it.

Arrays are x (N, C, *n), results and cotangents (N, C, *output_size), gradients (N, C, *n). All
functions raise ``ValueError`` if a spatial axis is empty or an output size is not at least 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

from convspec.reference.constraints import (
    Array,
    check_array,
    check_cotangent,
    check_floating,
)
from convspec.reference.halves import once_rounded
from convspec.reference.max_pool import Tie
from convspec.reference.window import spatial
from convspec.spec.relation import adaptive_bins


@once_rounded
def adaptive_avg_pool(x: Array, *, output_size: tuple[int, ...]) -> Array:
    """The mean of each bin, ``adaptive_avg_pool.definition``; x is of a floating dtype."""
    check_floating("adaptive average pooling", x)
    y = _outputs(x, output_size)
    for o, cells in _bins(x, output_size):
        total = x[cells].sum(axis=tuple(range(2, x.ndim)), dtype=x.dtype)
        y[o] = total / total.dtype.type(_count(x, cells))
    return y


@once_rounded
def adaptive_max_pool(x: Array, *, output_size: tuple[int, ...]) -> Array:
    """The maximum of each bin, ``adaptive_max_pool.definition``; a NaN is the maximum."""
    y = _outputs(x, output_size)
    for o, cells in _bins(x, output_size):
        y[o] = x[cells].max(axis=tuple(range(2, x.ndim)))
    return y


@once_rounded
def adaptive_avg_pool_vjp(x: Array, cotangent: Array, *, output_size: tuple[int, ...]) -> Array:
    """The gradient in x, ``adaptive_avg_pool.gradient``: each cell gets an equal part."""
    check_floating("adaptive average pooling", x)
    check_cotangent(cotangent, _outputs(x, output_size).shape, x)
    dx = np.zeros(x.shape, x.dtype)
    for o, cells in _bins(x, output_size):
        part = cotangent[o] / x.dtype.type(_count(x, cells))
        dx[cells] += np.expand_dims(part.astype(x.dtype), tuple(range(2, x.ndim)))
    return dx


@once_rounded
def adaptive_max_pool_vjp(
    x: Array, cotangent: Array, *, output_size: tuple[int, ...], tie: Tie = "first"
) -> Array:
    """The gradient in x, ``adaptive_max_pool.gradient``: each output's goes to its maximum.

    Of tied cells of a bin the first takes it all, or the last, or each an equal part, as ``tie``
    says. A cell that is the maximum of several bins gets the sum.
    """
    check_cotangent(cotangent, _outputs(x, output_size).shape, x)
    _check_tie(x, tie)
    dx = np.zeros(x.shape, x.dtype)
    for o, cells in _bins(x, output_size):
        inside = x[cells]
        chosen, count = _chosen(inside.reshape(*x.shape[:2], _count(x, cells)), tie)
        g = cotangent[o][:, :, None]
        if tie == "split":
            g = g / count
        # A choice and not a product with 0 or 1: an infinite cotangent must not reach other cells.
        dx[cells] += np.where(chosen, g, x.dtype.type(0)).reshape(inside.shape)
    return dx


def adaptive_max_pool_jvp(
    x: Array, u: Array, *, output_size: tuple[int, ...], tie: Tie = "first"
) -> Array:
    """The derivative at x along u, of the shape of x: what u holds where x has its maxima.

    It is the linear map whose adjoint :func:`adaptive_max_pool_vjp` is, ties resolved alike.
    """
    y = _outputs(x, output_size)
    _check_tie(x, tie)
    for o, cells in _bins(x, output_size):
        row = (*x.shape[:2], _count(x, cells))
        chosen, count = _chosen(x[cells].reshape(row), tie)
        taken = np.where(chosen, u[cells].reshape(row), x.dtype.type(0))
        y[o] = (taken / count if tie == "split" else taken).sum(axis=2)
    return y


def _check_tie(x: Array, tie: Tie) -> None:
    if tie not in ("first", "last", "split"):
        raise ValueError(f"tie must be 'first', 'last' or 'split', not {tie!r}")
    if tie == "split":
        check_floating("a gradient split between tied cells", x)


def _chosen(row: Array, tie: Tie) -> tuple[Array, Array]:
    """Which cells of a bin's row (N, C, cells) count as its maximum, and how many share it."""
    tied = row == row.max(axis=2, keepdims=True)
    tied |= row != row  # a NaN equals nothing, not even the maximum that it is
    if tie == "first":
        tied &= tied.cumsum(axis=2) == 1
    elif tie == "last":
        tied &= tied[:, :, ::-1].cumsum(axis=2)[:, :, ::-1] == 1
    return tied, tied.sum(axis=2, keepdims=True, dtype=row.dtype)


def _bins(x: Array, output_size: tuple[int, ...]) -> Iterator[tuple[Any, Any]]:
    """For every output cell its index, and that of its bin, in all images and channels."""
    bins = adaptive_bins(x.shape[2:], output_size)
    for o in np.ndindex(*output_size):
        along = [bins[axis][i] for axis, i in enumerate(o)]
        yield spatial(o), spatial([slice(cells.start, cells.stop) for cells in along])


def _count(x: Array, cells: tuple[slice, ...]) -> int:
    """The cells of one bin."""
    return prod([bin.stop - bin.start for bin in cells[2:]])


def _outputs(x: Array, output_size: tuple[int, ...]) -> Array:
    """Room for the result, once x and the output size are known to be valid."""
    check_array("x", x)
    adaptive_bins(x.shape[2:], output_size)
    return np.empty(x.shape[:2] + output_size, x.dtype)
