"""Average, Lp and global pools in a dialect: divisors, signs, windows without cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec import reference
from convspec.dtypes import floating
from convspec.reference.window import overlap_add, windows
from convspec.spec.relation import Axis, adaptive_bins, at_least

from .bins import bins, has_no_output
from .windows import Choices, extents, highs, outputs, taps, widened

Array = npt.NDArray[Any]
Parameters = Mapping[str, Any]


def avg_pool(arrays: Sequence[Array], p: Parameters, choices: Choices) -> Array:
    """Average pooling: (N, C, *n) → (N, C, *o)."""
    (x,) = arrays
    _floating("average pooling", x)
    counts = outputs("avg_pool", x.shape[2:], p["window"], p, choices)
    shape = (*x.shape[:2], *counts)
    if 0 in counts:
        return np.zeros(shape, x.dtype)
    axes = widened(x.shape[2:], p["window"], p, counts)
    divisor = _divisor(x.shape[2:], axes, p, choices)
    total = windows(x, axes, 0).sum(axis=2).reshape(shape)
    none = np.nan if choices["avg_pool.empty-window"] == "nan" else 0.0
    return np.where(divisor > 0, total / np.maximum(divisor, 1), none)


def avg_pool_vjp(
    arrays: Sequence[Array], g: Array, p: Parameters, choices: Choices
) -> tuple[Array, ...]:
    """The gradient in x: each tap gets an equal part of its output's."""
    (x,) = arrays
    counts = outputs("avg_pool", x.shape[2:], p["window"], p, choices)
    if 0 in counts:
        return (np.zeros_like(x),)
    axes = widened(x.shape[2:], p["window"], p, counts)
    divisor = _divisor(x.shape[2:], axes, p, choices)
    part = np.where(divisor > 0, g / np.maximum(divisor, 1), 0)
    spread = np.expand_dims(part, tuple(range(2, x.ndim)))
    return (overlap_add(np.broadcast_to(spread, (*x.shape[:2], *p["window"], *counts)), axes),)


def _divisor(
    sizes: tuple[int, ...], axes: tuple[Axis, ...], p: Parameters, choices: Choices
) -> Array:
    """What each window's sum is divided by: (*o). Raises ValueError for 0 if that is refused."""
    counted = p["count_include_pad"]
    if type(counted) is not bool:
        raise ValueError(f"count_include_pad must be True or False, not {counted!r}")
    count = extents if choices["avg_pool.dilated-divisor"] == "extent" else taps
    asked = highs(sizes, p["window"], p)
    overhang = choices["avg_pool.overhang"]
    padded = any(a.low or high for a, high in zip(axes, asked, strict=True))
    full = overhang == "full" or (overhang == "full-if-padded" and padded)
    found = []
    for a, high in zip(axes, asked, strict=True):
        if not counted:
            found.append(count(a, 0, a.size))
        elif full:
            found.append(count(a, -a.low, a.reach))
        else:
            found.append(count(a, -a.low, a.size + high))
    if choices["avg_pool.empty-window"] == "reject" and any(0 in along for along in found):
        raise ValueError("the average needs a cell that counts in every window")
    return reduce(np.multiply.outer, [np.array(along, np.float64) for along in found])


def lp_pool(arrays: Sequence[Array], p: Parameters, choices: Choices) -> Array:
    """Lp pooling: (N, C, *n) → (N, C, *o)."""
    (x,) = arrays
    _floating("Lp pooling", x)
    at_least("p", p["p"], 1)
    counts = outputs("lp_pool", x.shape[2:], p["window"], p, choices)
    shape = (*x.shape[:2], *counts)
    if 0 in counts:
        return np.zeros(shape, x.dtype)
    axes = widened(x.shape[2:], p["window"], p, counts)
    _, y, _ = _norm(x, axes, p, choices)
    return y.reshape(shape)


def lp_pool_vjp(
    arrays: Sequence[Array], g: Array, p: Parameters, choices: Choices
) -> tuple[Array, ...]:
    """The gradient in x. A window whose sum is 0 passes nothing on."""
    (x,) = arrays
    counts = outputs("lp_pool", x.shape[2:], p["window"], p, choices)
    if 0 in counts:
        return (np.zeros_like(x),)
    axes = widened(x.shape[2:], p["window"], p, counts)
    cells, y, scale = _norm(x, axes, p, choices)
    # d(c·Σxᵖ)^(1/p) = c·x^(p − 1)·(c·Σxᵖ)^(1/p − 1), the last factor being y^(1 − p).
    with np.errstate(all="ignore"):
        share = g.reshape(y.shape) * scale * (cells / y) ** (p["p"] - 1)
    if choices["lp_pool.sign"] == "absolute":
        share = np.where(cells == 0, 0, share * np.sign(cells) ** p["p"])
    shares = np.where(y == 0, 0, share)
    return (overlap_add(shares.reshape(*x.shape[:2], *p["window"], *counts), axes),)


def _norm(
    x: Array, axes: tuple[Axis, ...], p: Parameters, choices: Choices
) -> tuple[Array, Array, Array]:
    """What each window reads (N, C, K, P), its norm (N, C, 1, P), and what its sum is scaled by."""
    power = p["p"]
    cells = windows(x, axes, 0)
    parts = cells if choices["lp_pool.sign"] == "signed" else np.abs(cells)
    scale = np.ones((1, prod(a.out for a in axes)))
    if choices["lp_pool.clipped-window"] == "rescaled":
        asked = highs(x.shape[2:], p["window"], p)
        inside = [
            np.array(taps(a, -a.low, a.size + high), np.float64)
            for a, high in zip(axes, asked, strict=True)
        ]
        count = reduce(np.multiply.outer, inside).reshape(1, -1)
        scale = prod(p["window"]) / np.maximum(count, 1)
    # In units of a power of two near the greatest cell no power overflows.
    _, exponent = np.frexp(np.abs(cells).max(axis=2, keepdims=True))
    total = scale * (np.ldexp(parts, -exponent) ** power).sum(axis=2, keepdims=True)
    with np.errstate(invalid="ignore"):
        root = total if power == 1 else np.sqrt(total) if power == 2 else total ** (1 / power)
    return cells, np.ldexp(root, exponent), scale


def adaptive_avg_pool(arrays: Sequence[Array], p: Parameters, choices: Choices) -> Array:
    """The mean of each bin: (N, C, *n) → (N, C, *output_size)."""
    (x,) = arrays
    _floating("adaptive average pooling", x)
    if has_no_output(x, p["output_size"], choices):
        return np.zeros(x.shape[:2] + p["output_size"], x.dtype)
    empty = choices["adaptive_avg_pool.empty"]
    if empty != "reject" and x.ndim > 2 and 0 in x.shape[2:]:
        adaptive_bins(tuple(max(n, 1) for n in x.shape[2:]), p["output_size"])
        return np.full(x.shape[:2] + p["output_size"], np.nan if empty == "nan" else 0.0)
    y = np.empty(x.shape[:2] + p["output_size"], x.dtype)
    for o, cells in bins(x, p["output_size"], choices):
        y[o] = x[cells].mean(axis=tuple(range(2, x.ndim)))
    return y


def adaptive_avg_pool_vjp(
    arrays: Sequence[Array], g: Array, p: Parameters, choices: Choices
) -> tuple[Array, ...]:
    """The gradient in x: each cell of a bin gets an equal part."""
    (x,) = arrays
    dx = np.zeros_like(x)
    for o, cells in bins(x, p["output_size"], choices):
        count = prod(x[cells].shape[2:])
        dx[cells] += np.expand_dims(g[o] / count, tuple(range(2, x.ndim)))
    return (dx,)


def global_avg_pool(arrays: Sequence[Array], p: Parameters, choices: Choices) -> Array:
    """The mean of each map: (N, C, *n) → (N, C)."""
    (x,) = arrays
    empty = choices["global_avg_pool.empty"]
    if empty != "reject" and x.ndim > 2 and 0 in x.shape[2:]:
        _floating("global average pooling", x)
        return np.full(x.shape[:2], np.nan if empty == "nan" else 0.0)
    return reference.global_avg_pool(x)


def global_sum_pool(arrays: Sequence[Array], p: Parameters, choices: Choices) -> Array:
    """The sum of each map: (N, C, *n) → (N, C)."""
    (x,) = arrays
    if choices["global_sum_pool.empty"] == "zero" and x.ndim > 2 and 0 in x.shape[2:]:
        return np.zeros(x.shape[:2], x.dtype)
    return reference.global_sum_pool(x)


def softmax(arrays: Sequence[Array], p: Parameters, choices: Choices) -> Array:
    """The softmax over the classes: (N, C) → (N, C)."""
    return _over_classes(reference.softmax, arrays[0], choices)


def log_softmax(arrays: Sequence[Array], p: Parameters, choices: Choices) -> Array:
    """The logarithm of the softmax: (N, C) → (N, C)."""
    return _over_classes(reference.log_softmax, arrays[0], choices)


def _over_classes(function: Callable[[Array], Array], x: Array, choices: Choices) -> Array:
    if choices["softmax.no-classes"] == "empty" and x.ndim == 2 and x.shape[1] == 0:
        return function(np.zeros((x.shape[0], 1), x.dtype))[:, :0]
    return function(x)


def cross_entropy(arrays: Sequence[Array], p: Parameters, choices: Choices) -> Array:
    """The mean over the batch of −log softmax(logits)[label]: a number."""
    logits, labels = arrays
    if choices["cross_entropy.empty-batch"] == "nan" and logits.ndim == 2 and not len(logits):
        # All but the number of entries is checked on one entry.
        reference.cross_entropy(np.zeros((1, logits.shape[1]), logits.dtype), np.append(labels, 0))
        return np.array(np.nan)
    return reference.cross_entropy(logits, labels)


def _floating(operation: str, x: Array) -> None:
    if not floating(x.dtype):
        raise ValueError(f"{operation} is defined for floating numbers, not for {x.dtype}")
