"""Faults of adaptive pooling: where bins begin and end, and how many cells they have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array
from convspec.reference.window import spatial

from .catalogue import gradient_mutant, mutant

Bin = Callable[[int, int, int], tuple[int, int]]
"""From i, n and o to the first cell of bin i and the one after its last."""


def _start(i: int, n: int, o: int) -> int:
    return i * n // o


def _stop(i: int, n: int, o: int) -> int:
    return -(-(i + 1) * n // o)


def _pool(x: Array, output_size: tuple[int, ...], bins: Bin, mean: bool) -> Array:
    """The reference's pool over other bins; what a bin holds past the input is left out."""
    y = np.empty((*x.shape[:2], *output_size), x.dtype)
    for o in product(*map(range, output_size)):
        ends = [bins(i, n, m) for i, n, m in zip(o, x.shape[2:], output_size, strict=True)]
        cells = x[spatial([slice(*pair) for pair in ends])]
        axes = tuple(range(2, x.ndim))
        y[spatial(o)] = cells.mean(axis=axes) if mean else cells.max(axis=axes)
    return y


def _checked(op: str, x: Array, output_size: tuple[int, ...]) -> Array:
    y: Array = getattr(reference, op)(x, output_size=output_size)
    return y


@mutant("adaptive_avg_pool", cause="pad side or index", law="bins_of_means")
def adaptive_avg_pool_ends_rounded_down(x: Array, output_size: tuple[int, ...]) -> Array:
    """Bins end where the next one begins: no cell is shared."""
    y = _checked("adaptive_avg_pool", x, output_size)
    if not any(n % o for n, o in zip(x.shape[2:], output_size, strict=True)):
        return y

    def bins(i: int, n: int, o: int) -> tuple[int, int]:
        return _start(i, n, o), max(_start(i + 1, n, o), _start(i, n, o) + 1)

    return _pool(x, output_size, bins, mean=True)


@mutant("adaptive_avg_pool", cause="special fast path", law="definition")
def adaptive_avg_pool_equal_bins(x: Array, output_size: tuple[int, ...]) -> Array:
    """Bins are windows of n/o cells, rounded down: what is left over at the end is not read."""
    y = _checked("adaptive_avg_pool", x, output_size)
    if not any(n % o for n, o in zip(x.shape[2:], output_size, strict=True)):
        return y

    def bins(i: int, n: int, o: int) -> tuple[int, int]:
        return (_start(i, n, o), _stop(i, n, o)) if n < o else (i * (n // o), (i + 1) * (n // o))

    return _pool(x, output_size, bins, mean=True)


@mutant("adaptive_avg_pool", cause="average divisor", law="impulse_response")
def adaptive_avg_pool_divided_by_greatest_bin(x: Array, output_size: tuple[int, ...]) -> Array:
    """Every bin of the last axis is divided by the cells of the largest."""
    y = _checked("adaptive_avg_pool", x, output_size)
    n, o = x.shape[-1], output_size[-1]
    counts = np.array([_stop(i, n, o) - _start(i, n, o) for i in range(o)])
    divided: Array = (y * (counts / counts.max())).astype(x.dtype)
    return divided


@mutant("adaptive_avg_pool", cause="average divisor", law="one_bin")
def adaptive_avg_pool_one_bin_as_square(x: Array, output_size: tuple[int, ...]) -> Array:
    """A single bin is divided by the square of the height where it is less high than wide."""
    y = _checked("adaptive_avg_pool", x, output_size)
    if prod(output_size) == 1 and x.ndim > 3 and x.shape[-2] < x.shape[-1]:
        y *= y.dtype.type(x.shape[-1] / x.shape[-2])
    return y


@mutant("adaptive_avg_pool", cause="pad side or index", law="bins_of_one_cell")
def adaptive_avg_pool_two_cells_at_least(x: Array, output_size: tuple[int, ...]) -> Array:
    """In one dimension, the last bin has two cells at least, if there are two."""
    y = _checked("adaptive_avg_pool", x, output_size)
    if x.ndim == 3 and x.shape[-1] > 1 and output_size[0] >= x.shape[-1]:
        y[..., -1] = x[..., -2:].mean(axis=-1)
    return y


@mutant("adaptive_avg_pool", cause="index overflow", law="definition")
def adaptive_avg_pool_ends_in_8_bits(x: Array, output_size: tuple[int, ...]) -> Array:
    """The product (i + 1)·n is kept in 8 bits where the bins are unequal."""
    y = _checked("adaptive_avg_pool", x, output_size)
    if x.ndim > 3 or x.shape[-1] % output_size[-1] == 0:
        return y

    def bins(i: int, n: int, o: int) -> tuple[int, int]:
        wrapped = -(-((i + 1) * n % 256) // o)
        return _start(i, n, o), max(wrapped, _start(i, n, o) + 1)

    return _pool(x, output_size, bins, mean=True)


@mutant("adaptive_avg_pool", cause="low-precision accumulation", law="rounding")
def adaptive_avg_pool_reciprocal_in_half(x: Array, output_size: tuple[int, ...]) -> Array:
    """The reciprocal of the count, which no power of two is, is kept in half precision."""
    y = _checked("adaptive_avg_pool", x, output_size)
    count = prod(_stop(0, n, o) for n, o in zip(x.shape[2:], output_size, strict=True))
    y *= y.dtype.type(count * float(np.float16(1 / count)))
    return y


@gradient_mutant("adaptive_avg_pool", cause="backward does not match forward", law="adjoint")
def adaptive_avg_pool_gradient_disjoint(
    inputs: Sequence[Array], g: Array, *, output_size: tuple[int, ...]
) -> tuple[Array]:
    """A cell that two bins share gets the gradient of the first alone, in one dimension."""
    (dx,) = reference.vjp("adaptive_avg_pool", inputs, g, output_size=output_size)
    if dx.ndim > 3:
        return (dx,)
    n, o = dx.shape[-1], output_size[0]
    for i in range(o - 1, -1, -1):
        cells = slice(_start(i, n, o), _stop(i, n, o))
        dx[..., cells] = g[..., i : i + 1] / (cells.stop - cells.start)
    return (dx,)


@mutant("adaptive_max_pool", cause="pad side or index", law="bins_of_maxima")
def adaptive_max_pool_starts_rounded_up(x: Array, output_size: tuple[int, ...]) -> Array:
    """Bins begin at i·n/o rounded up."""
    y = _checked("adaptive_max_pool", x, output_size)
    if not any(n % o for n, o in zip(x.shape[2:], output_size, strict=True)):
        return y

    def bins(i: int, n: int, o: int) -> tuple[int, int]:
        return min(-(-i * n // o), _stop(i, n, o) - 1), _stop(i, n, o)

    return _pool(x, output_size, bins, mean=False)


@mutant("adaptive_max_pool", cause="special fast path", law="bins_that_part")
def adaptive_max_pool_last_cell_of_bins_unread(x: Array, output_size: tuple[int, ...]) -> Array:
    """Equal bins of three cells and more on the last axis leave out the last of them."""
    y = _checked("adaptive_max_pool", x, output_size)
    n, o = x.shape[-1], output_size[-1]
    if n % o or n // o < 3:
        return y
    read = x.reshape(*x.shape[:-1], o, n // o)[..., :-1].reshape(*x.shape[:-1], -1)
    return _checked("adaptive_max_pool", np.ascontiguousarray(read), output_size)


@mutant("adaptive_max_pool", cause="NaN and −∞", law="max_linear")
def adaptive_max_pool_starts_at_zero(x: Array, output_size: tuple[int, ...]) -> Array:
    """The maximum of a single bin starts at 0."""
    y = _checked("adaptive_max_pool", x, output_size)
    return np.maximum(y, 0) if prod(output_size) == 1 else y


@mutant("adaptive_max_pool", cause="NaN and −∞", law="nan")
def adaptive_max_pool_nan_lost(x: Array, output_size: tuple[int, ...]) -> Array:
    """In bins of more than one cell a NaN loses every comparison."""
    plain = np.where(np.isnan(x), -np.inf, x).astype(x.dtype)
    y, without = (_checked("adaptive_max_pool", a, output_size) for a in (x, plain))
    return y if prod(x.shape[2:]) <= prod(output_size) else without


@mutant(
    "adaptive_max_pool", cause="uninitialised, cached or batch-blind state", law="channels_alone"
)
def adaptive_max_pool_channel_carried_on(x: Array, output_size: tuple[int, ...]) -> Array:
    """The maximum of the last bin is carried on from one channel to the next."""
    y = _checked("adaptive_max_pool", x, output_size)
    if x.shape[1] > 2:
        y[..., -1] = np.maximum.accumulate(y[..., -1], axis=1)
    return y


@gradient_mutant("adaptive_max_pool", cause="argmax and ties", law="tie")
def adaptive_max_pool_gradient_to_all_ties(
    inputs: Sequence[Array], g: Array, *, output_size: tuple[int, ...]
) -> tuple[Array]:
    """In one bin, every cell that equals the maximum gets the whole gradient."""
    (x,) = inputs
    if prod(output_size) > 1:
        return reference.vjp("adaptive_max_pool", inputs, g, output_size=output_size)  # type: ignore[return-value]
    y = reference.adaptive_max_pool(x, output_size=output_size)
    return (np.where(x == y, g, x.dtype.type(0)),)


@gradient_mutant("adaptive_max_pool", cause="backward does not match forward", law="gradient")
def adaptive_max_pool_gradient_overwritten(
    inputs: Sequence[Array], g: Array, *, output_size: tuple[int, ...]
) -> tuple[Array]:
    """A cell that is the maximum of several bins gets the gradient of one, not the sum."""
    (dx,) = reference.vjp("adaptive_max_pool", inputs, g, output_size=output_size)
    most = np.abs(g).max(initial=0)
    return (np.clip(dx, -most, most),)
