"""Faults of dialect: what another library does on purpose, done without saying so."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array
from convspec.spec.relation import axes

from .catalogue import Value, gradient_mutant, mutant

Pair = tuple[Array, Array]


@mutant("conv", cause="groups", law="definition")
def conv_depthwise_flipped(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Where every channel is a group of its own, the kernel is turned round."""
    if p["groups"] == x.shape[1] > 1:
        w = np.flip(w, tuple(range(2, w.ndim)))
    return reference.conv(x, w, b, **p)


@mutant("max_pool_with_indices", cause="NaN and −∞", law="nan_index")
def max_pool_with_indices_of_last_nan(x: Array, **p: Value) -> Pair:
    """Of several NaN in a window, the index is that of the last."""
    y, index = reference.max_pool_with_indices(x, **p)
    once = np.where(np.isnan(x), np.arange(x[0, 0].size).reshape(x.shape[2:]), -1.0)
    last = reference.max_pool(once, **p)
    return y, np.where(np.isnan(y), last, index).astype(index.dtype)


def _to_last_nan(inputs: Sequence[Array], g: Array, p: dict[str, Value]) -> Array:
    (x,) = inputs
    if np.isnan(x).any():
        return reference.max_pool_vjp(x, g, tie="last", **p)
    return reference.max_pool_vjp(x, g, **p)


@gradient_mutant("max_pool", cause="NaN and −∞", law="nan_gradient")
def max_pool_dx_to_last_nan(inputs: Sequence[Array], g: Array, **p: Value) -> tuple[Array, ...]:
    """Of several NaN in a window, the last one gets the gradient."""
    return (_to_last_nan(inputs, g, p),)


@gradient_mutant("max_pool_with_indices", cause="NaN and −∞", law="nan_gradient")
def max_pool_with_indices_dx_to_last_nan(
    inputs: Sequence[Array], g: Array, **p: Value
) -> tuple[Array, ...]:
    """Of several NaN in a window, the last one gets the gradient."""
    return (_to_last_nan(inputs, g, p),)


@mutant("avg_pool", cause="average divisor", law="rejects_invalid")
def avg_pool_of_nothing_is_nan(x: Array, **p: Value) -> Array:
    """The average of a window without a cell that counts is 0/0, and not refused."""
    named = {name: p[name] for name in ("stride", "padding", "dilation")}
    real = [
        np.array(a.real_counts()) > 0
        for a in axes(x.shape[2:], p["window"], **named, ceil=p["ceil_mode"])
    ]
    some = reduce(np.logical_and.outer, real)
    if p["count_include_pad"] or some.all():
        return reference.avg_pool(x, **p)
    y = reference.avg_pool(x, **p | {"count_include_pad": True})
    return np.where(some, y, x.dtype.type(np.nan))


@mutant("max_pool", cause="empty tensors or kernel > input", law="rejects_invalid")
def max_pool_hanging_window_accepted(x: Array, **p: Value) -> Array:
    """In ceil mode, a window larger than the padded last axis is clipped if it is so by a cell."""
    given: Value = p["padding"]
    *pads, last = ((0, 0),) if isinstance(given, str) else given
    extent = p["dilation"][-1] * (p["window"][-1] - 1) + 1
    if p["ceil_mode"] and p["stride"][-1] > 1 and extent == x.shape[-1] + sum(last) + 1:
        rank = x.ndim - 2
        around = tuple(pads) or ((0, 0),) * (rank - 1)
        return reference.max_pool(x, **p | {"padding": (*around, (last[0], last[1] + 1))})
    return reference.max_pool(x, **p)
