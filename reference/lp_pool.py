"""Lp pooling: the p-norm of each window."""

from __future__ import annotations

import numpy as np

from convspec.reference.constraints import Array, check_array, check_cotangent, check_floating
from convspec.reference.halves import once_rounded
from convspec.reference.window import overlap_add, windows
from convspec.spec.relation import Axis, Padding, at_least
from convspec.spec.relation import axes as spatial_axes


@once_rounded
def lp_pool(
    x: Array,
    *,
    p: int,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    ceil_mode: bool,
) -> Array:
    """Lp pooling, ``lp_pool.definition``: y[o] = (Σ_k |x[o·s − p_lo + d·k]|^p)^(1/p).

    x is (N, C, *n) of a floating dtype; the result (N, C, *o) of the same dtype. Padding and what
    hangs over it count 0; a window that they clip is not scaled up (``lp_pool.padding``).

    Raises ``ValueError`` if p is not a whole number of at least 1, if another parameter is out of
    range, or if a window exceeds the padded input.
    """
    axes = _axes(x, p, window, stride, padding, dilation, ceil_mode)
    y = _norm(_magnitudes(windows(x, axes, 0)), p)
    return y.astype(x.dtype).reshape(*x.shape[:2], *[a.out for a in axes])


@once_rounded
def lp_pool_vjp(
    x: Array,
    cotangent: Array,
    *,
    p: int,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    ceil_mode: bool,
) -> Array:
    """The gradient in x, ``lp_pool.gradient``: a tap's share is sign(x)·(|x| / y)^(p − 1).

    The cotangent is (N, C, *o), the result (N, C, *n). A cell that is 0 gets 0, also where the norm
    has no derivative: for p = 1, and in a window of zeros (``lp_pool.gradient-zero``).
    """
    axes = _axes(x, p, window, stride, padding, dilation, ceil_mode)
    outputs = tuple([a.out for a in axes])
    check_cotangent(cotangent, x.shape[:2] + outputs, x)
    cells = windows(x, axes, 0)
    magnitudes = _magnitudes(cells)
    y = _norm(magnitudes, p)
    g = cotangent.reshape(*y.shape)
    with np.errstate(invalid="ignore"):  # 0 / 0 in a window of zeros, which get 0
        share = g * np.sign(cells) * (magnitudes / y) ** (p - 1)
    shares = np.where(cells == 0, 0, share).astype(x.dtype)
    return overlap_add(shares.reshape(*x.shape[:2], *window, *outputs), axes)


def _magnitudes(cells: Array) -> Array:
    """|x|, in double precision at least: powers need more room than sums."""
    return np.abs(cells, dtype=np.result_type(cells, np.float64))


def _norm(magnitudes: Array, p: int) -> Array:
    """The norm over the taps: (N, C, K, P) → (N, C, 1, P)."""
    # In units of a power of two near the greatest cell, which rounds nothing, no power overflows.
    _, exponent = np.frexp(magnitudes.max(axis=2, keepdims=True))
    total = (np.ldexp(magnitudes, -exponent) ** p).sum(axis=2, keepdims=True)
    root = np.sqrt(total) if p == 2 else total ** (1 / p)  # sqrt rounds correctly, power need not
    y: Array = np.ldexp(root, exponent)
    return y


def _axes(
    x: Array,
    p: int,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    ceil_mode: bool,
) -> tuple[Axis, ...]:
    check_array("x", x)
    check_floating("Lp pooling", x)
    at_least("p", p, 1)
    return spatial_axes(
        x.shape[2:], window, stride=stride, padding=padding, dilation=dilation, ceil=ceil_mode
    )
