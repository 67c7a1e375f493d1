"""Faults of space: axes, ends and places that are not treated alike; cells read that are not."""

from __future__ import annotations

from collections.abc import Sequence

from convspec import reference
from convspec.reference.constraints import Array
from convspec.spec.relation import axes

from .catalogue import Value, cut, gradient_mutant, mutant


@mutant("conv", cause="special fast path", law="translation")
def conv_second_of_two_columns(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Columns are computed two at a time; the second lacks the last of more than 3 taps."""
    y = reference.conv(x, w, b, **p)
    if w.shape[-1] > 3:
        short = w.copy()
        short[..., -1] = 0
        y[..., 1::2] = reference.conv(x, short, b, **p)[..., 1::2]
    return y


@mutant("conv", cause="special fast path", law="circular_translation")
def conv_last_column_if_unpadded(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Without padding on a strided last axis, the last of several columns is the one before."""
    y = reference.conv(x, w, b, **p)
    if p["stride"][-1] > 1 and p["padding"][-1] == (0, 0) and y.shape[-1] > 2:
        y[..., -1] = y[..., -2]
    return y


@mutant("pad", cause="pad side or index", law="flip")
def pad_reflects_high_end_with_edge(x: Array, **p: Value) -> Array:
    """Reflection at the high end of the last axis repeats the edge."""
    y = reference.pad(x, **p)
    low, high = p["padding"][-1]
    if p["mode"] == "reflect" and low >= 0 and high > 0:
        # One cell on, the mirror of the mirror.
        y[..., -high:] = y[..., -high - 1 : -1].copy()
    return y


@mutant("avg_pool", cause="axis or attribute mix-up", law="axes_exchanged")
def avg_pool_square_padded_like_first_axis(x: Array, **p: Value) -> Array:
    """A square window of more than one cell takes the padding of the first axis for all."""
    pads, window = p["padding"], p["window"]
    y = reference.avg_pool(x, **p)
    square = len(set(window)) == 1 and window[0] > 1
    enough = all(sum(pads[0]) >= sum(pair) for pair in pads)  # for as many outputs
    if square and enough and p["count_include_pad"]:
        return cut(reference.avg_pool(x, **p | {"padding": (pads[0],) * len(pads)}), y.shape)
    return y


@mutant("max_pool", cause="special fast path", law="lower_rank")
def max_pool_flat_volume_undilated(x: Array, **p: Value) -> Array:
    """A volume of one layer goes to the 2-D kernel, which knows no dilation."""
    y = reference.max_pool(x, **p)
    if x.ndim == 5 and x.shape[2] == 1:
        return cut(reference.max_pool(x, **p | {"dilation": (1, 1, 1)}), y.shape)
    return y


@mutant("max_pool", cause="missing validation, out of bounds", law="locality")
def max_pool_reads_by_fours(x: Array, **p: Value) -> Array:
    """A row of 3 adjacent cells is loaded as 4: the next cell, if there is one, may win."""
    y = reference.max_pool(x, **p)
    if p["window"][-1] == 3 and p["dilation"][-1] == 1 and not p["ceil_mode"]:
        *others, (low, high) = p["padding"]
        four = {"window": (*p["window"][:-1], 4), "padding": (*others, (low, high + 1))}
        return cut(reference.max_pool(x, **p | four), y.shape)
    return y


@mutant("max_pool", cause="ceil mode and size rule", law="unread_cells")
def max_pool_last_window_takes_rest(x: Array, **p: Value) -> Array:
    """In floor mode the last window of an unpadded, undilated last axis takes in the tail."""
    y = reference.max_pool(x, **p)
    start = (y.shape[-1] - 1) * p["stride"][-1]
    if p["padding"][-1] == (0, 0) and p["dilation"][-1] == 1 and y.shape[-1] > 1:
        rest = x[..., start:]
        whole = {"window": (*p["window"][:-1], rest.shape[-1])}
        y[..., -1:] = reference.max_pool(rest, **p | whole)
    return y


@mutant("conv", cause="pad side or index", law="coverage")
def conv_first_cell_once(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """With low padding beyond 1, the second window does not read the first column again."""
    y = reference.conv(x, w, b, **p)
    if p["padding"][-1][0] > 1 and y.shape[-1] > 1:
        blank = x.copy()
        blank[..., 0] = 0
        y[..., 1] = reference.conv(blank, w, b, **p)[..., 1]
    return y


@gradient_mutant("conv", cause="backward does not match forward", law="coverage_gradient")
def conv_dx_of_full_padding(inputs: Sequence[Array], g: Array, **p: Value) -> tuple[Array, ...]:
    """Padding by the whole window less one, at the low end, is taken for one cell less."""
    dx, *others = reference.vjp("conv", inputs, g, **p)
    x, w = inputs[:2]
    kept = {name: p[name] for name in ("stride", "padding", "dilation")}
    last = axes(x.shape[2:], w.shape[2:], **kept)[-1]
    if last.low == last.extent - 1 > 0:
        first = g.copy()
        first[..., 1:] = 0
        dx = dx - reference.vjp("conv", inputs, first, **p)[0]
    return dx, *others


@mutant("avg_pool", cause="ceil mode and size rule", law="size_in_stride")
def avg_pool_stride_in_two_bits(x: Array, **p: Value) -> Array:
    """The stride is kept in two bits: 4 is 1 again, and 5 as well."""
    p["stride"] = tuple(max(s % 4, 1) for s in p["stride"])
    return reference.avg_pool(x, **p)
