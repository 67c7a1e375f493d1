"""The rounding of convolutions that are computed by a transform, where an adapter declares one.

**Winograd** F(m, r): a tile of α = m + r − 1 inputs gives m outputs, y = Aᵀ[(G w) ∘ (Bᵀ x)], along
each axis in turn, summed over channels between. G, A and B come from α points (Cook and Toom;
Lavin and Gray, arXiv:1509.09308). Componentwise, as in Barabasz, Anderson, Soodhalter and Gregg
(*Error analysis and improving the accuracy of Winograd convolution*, ACM TOMS 46(4), 2020), the
error is at most

    γ_n · |Aᵀ|[(|G||w|) ∘ (|Bᵀ||x|)],   n = r axes·(α + 1 + r + 1 + α + 1) + channels + 1:

each of the three products with a matrix along each axis is a sum, whose factors are rounded, too.
Which outputs share a tile is not known: so the greatest |x| that any tile through the output may
read stands for all of it, times the amplification per axis,

    c = max_jk Σ_ti |A_tj||G_tk||B_ti|.

**FFT**: of 2^n points, n added over the axes, by Percival (*Rapid multiplication modulo the sum and
difference of highly composite numbers*, Math. Comp. 72, 2003; cf. Higham, ch. 24) at most

    ‖x‖₂·‖w‖₂·((1 + u)^3n · (1 + √5·u)^(3n + 1) · (1 + β)^3n − 1)

with β the error of the roots of unity, taken to be 2u; summed over channels, which adds as many
roundings. Lengths other than powers of two are taken through three transforms of twice the length.

Either spreads what is not finite: a NaN over the tiles that may read it, or over the map.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from math import expm1, log1p, prod, sqrt
from typing import Any

import numpy as np

from convspec import reference
from convspec.numerics import UNIT_ROUNDOFF, Array, Precision, gamma
from convspec.spec.algorithms import Transform, transforms

POINTS = tuple(
    Fraction(p)
    for p in ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "-3", "1/3", "-1/3", "4", "-4", "1/4",
              "-1/4", "3/2", "-3/2", "2/3", "-2/3")
)  # fmt: skip
"""The points in the order in which they are taken; the last one of a tile is ∞."""


@cache
def matrices(m: int, r: int) -> tuple[Array, Array, Array]:
    """Aᵀ (m, α), G (α, r) and Bᵀ (α, α) of F(m, r), exact up to their rounding to float64.

    Raises ValueError where the tile has more points than are listed.
    """
    alpha = m + r - 1
    if alpha - 1 > len(POINTS):
        raise ValueError(f"a tile of {alpha} cells needs more points than are known")

    def powers(count: int) -> list[list[Fraction]]:
        rows = [[p**k for k in range(count)] for p in POINTS[: alpha - 1]]
        return [*rows, [Fraction(int(k == count - 1)) for k in range(count)]]

    inverse = _inverse(powers(alpha))
    return (
        np.array(powers(m), dtype=np.float64).T,
        np.array(powers(r), dtype=np.float64),
        np.array(inverse, dtype=np.float64).T,
    )


def _inverse(matrix: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    size = len(matrix)
    rows = [[*row, *(Fraction(int(i == j)) for j in range(size))] for i, row in enumerate(matrix)]
    for column in range(size):
        pivot = next(i for i in range(column, size) if rows[i][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for i in range(size):
            factor = rows[i][column]
            if i != column and factor:
                pairs = zip(rows[i], rows[column], strict=True)
                rows[i] = [value - factor * other for value, other in pairs]
    return [row[size:] for row in rows]


@cache
def amplification(m: int, r: int) -> float:
    """c of F(m, r) along one axis: 1 for m = 1."""
    if m == 1:
        return 1.0
    a, g, b = (np.abs(matrix) for matrix in matrices(m, r))
    return float(np.einsum("jt,tk,t->jk", a, g, b.sum(axis=1)).max())


def applies(parameters: Mapping[str, Any]) -> bool:
    """Whether a convolution is one that transforms are made for: dense, step by step."""
    return {*parameters["stride"], *parameters["dilation"]} == {1}


def transform_bound(
    algorithm: str, arrays: Sequence[Array], parameters: Mapping[str, Any], precision: Precision
) -> Array:
    """The greatest legitimate |result − expected| per cell of a convolution that is declared so.

    It is infinite where a transform may spread what is not finite.
    """
    x, w = np.abs(arrays[0]), np.abs(arrays[1])
    with np.errstate(invalid="ignore"):
        found = [_bound(t, x, w, parameters, precision) for t in transforms(algorithm)]
        stored = np.maximum.reduce([np.where(np.isnan(bound), np.inf, bound) for bound in found])
    return np.asarray(stored)


def _bound(
    transform: Transform, x: Array, w: Array, parameters: Mapping[str, Any], p: Precision
) -> Array:
    kernel, unit, groups = w.shape[2:], UNIT_ROUNDOFF[p.accumulator], parameters["groups"]
    pads = _pads(x.shape[2:], kernel, parameters["padding"])
    outputs = tuple(
        n + low + high - k + 1 for n, k, (low, high) in zip(x.shape[2:], kernel, pads, strict=True)
    )
    flat = (1,) * len(kernel)
    if transform.kind == "winograd":
        # An axis whose kernel no tile holds, or of one tap, is not transformed.
        tiles = [transform.tile or 1 if 1 < k <= (transform.tile or 1) else k for k in kernel]
        # Tiles of one output are sums as they are; their matrices are counted, all the same.
        growth = prod(amplification(tile - k + 1, k) for tile, k in zip(tiles, kernel, strict=True))
        roundings = sum(2 * (tile + 1) + k + 1 for tile, k in zip(tiles, kernel, strict=True))
        reach = [(tile - k, tile - 1) for tile, k in zip(tiles, kernel, strict=True)]
        cells = _greatest(x, pads, reach, outputs)
        weights = w.sum(axis=tuple(range(2, w.ndim))).reshape(*w.shape[:2], *flat)
        relative = growth * gamma(roundings + w.shape[1] + 2, unit)
    else:
        sizes = [
            transform.tile or n + low + high + k
            for n, k, (low, high) in zip(x.shape[2:], kernel, pads, strict=True)
        ]
        doubled = sum((size - 1).bit_length() + (size & (size - 1) != 0) for size in sizes)
        times = 3 if any(size & (size - 1) for size in sizes) else 1
        n = doubled * times
        growth = 3 * n * log1p(unit) + (3 * n + 1) * log1p(sqrt(5) * unit) + 3 * n * log1p(2 * unit)
        relative = expm1(growth) + gamma(w.shape[1] + 2, unit) * (1 + expm1(growth))
        norms = np.sqrt((x**2).sum(axis=tuple(range(2, x.ndim)), keepdims=True))
        cells = np.broadcast_to(norms, (*x.shape[:2], *outputs))
        weights = np.sqrt((w**2).sum(axis=tuple(range(2, w.ndim)), keepdims=True))
    plain: dict[str, Any] = {
        "stride": flat,
        "dilation": flat,
        "padding": tuple((0, 0) for _ in flat),
    }
    magnitude = reference.conv(np.ascontiguousarray(cells), weights, None, **plain, groups=groups)
    error = magnitude * relative
    # It is stored, and a bias may have been added before.
    return np.asarray(error * (1 + 2 * p.stored) + p.least_stored)


def _pads(sizes: Sequence[int], kernel: Sequence[int], padding: Any) -> Sequence[tuple[int, int]]:
    if not isinstance(padding, str):
        return tuple(padding)
    if padding == "valid":
        return [(0, 0) for _ in kernel]
    # At stride 1 and dilation 1 the same number of outputs takes k − 1 cells more.
    less = [(k - 1) // 2 for k in kernel]
    upper = padding == "same_upper"
    return [(n, k - 1 - n) if upper else (k - 1 - n, n) for n, k in zip(less, kernel, strict=True)]


def _greatest(
    x: Array, pads: Sequence[tuple[int, int]], reach: Sequence[tuple[int, int]],
    outputs: Sequence[int],
) -> Array:  # fmt: skip
    """The greatest cell that a tile through each output may read: (N, C, *outputs)."""
    for i, ((low, _), (before, after)) in enumerate(zip(pads, reach, strict=True)):
        axis, size = i + 2, x.shape[i + 2]
        parts = []
        for o in range(outputs[i]):
            first, last = max(o - low - before, 0), min(o - low + after + 1, size)
            index = (*(slice(None),) * axis, slice(first, max(last, first)))
            parts.append(x[index].max(axis=axis, initial=0))
        x = np.stack(parts, axis=axis)
    return x
