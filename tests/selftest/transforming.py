"""Toy convolutions computed by transforms, as honest as float32 lets them be."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec import reference
from convspec.transforms import applies, matrices

Array = npt.NDArray[Any]


def winograd(tile: int) -> Callable[..., Array]:
    """A convolution of planes in tiles of that many cells along both axes."""

    def conv(x: Array, w: Array, b: Array | None = None, **p: Any) -> Array:
        padded = np.pad(x, [(0, 0), (0, 0), *p["padding"]])
        sizes = [n - k + 1 for n, k in zip(padded.shape[2:], w.shape[2:], strict=True)]
        if not applies(p) or x.dtype != np.float32 or min(sizes) < 1:
            return reference.conv(x, w, b, **p)
        (a, g, t), (c, h, u) = (_matrices(tile, k) for k in w.shape[2:])
        rows, columns = (len(m) for m in (a, c))
        tiles = [-(-n // m) for n, m in zip(sizes, (rows, columns), strict=True)]
        wide = [
            k * m + t.shape[1] - m for k, m, t in zip(tiles, (rows, columns), (t, u), strict=True)
        ]
        padded = np.pad(
            padded,
            [(0, 0), (0, 0), *((0, m - n) for m, n in zip(wide, padded.shape[2:], strict=True))],
        )
        kernels = np.einsum("ai,ocij,bj->ocab", g, w, h)
        y = np.zeros((len(x), len(w), tiles[0] * rows, tiles[1] * columns), np.float32)
        groups, each = p["groups"], w.shape[1]
        for i, j, k in np.ndindex(*tiles, groups):
            top, left, f = i * rows, j * columns, len(w) // groups
            cells = padded[
                :, k * each : (k + 1) * each, top : top + t.shape[1], left : left + u.shape[1]
            ]
            changed = np.einsum("ai,ncij,bj->ncab", t, cells, u)
            summed = np.einsum("ncab,ocab->noab", changed, kernels[k * f : (k + 1) * f])
            back = np.einsum("ma,noab,lb->noml", a, summed, c)
            y[:, k * f : (k + 1) * f, top : top + rows, left : left + columns] = back
        y = np.ascontiguousarray(y[:, :, : sizes[0], : sizes[1]])
        return y if b is None else y + b.reshape(1, -1, 1, 1)

    return conv


def _matrices(tile: int, taps: int) -> list[Array]:
    """Those of a tile; of an axis that is not transformed, for which one output is a sum."""
    if 1 < taps <= tile:
        return [m.astype(np.float32) for m in matrices(tile - taps + 1, taps)]
    one = np.eye(taps, dtype=np.float32)
    return [np.ones((1, taps), np.float32), one, one]


def fourier(x: Array, w: Array, b: Array | None = None, **p: Any) -> Array:
    """A convolution by the transform of whole maps, in float32."""
    padded = np.pad(x, [(0, 0), (0, 0), *p["padding"]])
    axes = tuple(range(2, x.ndim))
    sizes = [n - k + 1 for n, k in zip(padded.shape[2:], w.shape[2:], strict=True)]
    if not applies(p) or x.dtype != np.float32 or min(sizes) < 1:
        return reference.conv(x, w, b, **p)
    lengths = [1 << (n - 1).bit_length() for n in padded.shape[2:]]
    there = np.fft.fftn(padded.astype(np.complex64), lengths, axes)
    kernels = np.conj(np.fft.fftn(w.astype(np.complex64), lengths, axes))
    groups, each = p["groups"], w.shape[1]
    parts = []
    for k in range(groups):
        filters = kernels[k * len(w) // groups : (k + 1) * len(w) // groups]
        parts.append(np.einsum("nc...,oc...->no...", there[:, k * each : (k + 1) * each], filters))
    back = np.fft.ifftn(np.concatenate(parts, axis=1).astype(np.complex64), axes=axes).real
    y = np.ascontiguousarray(back[(..., *(slice(n) for n in sizes))], dtype=np.float32)
    return y if b is None else y + b.reshape(1, -1, *(1,) * len(axes))


def losing_a_tap(conv: Callable[..., Array]) -> Callable[..., Array]:
    """The same with the last tap of every kernel of more than one left out."""

    def wrong(x: Array, w: Array, b: Array | None = None, **p: Any) -> Array:
        if w[0, 0].size > 1:
            w = w.copy()
            w[(..., *(-1,) * (w.ndim - 2))] = 0
        return conv(x, w, b, **p)

    return wrong


def adapter(conv: Callable[..., Array], algorithm: Any = None) -> SimpleNamespace:
    """An adapter of that one function; `algorithm` is what it declares."""
    claims: dict[str, Any] = {"conv": {"dtypes": ["float32", "float64"], "ranks": [2]}}
    if algorithm is not None:
        claims["conv"]["algorithm"] = algorithm
    return SimpleNamespace(name="toy", conv=conv, claims=claims)
