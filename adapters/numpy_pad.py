"""Padding by index arithmetic: every output cell names the input cell that it copies."""

from __future__ import annotations

from typing import Any

import numpy as np

from convspec.spec.dtypes import HALVES, is_float

from .numpy_checks import Array, Pairs, amounts, array, like


def pad(x: Array, *, padding: Pairs, mode: str, value: float = 0) -> Array:
    """x (N, C, *n) with `low` cells before and `high` after each axis, filled as `mode` says.

    Negative amounts crop, before anything is padded. Raises ValueError where a mode has not
    enough cells to copy, where more is cropped than there is, and for a value the dtype lacks.
    """
    fill = _fill(x, value)
    lookups = _lookups(array("x", x), padding, mode)
    y = x
    for axis, lookup in enumerate(lookups, start=2):
        y = _along(y, axis, lookup, fill)
    return y


def pad_gradient(x: Array, g: Array, *, padding: Pairs, mode: str, value: float = 0) -> Array:
    """The gradient in x: what all copies of a cell received, added up; (N, C, *n)."""
    _fill(x, value)
    lookups = _lookups(array("x", x), padding, mode)
    like("cotangent", g, (*x.shape[:2], *map(len, lookups)), x.dtype)
    # Copies of half precision are added up in float32.
    dx = g.astype(np.float32) if g.dtype.name in HALVES else g
    for axis, lookup in enumerate(lookups, start=2):
        sums = np.zeros((*dx.shape[:axis], x.shape[axis], *dx.shape[axis + 1 :]), dx.dtype)
        source, target = np.moveaxis(dx, axis, 0), np.moveaxis(sums, axis, 0)
        for o, cell in enumerate(lookup):
            if cell >= 0:
                target[cell] += source[o]
        dx = sums
    return dx.astype(x.dtype, copy=False)


def _along(x: Array, axis: int, lookup: Array, fill: Any) -> Array:
    """x with its `axis` replaced by the cells in `lookup`, −1 standing for `fill`."""
    if not x.shape[axis]:
        return np.full((*x.shape[:axis], len(lookup), *x.shape[axis + 1 :]), fill, x.dtype)
    y = np.take(x, lookup, axis=axis, mode="wrap")
    blank: tuple[Any, ...] = (*(slice(None),) * axis, lookup < 0)
    y[blank] = fill
    return y


def _lookups(x: Array, padding: Pairs, mode: str) -> list[Array]:
    lookups = []
    for axis, (low, high) in enumerate(amounts(padding, x.ndim - 2)):
        cells = np.arange(x.shape[axis + 2])
        if max(-low, 0) + max(-high, 0) > len(cells):
            raise ValueError(f"axis {axis}: ({low}, {high}) crops more than {len(cells)} cells")
        cells = cells[max(-low, 0) : len(cells) - max(-high, 0)]
        lookups.append(_extend(cells, max(low, 0), max(high, 0), mode, axis))
    return lookups


def _extend(cells: Array, low: int, high: int, mode: str, axis: int) -> Array:
    """`cells` with `low` and `high` more at its ends."""
    n = len(cells)
    if mode == "constant":
        return np.concatenate((np.full(low, -1), cells, np.full(high, -1)))
    reach = {"reflect": n - 1, "symmetric": n, "circular": n, "replicate": low + high if n else 0}
    if mode not in reach:
        raise ValueError(f"there is no padding mode {mode!r}")
    if max(low, high) > max(reach[mode], 0):
        raise ValueError(f"axis {axis}: {n} cells are too few to {mode} ({low}, {high}) of them")
    if mode == "replicate":
        return np.concatenate((cells[:1].repeat(low), cells, cells[n - 1 :].repeat(high)))
    if mode == "circular":
        return np.concatenate((cells[n - low :], cells, cells[:high]))
    skip = 1 if mode == "reflect" else 0
    before, after = cells[skip : skip + low][::-1], cells[::-1][skip : skip + high]
    return np.concatenate((before, cells, after))


def _fill(x: Array, value: float) -> Any:
    if is_float(array("x", x).dtype.name):
        return value
    limits = np.iinfo(x.dtype)
    if value != value or not limits.min <= value <= limits.max or value != int(value):
        raise ValueError(f"{value!r} is not a value that {x.dtype} holds")
    return int(value)
