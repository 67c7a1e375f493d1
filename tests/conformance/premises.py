"""What laws do to a drawn case so that their premises hold, and what they read off it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from math import prod
from typing import Any

import numpy as np

from convspec.trial import Array, Trial, wide

PLAIN: dict[str, tuple[Any, ...]] = {
    "padding": ("explicit",), "ceil_mode": (False,), "low": (0,), "high": (0,), "dilation": (1,),
}  # fmt: skip
"""Cases that hold a window's worth of cells without any padding."""

HALVES = (1, 2, 4)
"""Windows over which the mean of integers is exact, whether they are divided before or after."""


def allowed(trial: Trial, **changes: Any) -> bool:
    """Whether a call with these arrays and parameters is claimed, and has a meaning."""
    op = replace(trial.case.op, **{k: v for k, v in changes.items() if k in trial.parameters})
    names = trial.case.op.inputs
    arrays = [changes[n] if n in changes else trial.inputs.get(n) for n in names]
    given = [array for array in arrays if array is not None]
    exact = {k: wide(v) if isinstance(v, np.ndarray) else v for k, v in changes.items()}
    return trial.claims.include(op, given) and trial.meaningful(**exact)


def keeps_every_window(trial: Trial) -> bool:
    """Whether the case is in a ceil mode of a dialect that drops no window past the input."""
    kept = trial.adapter.claims.dialect["pool.ceil-mode"] == "keep"
    return kept and bool(trial.parameters.get("ceil_mode"))


def everywhere(trial: Trial, value: Any) -> tuple[Any, ...]:
    """`value` for every spatial axis."""
    return (value,) * trial.case.rank


def plain(trial: Trial) -> dict[str, Any]:
    """No padding, no dilation, no partial windows."""
    given = {
        "padding": everywhere(trial, (0, 0)),
        "dilation": everywhere(trial, 1),
        "ceil_mode": False,
    }
    return {name: value for name, value in given.items() if name in trial.parameters}


def tiles(trial: Trial, window: tuple[int, ...] | None = None) -> dict[str, Any]:
    """Windows side by side: stride = window, no padding, no dilation, no partial windows."""
    window = window or trial.parameters["window"]
    return {**plain(trial), "window": window, "stride": window}


def halving(trial: Trial) -> bool:
    """Whether every window has a power of two of cells along each axis."""
    return all(k & (k - 1) == 0 for k in trial.parameters["window"])


def divides_by_taps(trial: Trial) -> bool:
    """Whether the divisor of an average is its taps, and not the extent of a dilated window."""
    extent = trial.adapter.claims.dialect["avg_pool.dilated-divisor"] == "extent"
    return not (extent and max(trial.parameters.get("dilation", (1,))) > 1)


def blocks(x: Array, window: tuple[int, ...]) -> Array:
    """The cells of windows that lie side by side: (N, C, *o, K), a rest at the ends left out."""
    outputs = [n // k for n, k in zip(x.shape[2:], window, strict=True)]
    covered: Array = x[leading([o * k for o, k in zip(outputs, window, strict=True)])]
    split = [n for pair in zip(outputs, window, strict=True) for n in pair]
    rank = len(window)
    order = (0, 1, *range(2, 2 + 2 * rank, 2), *range(3, 3 + 2 * rank, 2))
    parted: Array = covered.reshape(*x.shape[:2], *split).transpose(order)
    return parted.reshape(*x.shape[:2], *outputs, prod(window))


def unblocked(parts: Array, window: tuple[int, ...]) -> Array:
    """The inverse of `blocks`: (N, C, *n) from (N, C, *o, K)."""
    rank, outputs = len(window), parts.shape[2:-1]
    parted = parts.reshape(*parts.shape[:2], *outputs, *window)
    order = [0, 1]
    for axis in range(rank):
        order += [2 + axis, 2 + rank + axis]
    sizes = [o * k for o, k in zip(outputs, window, strict=True)]
    return np.ascontiguousarray(parted.transpose(order)).reshape(*parts.shape[:2], *sizes)


def leading(sizes: Iterable[int]) -> tuple[Any, ...]:
    """The index of the first cells, so many along each spatial axis."""
    return spatial(slice(n) for n in sizes)


def spatial(along: Iterable[slice]) -> tuple[Any, ...]:
    """The index of a slice of each map."""
    return (..., *along)


def readers(trial: Trial, outputs: tuple[int, ...]) -> list[Array]:
    """For every axis, which outputs read which inputs: true in (o, n). Padding is explicit."""
    given = trial.parameters
    kernel = given.get("window") or trial.case["w"].shape[2:]
    found = []
    for axis, n in enumerate(trial.case["x"].shape[2:]):
        first = np.arange(outputs[axis]) * given["stride"][axis] - given["padding"][axis][0]
        taps = np.arange(kernel[axis]) * given["dilation"][axis]
        places = first[:, None] + taps
        found.append((places[:, :, None] == np.arange(n)).any(axis=1))
    return found


def spread(along: list[Array]) -> Array:
    """The product of one row of numbers per axis, cell by cell: (*n)."""
    return reduce(np.multiply.outer, along)


def every_place(trial: Trial) -> Array:
    """A permutation of all positions of a map, drawn with the case."""
    count = prod(trial.case["x"].shape[2:])
    return np.random.RandomState(trial.case["x"].k).permutation(count)


def rearranged(x: Array, order: Array) -> Array:
    """Every map with its cells in another order."""
    return x.reshape(*x.shape[:2], -1)[:, :, order].reshape(x.shape)
