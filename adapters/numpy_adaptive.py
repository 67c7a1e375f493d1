"""Adaptive pools: sums bin by bin along one axis after the other, maxima by an index matrix."""

from __future__ import annotations

from functools import lru_cache, reduce
from math import prod

import numpy as np

from convspec.spec.dtypes import is_float

from .numpy_checks import Array, array, like, positive
from .numpy_columns import Columns
from .numpy_plans import deliver, least, wide_dtype, winners_of


def adaptive_avg_pool(x: Array, *, output_size: tuple[int, ...]) -> Array:
    """The mean of each bin: (N, C, *output_size).

    Raises ValueError for integers, for empty axes, and for output sizes that are not positive.
    """
    _check(x, output_size, means=True)
    total = x.astype(wide_dtype(x), copy=False)
    for axis, out in enumerate(output_size, start=2):
        total = _sums(total, axis, out)
    y: Array = total / _counts(x.shape[2:], output_size).astype(total.dtype)
    return y.astype(x.dtype, copy=False)


def adaptive_avg_gradient(x: Array, g: Array, *, output_size: tuple[int, ...]) -> Array:
    """The gradient in x: every bin gives its cells equal parts; (N, C, *n)."""
    _check(x, output_size, means=True)
    like("cotangent", g, (*x.shape[:2], *output_size), x.dtype)
    wide = wide_dtype(x)
    dx: Array = g.astype(wide) / _counts(x.shape[2:], output_size).astype(wide)
    # Cell i of n lies in bins ⌊i·o/n⌋ … ⌈(i+1)·o/n⌉: the same formula, n and o exchanged.
    for axis, n in enumerate(x.shape[2:], start=2):
        dx = _sums(dx, axis, n)
    return dx.astype(x.dtype, copy=False)


def adaptive_max_pool(x: Array, *, output_size: tuple[int, ...]) -> Array:
    """The maximum of each bin, NaN if it holds one: (N, C, *output_size)."""
    _check(x, output_size, means=False)
    with np.errstate(invalid="ignore"):
        y: Array = bins_of(x.shape[2:], output_size).gather(x, least(x)).max(axis=2)
    return y.reshape(*x.shape[:2], *output_size)


def adaptive_max_gradient(x: Array, g: Array, *, output_size: tuple[int, ...]) -> Array:
    """The gradient in x: each bin's goes to the first of its maxima; (N, C, *n)."""
    _check(x, output_size, means=False)
    like("cotangent", g, (*x.shape[:2], *output_size), x.dtype)
    plan = bins_of(x.shape[2:], output_size)
    return deliver(plan, x, winners_of(plan, x)[1], g)


def _check(x: Array, output_size: tuple[int, ...], means: bool) -> None:
    positive("output_size", output_size, array("x", x).ndim - 2)
    if not all(x.shape[2:]):
        raise ValueError(f"an axis of shape {x.shape[2:]} has no cells to divide")
    if means and not is_float(x.dtype.name):
        raise ValueError(f"a mean of {x.dtype} is not defined")


def _borders(n: int, out: int) -> tuple[Array, Array]:
    """Where each of `out` bins over n cells begins, and the cell it ends before."""
    steps = np.arange(out)
    return steps * n // out, ((steps + 1) * n + out - 1) // out


def _sums(x: Array, axis: int, out: int) -> Array:
    """x with an axis replaced by the sums over its `out` bins."""
    borders = np.stack(_borders(x.shape[axis], out), axis=1).reshape(-1)
    # reduceat sums from each border to the next, bins and what lies between them. Its borders
    # must be cells, and the last bin ends past the last: one more cell stands there.
    end = np.zeros((*x.shape[:axis], 1, *x.shape[axis + 1 :]), x.dtype)
    runs = np.add.reduceat(np.concatenate((x, end), axis=axis), borders, axis=axis)
    return runs[(*(slice(None),) * axis, slice(None, None, 2))]


@lru_cache(maxsize=64)
def _counts(sizes: tuple[int, ...], output_size: tuple[int, ...]) -> Array:
    """The number of cells of each bin."""
    lengths = []
    for n, out in zip(sizes, output_size, strict=True):
        first, end = _borders(n, out)
        lengths.append(end - first)
    return reduce(np.multiply.outer, lengths)


@lru_cache(maxsize=64)
def bins_of(sizes: tuple[int, ...], output_size: tuple[int, ...]) -> Columns:
    """The bins as columns: all as long as the longest, the missing cells being padding."""
    rank, plane = len(sizes), prod(sizes)
    position: Array = np.zeros((1,) * (2 * rank), np.intp)
    real: Array = np.ones((1,) * (2 * rank), np.bool_)
    for axis, (n, out) in enumerate(zip(sizes, output_size, strict=True)):
        first, end = _borders(n, out)
        cells = first + np.arange((end - first).max())[:, None]
        shape = [1] * (2 * rank)
        shape[axis], shape[rank + axis] = cells.shape
        position = position * n + cells.reshape(shape)
        real = real & (cells < end).reshape(shape)
    index = np.where(real, position, plane).reshape(-1, prod(output_size))
    index.flags.writeable = False
    return Columns(plane, output_size, index, not real.all())
