"""Faults of the gradients of pools and padding; the forward function is right."""

from __future__ import annotations

from functools import partial
from math import prod

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array
from convspec.spec.relation import Axis, axes

from .catalogue import Value, gradient_mutant

Arrays = tuple[Array, ...]


def _axes(x: Array, p: dict[str, Value]) -> tuple[Axis, ...]:
    named = {name: p[name] for name in ("stride", "padding", "dilation")}
    return axes(x.shape[2:], p["window"], **named, ceil=p["ceil_mode"])


def _right(op: str, x: Array, g: Array, p: dict[str, Value]) -> Array:
    return reference.vjp(op, (x,), g, **p)[0]


_max, _indexed, _avg, _pad = [
    partial(_right, op) for op in ("max_pool", "max_pool_with_indices", "avg_pool", "pad")
]


@gradient_mutant("max_pool", cause="argmax and ties", law="tie")
def max_pool_every_tie_gets_all(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """Two tied cells of a window both get the whole gradient (the first and the last)."""
    (x,) = inputs
    first, last, split = (_max(x, g, p | {"tie": tie}) for tie in ("first", "last", "split"))
    return (np.where(split == 0, first, np.where(first == 0, last, first)),)


@gradient_mutant("max_pool", cause="argmax and ties", law="tie")
def max_pool_ties_get_none(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """A cell that is tied in any window gets nothing."""
    (x,) = inputs
    first, last = (_max(x, np.ones_like(g), p | {"tie": tie}) for tie in ("first", "last"))
    return (np.where(first == last, _max(x, g, p), 0),)


@gradient_mutant("max_pool", cause="argmax and ties", law="gradient")
def max_pool_last_tie_if_dilated(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """Of tied cells of a dilated window the last gets the gradient, not the first as declared."""
    return (_max(inputs[0], g, p | {"tie": "last" if max(p["dilation"]) > 1 else "first"}),)


@gradient_mutant("max_pool", cause="backward does not match forward", law="gradient")
def max_pool_dx_overwritten(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """Where windows overlap, a cell that is the maximum of several keeps only one's gradient."""
    (x,) = inputs
    wins = _max(x, np.ones_like(g), p)
    once = g.copy()
    once[..., :-1] = np.where(g[..., :-1] == g[..., 1:], g[..., :-1], 0)
    return (np.where(wins > 1, _max(x, once, p), _max(x, g, p)),)


@gradient_mutant("max_pool", cause="pad side or index", law="tie")
def max_pool_dx_beside_if_padded(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """With an asymmetrically padded last axis, the gradient lands one cell further round."""
    dx = _max(inputs[0], g, p)
    low, high = p["padding"][-1]
    return (np.roll(dx, 1, axis=-1) if low != high else dx,)


@gradient_mutant(
    "max_pool_with_indices", cause="uninitialised, cached or batch-blind state", law="gradient"
)
def max_pool_with_indices_dx_of_first_entry(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """From batch entry 2 on, the gradient goes where the maxima of the first entry are."""
    x = inputs[0].copy()
    x[2:] = x[:1]
    return (_indexed(x, g, p),)


@gradient_mutant("max_pool_with_indices", cause="argmax and ties", law="tie")
def max_pool_with_indices_ties_scaled(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """A tie is shared by halves, of which only the first one's arrives."""
    (x,) = inputs
    first, last = (_indexed(x, g, p | {"tie": tie}) for tie in ("first", "last"))
    return (np.where(first == last, first, first / 2).astype(x.dtype),)


@gradient_mutant("avg_pool", cause="average divisor", law="adjoint")
def avg_pool_dx_divided_by_window(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """Without padding counted, the gradient of a border window is divided by the whole window."""
    last = _axes(inputs[0], p)[-1]
    if not p["count_include_pad"]:
        g = g * (np.array(last.real_counts()) / last.window).astype(g.dtype)
    return (_avg(inputs[0], g, p),)


@gradient_mutant("avg_pool", cause="ceil mode and size rule", law="gradient")
def avg_pool_dx_without_ceil_window(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """The window that ceil mode adds on the last axis passes no gradient on."""
    last = _axes(inputs[0], p)[-1]
    if last.overhang:
        g = g.copy()
        g[..., -1] = 0
    return (_avg(inputs[0], g, p),)


@gradient_mutant("avg_pool", cause="backward does not match forward", law="adjoint")
def avg_pool_dx_overwritten(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """Where windows overlap on the last axis, the gradient of the first column is overwritten."""
    last = _axes(inputs[0], p)[-1]
    if last.stride < last.extent and last.out > 1 and p["dilation"][-1] == 1:
        g = g.copy()
        g[..., 0] = 0
    return (_avg(inputs[0], g, p),)


@gradient_mutant("pad", cause="backward does not match forward", law="adjoint")
def pad_dx_reflect_not_added(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """In mode reflect, the outermost column of the low border passes no gradient on."""
    if p["mode"] == "reflect" and p["padding"][-1][0] > 0:
        g = g.copy()
        g[..., 0] = 0
    return (_pad(inputs[0], g, p),)


@gradient_mutant("pad", cause="backward does not match forward", law="gradient")
def pad_dx_replicate_edge_once(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """In mode replicate, the last cell gets the gradient of only one of its copies."""
    high = p["padding"][-1][1]
    if p["mode"] == "replicate" and high > 1:
        g = g.copy()
        g[..., -high + 1 :] = 0
    return (_pad(inputs[0], g, p),)


@gradient_mutant("pad", cause="negative padding", law="adjoint")
def pad_dx_crop_shifted(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """Where two cells are cropped before the last axis, what is left returns one too early."""
    dx, (low, _) = _pad(inputs[0], g, p), p["padding"][-1]
    return (np.roll(dx, -1, axis=-1) if low == -2 else dx,)


@gradient_mutant("global_avg_pool", cause="average divisor", law="adjoint")
def global_avg_pool_dx_depth_not_divided(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """In two or more dimensions, dx is divided by the size of the last two axes alone."""
    dx = _right("global_avg_pool", inputs[0], g, p)
    return (dx * dx.dtype.type(prod(inputs[0].shape[2:-2])),)


@gradient_mutant("global_max_pool", cause="argmax and ties", law="tie")
def global_max_pool_every_tie_gets_all(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """In rows of more than 4 cells, every cell that holds the maximum gets the whole gradient."""
    (x,) = inputs
    if x.shape[-1] <= 4:
        return (_right("global_max_pool", x, g, p),)
    spatial = tuple(range(2, x.ndim))
    return (np.where(x == x.max(spatial, keepdims=True), np.expand_dims(g, spatial), 0),)


@gradient_mutant(
    "global_sum_pool", cause="uninitialised, cached or batch-blind state", law="gradient"
)
def global_sum_pool_dx_of_first_entry(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """From batch entry 1 on, an odd last channel is given the first entry's gradient."""
    g = g.copy()
    if g.shape[1] % 2:
        g[1:, -1] = g[:1, -1]
    return (_right("global_sum_pool", inputs[0], g, p),)
