"""Faults of Lp pooling: signs, powers, roots, and what becomes of a window of zeros."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array
from convspec.reference.window import windows
from convspec.spec.relation import Axis, axes

from .catalogue import Value, gradient_mutant, mutant


def _axes(x: Array, p: dict[str, Value]) -> tuple[Axis, ...]:
    named = {name: p[name] for name in ("stride", "padding", "dilation")}
    return axes(x.shape[2:], p["window"], **named, ceil=p["ceil_mode"])


def _signed_sums(x: Array, p: dict[str, Value]) -> Array:
    """The sums of signed powers of the windows, in the shape of the result."""
    all_axes = _axes(x, p)
    sums: Array = (windows(x, all_axes, 0).astype(np.float64) ** p["p"]).sum(axis=2)
    return sums.reshape(*x.shape[:2], *(a.out for a in all_axes))


@mutant("lp_pool", cause="special fast path", law="lp_of_1_sums")
def lp_pool_of_1_sums_signed(x: Array, **p: Value) -> Array:
    """p = 1 has a path of its own, which adds up numbers and not their magnitudes."""
    y = reference.lp_pool(x, **p)
    return _signed_sums(x, p).astype(x.dtype) if p["p"] == 1 else y


@mutant("lp_pool", cause="axis or attribute mix-up", law="lp_scales")
def lp_pool_odd_powers_signed(x: Array, **p: Value) -> Array:
    """Odd powers from 3 on keep the sign of a cell, and the root that of the sum."""
    y = reference.lp_pool(x, **p)
    if p["p"] < 3 or p["p"] % 2 == 0:
        return y
    sums = _signed_sums(x, p)
    root: Array = np.sign(sums) * np.abs(sums) ** (1 / p["p"])
    return root.astype(x.dtype)


@mutant("lp_pool", cause="special fast path", law="lp_falls_with_p")
def lp_pool_root_missing(x: Array, **p: Value) -> Array:
    """From p = 3 on, the root is not taken of windows of more than one cell."""
    y = reference.lp_pool(x, **p)
    return y ** y.dtype.type(p["p"]) if p["p"] > 2 and prod(p["window"]) > 1 else y


@mutant("lp_pool", cause="axis or attribute mix-up", law="definition")
def lp_pool_always_euclidean(x: Array, **p: Value) -> Array:
    """A p of more than 2 is ignored: the norm is the Euclidean one."""
    return reference.lp_pool(x, **p | {"p": min(p["p"], 2)})


@mutant("lp_pool", cause="average divisor", law="padding_is_pad")
def lp_pool_clipped_windows_scaled(x: Array, **p: Value) -> Array:
    """A window that padding clips on the last axis is scaled up to its full number of taps."""
    y, last = reference.lp_pool(x, **p), _axes(x, p)[-1]
    real = np.array([max(n, 1) for n in last.real_counts()])
    scaled: Array = (y * (last.window / real) ** (1 / p["p"])).astype(x.dtype)
    return scaled


@mutant("lp_pool", cause="ceil mode and size rule", law="definition")
def lp_pool_overhang_scaled(x: Array, **p: Value) -> Array:
    """In ceil mode, the last window of the last axis is scaled up by what hangs over."""
    y, last = reference.lp_pool(x, **p), _axes(x, p)[-1]
    if last.overhang:
        inside = max(last.inside_counts()[-1], 1)
        y[..., -1] *= y.dtype.type((last.window / inside) ** (1 / p["p"]))
    return y


@mutant("lp_pool", cause="low-precision accumulation", law="rounding")
def lp_pool_root_in_half(x: Array, **p: Value) -> Array:
    """The norm of a window of more than 4 cells is stored in half precision."""
    y = reference.lp_pool(x, **p)
    return y.astype(np.float16).astype(x.dtype) if prod(p["window"]) > 4 else y


@mutant("lp_pool", cause="dilation", law="definition")
def lp_pool_dilation_of_first_axis(x: Array, **p: Value) -> Array:
    """Where two neighbouring axes could both take it, the first one's dilation is used for both."""
    if len(p["dilation"]) > 1 and p["window"][0] == p["window"][1] and x.shape[2] == x.shape[3]:
        p["dilation"] = (p["dilation"][0], p["dilation"][0], *p["dilation"][2:])
        y: Array = reference.lp_pool(x, **p)
        return y
    return reference.lp_pool(x, **p)


@gradient_mutant("lp_pool", cause="NaN and −∞", law="gradient_zero")
def lp_pool_gradient_of_zeros_nan(inputs: Sequence[Array], g: Array, **p: Value) -> tuple[Array]:
    """For p = 1 a cell that is 0 is divided by its magnitude."""
    (dx,) = reference.vjp("lp_pool", inputs, g, **p)
    return (np.where(inputs[0] == 0, dx.dtype.type(np.nan), dx) if p["p"] == 1 else dx,)


@gradient_mutant("lp_pool", cause="backward does not match forward", law="gradient")
def lp_pool_gradient_signless(inputs: Sequence[Array], g: Array, **p: Value) -> tuple[Array]:
    """For odd p the gradient is that of positive cells."""
    x = np.abs(inputs[0]) if p["p"] % 2 else inputs[0]
    (dx,) = reference.vjp("lp_pool", (x,), g, **p)
    return (dx,)


@gradient_mutant("lp_pool", cause="backward does not match forward", law="gradient")
def lp_pool_gradient_exponent(inputs: Sequence[Array], g: Array, **p: Value) -> tuple[Array]:
    """From p = 3 on the gradient is that of p − 1."""
    p["p"] -= p["p"] > 2
    (dx,) = reference.vjp("lp_pool", inputs, g, **p)
    return (dx,)
