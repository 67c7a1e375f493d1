"""Padding and cropping of the spatial axes."""

from __future__ import annotations

from typing import Literal

import numpy as np

from convspec.reference.constraints import Array, check_array, check_cotangent
from convspec.reference.halves import once_rounded
from convspec.reference.window import spatial
from convspec.spec.dtypes import is_float
from convspec.spec.relation import Pair, pairs

Mode = Literal["constant", "reflect", "symmetric", "replicate", "circular"]
MODES: tuple[Mode, ...] = ("constant", "reflect", "symmetric", "replicate", "circular")


@once_rounded
def pad(x: Array, *, padding: tuple[Pair, ...], mode: Mode, value: float = 0) -> Array:
    """Each spatial axis with ``low`` cells before and ``high`` cells after it, by ``mode``.

    x is (N, C, *n); the result (N, C, *(low + n + high)) of the same dtype. A negative amount crops
    (``pad.crop``): all crops come first, and then the padding, made from what is left.

    ========= ============================================== ======== ===================
    mode      what lies beyond the cells a b c d             at most  clause
    ========= ============================================== ======== ===================
    constant  ``value``                                      any      ``pad.constant``
    reflect   c b [a b c d] c b: the edge is the mirror      n − 1    ``pad.reflect``
    symmetric b a [a b c d] d c: the edge is in the mirror   n        ``pad.symmetric``
    replicate a a [a b c d] d d                              any      ``pad.replicate``
    circular  c d [a b c d] a b                              n        ``pad.circular``
    ========= ============================================== ======== ===================

    Raises ``ValueError`` for an unknown mode, a crop of more than there is, an amount beyond what
    the mode allows, or a ``value`` that the dtype cannot hold.
    """
    check_array("x", x)
    sources = _sources(x, padding, mode)
    filling = _as_dtype(value, x)
    if mode != "constant":
        copied: Array = x[spatial(np.ix_(*sources))]
        return copied
    y = np.full(x.shape[:2] + tuple([len(s) for s in sources]), filling, x.dtype)
    kept = [s[s >= 0] for s in sources]
    inner = [
        slice(max(low, 0), max(low, 0) + len(k)) for (low, _), k in zip(padding, kept, strict=True)
    ]
    y[spatial(inner)] = x[spatial(np.ix_(*kept))]
    return y


@once_rounded
def pad_vjp(
    x: Array, cotangent: Array, *, padding: tuple[Pair, ...], mode: Mode, value: float = 0
) -> Array:
    """The gradient in x, ``pad.gradient``: every cell gets that of all its copies; (N, C, *n)."""
    check_array("x", x)
    sources = _sources(x, padding, mode)
    _as_dtype(value, x)  # it has no part in the gradient, but a bad one is refused here too
    check_cotangent(cotangent, x.shape[:2] + tuple([len(s) for s in sources]), x)
    dx = cotangent
    for axis, source in enumerate(sources, start=2):
        g = np.moveaxis(dx, axis, 0)
        back = np.zeros((x.shape[axis], *g.shape[1:]), x.dtype)
        copied = source >= 0
        np.add.at(back, source[copied], g[copied])
        dx = np.moveaxis(back, 0, axis)
    return np.ascontiguousarray(dx)


def _sources(x: Array, padding: tuple[Pair, ...], mode: Mode) -> list[Array]:
    """For every axis the input position each output cell copies; −1 for none (constant)."""
    if mode not in MODES:
        raise ValueError(f"mode must be one of {', '.join(MODES)}, not {mode!r}")
    found = []
    for axis, (low, high) in enumerate(pairs(padding, x.ndim - 2)):
        size = x.shape[axis + 2]
        first, stop = max(-low, 0), size - max(-high, 0)
        if first > stop:
            raise ValueError(
                f"padding of spatial axis {axis} must not crop more than its {size} cells, "
                f"but is ({low}, {high})"
            )
        n = stop - first  # what the crops leave, and the padding is made from
        _check_amount(axis, max(low, high), n, mode)
        i = np.arange(-max(low, 0), n + max(high, 0))
        found.append(_source(i, n, mode, first))
    return found


def _check_amount(axis: int, amount: int, n: int, mode: Mode) -> None:
    most = {"reflect": n - 1, "symmetric": n, "circular": n}.get(mode, amount)
    if mode == "replicate" and n == 0:
        most = 0
    if amount > max(most, 0):
        raise ValueError(
            f"{mode} padding of spatial axis {axis} must be at most {max(most, 0)} "
            f"for {n} cells, not {amount}"
        )


def _source(i: Array, n: int, mode: Mode, first: int) -> Array:
    """Positions i, counted from the first cell left by the crop, to input positions."""
    if mode == "constant":
        return np.where((i >= 0) & (i < n), first + i, -1)
    if mode == "reflect":
        i = np.where(i < 0, -i, i)
        i = np.where(i >= n, 2 * (n - 1) - i, i)
    elif mode == "symmetric":
        i = np.where(i < 0, -1 - i, i)
        i = np.where(i >= n, 2 * n - 1 - i, i)
    elif mode == "replicate":
        i = np.clip(i, 0, max(n - 1, 0))
    elif n:
        i = i % n
    return first + i


def _as_dtype(value: float, x: Array) -> float:
    if not isinstance(value, (int, float, np.number)):
        raise ValueError(f"value must be a number, not {value!r}")
    if is_float(x.dtype.name):
        return value
    limits = np.iinfo(x.dtype)
    if not limits.min <= value <= limits.max or value != int(value):
        raise ValueError(f"value must be a number that {x.dtype} can hold, not {value!r}")
    return value
