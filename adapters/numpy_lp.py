"""Lp pooling over im2col columns."""

from __future__ import annotations

import numpy as np

from convspec.spec.dtypes import is_float

from .numpy_checks import Array, Pairs, like
from .numpy_columns import Columns
from .numpy_plans import pool_plan


def lp_pool(
    x: Array,
    *,
    p: int,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs | str,
    dilation: tuple[int, ...],
    ceil_mode: bool,
) -> Array:
    """The p-norm of each window, padding counting 0: (N, C, *o).

    Raises ValueError for integers, and for a p that is not a whole number of at least 1.
    """
    plan = _plan(x, p, window, stride, padding, dilation, ceil_mode)
    y = _norm(_sizes(plan, x), p)
    return y.astype(x.dtype).reshape(*x.shape[:2], *plan.out)


def lp_gradient(
    x: Array,
    g: Array,
    *,
    p: int,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs | str,
    dilation: tuple[int, ...],
    ceil_mode: bool,
) -> Array:
    """The gradient in x, g·sign(x)·(|x|/y)^(p − 1) for each tap; 0 for a cell that is 0."""
    plan = _plan(x, p, window, stride, padding, dilation, ceil_mode)
    like("cotangent", g, (*x.shape[:2], *plan.out), x.dtype)
    sizes = _sizes(plan, x)
    y = _norm(sizes, p)[:, :, None]
    with np.errstate(invalid="ignore"):
        parts = (sizes / np.where(y == 0, 1, y)) ** (p - 1)
        parts *= g.reshape(*x.shape[:2], 1, plan.outputs)
    # For p = 1 the zeros have the power 1, and lose it here; what is padding nobody reads.
    parts[sizes == 0] = 0
    signed = np.where(plan.gather(x, 0) < 0, -parts, parts)
    return plan.scatter(signed, x.shape).astype(x.dtype, copy=False)


def _plan(
    x: Array,
    p: int,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs | str,
    dilation: tuple[int, ...],
    ceil_mode: bool,
) -> Columns:
    plan, _ = pool_plan(x, window, stride, padding, dilation, ceil_mode)
    if not is_float(x.dtype.name):
        raise ValueError(f"a norm of {x.dtype} is not defined")
    if type(p) is not int or p < 1:
        raise ValueError(f"p needs a whole number of at least 1, not {p!r}")
    return plan


def _sizes(plan: Columns, x: Array) -> Array:
    """|x| in double precision, tap by tap: (N, C, taps, outputs)."""
    return np.abs(plan.gather(x, 0).astype(np.float64, copy=False))


def _norm(sizes: Array, p: int) -> Array:
    """(N, C, taps, outputs) → (N, C, outputs)."""
    greatest = sizes.max(axis=2, keepdims=True)
    # Powers near the ends of the exponents' range are lost: norms are taken in units of a power
    # of two close to the greatest cell, which is exact.
    plain = (greatest > 0) & np.isfinite(greatest)
    unit = np.exp2(np.floor(np.log2(np.where(plain, greatest, 1))))
    total: Array = np.power(sizes / unit, p).sum(axis=2)
    root = total if p == 1 else np.sqrt(total) if p == 2 else np.power(total, 1 / p)
    y: Array = root * unit[:, :, 0]
    return y
