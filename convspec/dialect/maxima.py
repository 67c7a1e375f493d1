"""Maxima in a dialect: what they start from, NaN, ties, places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec import reference
from convspec.dtypes import floating, limits, lowest
from convspec.reference.window import overlap_add, windows
from convspec.spec.claims import Claims
from convspec.spec.relation import Axis

from .bins import bins, has_no_output
from .windows import Choices, outputs, taps, widened

Array = npt.NDArray[Any]
Parameters = Mapping[str, Any]


def maximum(
    op: str, x: Array, parameters: Parameters, claims: Claims, dtype: np.dtype[Any]
) -> Array:
    """The values of a max pool of any kind."""
    choices, y = claims.dialect, None
    if op not in claims.departing:
        name = "max_pool" if op == "max_pool_with_indices" else op
        y = getattr(reference, name)(x, **parameters)
    else:
        x = _numbers(x, choices)
        if op.startswith("max_pool"):
            y = _max_pool(x, parameters, choices, dtype)
        elif op == "adaptive_max_pool" and has_no_output(x, parameters["output_size"], choices):
            y = np.zeros(x.shape[:2] + parameters["output_size"], x.dtype)
        elif op == "adaptive_max_pool":
            y = np.empty(x.shape[:2] + parameters["output_size"], x.dtype)
            for o, cells in bins(x, parameters["output_size"], choices):
                y[o] = x[cells].max(axis=tuple(range(2, x.ndim)))
        elif 0 in x.shape[2:] and choices["global_max_pool.empty"] == "identity":
            y = np.full(x.shape[:2], lowest(x.dtype))
        else:
            y = reference.global_max_pool(x)
        y = _from_start(y, choices, dtype) if not op.startswith("max_pool") else y
    # In wide integers padding counts as their least number, in the implementation's as its own.
    result: Array = np.maximum(y, lowest(dtype)) if not floating(dtype) and y.size else y
    return result


def _max_pool(x: Array, p: Parameters, choices: Choices, dtype: np.dtype[Any]) -> Array:
    counts = outputs("max_pool", x.shape[2:], p["window"], p, choices)
    shape = (*x.shape[:2], *counts)
    if 0 in counts:
        return np.zeros(shape, x.dtype)
    axes = widened(x.shape[2:], p["window"], p, counts)
    y = windows(x, axes, lowest(x.dtype)).max(axis=2).reshape(shape)
    y = _from_start(y, choices, dtype)
    match choices["max_pool.empty-window"]:
        case "lowest":
            return np.where(_empty(axes), limits(dtype).min, y)
        case "zero":
            return np.where(_empty(axes), np.zeros((), x.dtype), y)
    return y


def indices(x: Array, parameters: Parameters, choices: Choices) -> Array:
    """Where the maximum of each window stands: −1 for one without a real cell."""
    sizes = x.shape[2:]
    counts = outputs("max_pool", sizes, parameters["window"], parameters, choices)
    shape = (*x.shape[:2], *counts)
    if 0 in counts:
        return np.zeros(shape, np.int64)
    axes = widened(sizes, parameters["window"], parameters, counts)
    chosen, positions = _chosen(_numbers(x, choices), axes, choices, tie="first")
    at = np.where(chosen.any(axis=2), (chosen * (positions + 1)).sum(axis=2) - 1, -1)
    index = at.reshape(shape)
    return np.where(index >= 0, _place(index, x.shape, choices["max_pool.index-place"]), -1)


def _place(index: Array, shape: tuple[int, ...], counted: str) -> Array:
    (batch, channels), sizes = shape[:2], shape[2:]
    plane, ones = prod(sizes), (1,) * len(sizes)
    n = np.arange(batch).reshape(batch, 1, *ones)
    c = np.arange(channels).reshape(1, channels, *ones)
    match counted:
        case "tensor":
            return np.asarray((n * channels + c) * plane + index)
        case "channels-last":
            return np.asarray(index * channels + c)
        case "channels-last-tensor":
            return np.asarray((n * plane + index) * channels + c)
        case "column-major":
            where = np.unravel_index(np.maximum(index, 0), sizes)
            return np.asarray(np.ravel_multi_index(where, sizes, order="F"))
    return index


def max_pool_vjp(
    arrays: Sequence[Array], g: Array, parameters: Parameters, choices: Choices
) -> tuple[Array, ...]:
    """The gradient in x: (N, C, *o) → (N, C, *n)."""
    (x,) = arrays
    counts = outputs("max_pool", x.shape[2:], parameters["window"], parameters, choices)
    if 0 in counts:
        return (np.zeros_like(x),)
    axes = widened(x.shape[2:], parameters["window"], parameters, counts)
    tie = choices["max_pool.tie"]
    chosen, _ = _chosen(_numbers(x, choices), axes, choices, tie)
    share = g.reshape(*x.shape[:2], 1, prod(counts))
    if tie == "split":
        share = share / np.maximum(chosen.sum(axis=2, keepdims=True), 1)
    shares = np.where(chosen, share, x.dtype.type(0))
    return (overlap_add(shares.reshape(*x.shape[:2], *parameters["window"], *counts), axes),)


def max_pool_jvp(x: Array, u: Array, parameters: Parameters, choices: Choices) -> Array:
    """What u holds where x has its maxima, shared as `max_pool_vjp` shares: (N, C, *o)."""
    counts = outputs("max_pool", x.shape[2:], parameters["window"], parameters, choices)
    shape = (*x.shape[:2], *counts)
    if 0 in counts:
        return np.zeros(shape, x.dtype)
    axes = widened(x.shape[2:], parameters["window"], parameters, counts)
    tie = choices["max_pool.tie"]
    chosen, _ = _chosen(_numbers(x, choices), axes, choices, tie)
    taken = np.where(chosen, windows(u, axes, 0), 0)
    if tie == "split":
        taken = taken / np.maximum(chosen.sum(axis=2, keepdims=True), 1)
    return np.asarray(taken.sum(axis=2).reshape(shape))


def bins_jvp(op: str, x: Array, u: Array, parameters: Parameters, choices: Choices) -> Array:
    """The same for adaptive and global max pools, whose results are of bins."""
    size = parameters.get("output_size", (1,) * (x.ndim - 2))
    y = np.zeros((*x.shape[:2], *size), np.result_type(x, np.float64))
    if 0 not in x.shape[2:]:
        seen = _numbers(x, choices)
        for o, cells in bins(x, size, choices):
            chosen, parts = _shared(seen[cells], choices[f"{op}.tie"])
            y[o] = np.where(chosen, u[cells] / parts, 0).sum(axis=tuple(range(2, x.ndim)))
    return y.reshape(x.shape[:2]) if op == "global_max_pool" else y


def adaptive_max_pool_vjp(
    arrays: Sequence[Array], g: Array, parameters: Parameters, choices: Choices
) -> tuple[Array, ...]:
    """The gradient in x: (N, C, *output_size) → (N, C, *n)."""
    return (_by_bins(arrays[0], g, parameters["output_size"], choices, "adaptive_max_pool.tie"),)


def global_max_pool_vjp(
    arrays: Sequence[Array], g: Array, parameters: Parameters, choices: Choices
) -> tuple[Array, ...]:
    """The gradient in x: (N, C) → (N, C, *n). All cells are one bin."""
    (x,) = arrays
    one = (1,) * (x.ndim - 2)
    if 0 in x.shape[2:]:
        return (np.zeros_like(x),)
    return (_by_bins(x, g.reshape(*g.shape, *one), one, choices, "global_max_pool.tie"),)


def _by_bins(x: Array, g: Array, size: tuple[int, ...], choices: Choices, point: str) -> Array:
    x, dx = _numbers(x, choices), np.zeros(x.shape, np.result_type(x, np.float64))
    for o, cells in bins(x, size, choices):
        chosen, parts = _shared(x[cells], choices[point])
        whole = g[o].reshape(*x.shape[:2], *(1,) * (x.ndim - 2))
        dx[cells] += np.where(chosen, whole / parts, 0)
    result: Array = dx.astype(x.dtype, copy=False)
    return result


def _shared(inside: Array, tie: str) -> tuple[Array, Array]:
    """Which cells of a bin stand for it, and in how many parts each shares its gradient.

    `inside` is the bin, (N, C, *cells); both have its axes.
    """
    if tie == "axis-by-axis":
        chosen: Array = np.ones((1,) * inside.ndim, bool)
        parts: Array = np.ones((1,) * inside.ndim)
        for axis in range(2, inside.ndim):
            tied = _tied(inside, axis)
            chosen = chosen & tied
            parts = parts * tied.sum(axis=axis, keepdims=True)
            inside = inside.max(axis=axis, keepdims=True)
        return chosen, parts
    row = inside.reshape(*inside.shape[:2], 1, -1).swapaxes(2, 3)
    ones = _one_of(_tied(row), tie)
    count = np.maximum(ones.sum(axis=2), 1).reshape(*inside.shape[:2], *(1,) * (inside.ndim - 2))
    return ones.reshape(inside.shape), count


def _chosen(x: Array, axes: tuple[Axis, ...], choices: Choices, tie: str) -> tuple[Array, Array]:
    """The taps that stand for each window, (N, C, K, P), and where each tap stands, (K, P)."""
    cells = windows(x, axes, lowest(x.dtype))
    sizes = [a.size for a in axes]
    positions = windows(np.arange(prod(sizes)).reshape(1, 1, *sizes), axes, -1)[0, 0]
    tied = _tied(cells) & (positions >= 0)
    chosen = _one_of(tied, tie)
    if tie != "split" and floating(x.dtype):
        several = np.isnan(cells).any(axis=2, keepdims=True)
        chosen = np.where(several, _one_of(tied, choices["max_pool.nan-index"]), chosen)
    return chosen, positions


def _tied(cells: Array, axis: int = 2) -> Array:
    """The cells that are their window's maximum; a NaN, which equals nothing, is one."""
    y = cells.max(axis=axis, keepdims=True)
    return np.asarray((cells == y) | ((cells != cells) & (y != y)))


def _one_of(tied: Array, which: str) -> Array:
    """Of the tied taps the first or the last; all of them for "split"."""
    if which == "first":
        return np.asarray(tied & (tied.cumsum(axis=2) == 1))
    if which == "last":
        return np.asarray(tied & (tied[:, :, ::-1].cumsum(axis=2)[:, :, ::-1] == 1))
    return tied


def _numbers(x: Array, choices: Choices) -> Array:
    """x as the maxima see it: where NaN is ignored, it cannot win."""
    if floating(x.dtype) and choices["max_pool.nan"] == "ignored":
        return np.where(np.isnan(x), x.dtype.type(-np.inf), x)
    return x


def _from_start(y: Array, choices: Choices, dtype: np.dtype[Any]) -> Array:
    if choices["max_pool.padding-value"] == "lowest" and floating(dtype):
        above: Array = np.maximum(y, limits(dtype).min)
        return above
    return y


def empty_windows(sizes: tuple[int, ...], p: Parameters, choices: Choices) -> Array:
    """True for each output whose window has no real cell: (1, 1, *o)."""
    counts = outputs("max_pool", sizes, p["window"], p, choices)
    if 0 in counts:
        return np.zeros((1, 1, *counts), bool)
    return _empty(widened(sizes, p["window"], p, counts))[None, None]


def _empty(axes: tuple[Axis, ...]) -> Array:
    """True for each output whose window has no real cell: (*o)."""
    meets = [np.array(taps(a, 0, a.size)) > 0 for a in axes]
    return ~reduce(np.logical_and.outer, meets)
