"""Faults of average pooling: the divisor above all, and where windows lie."""

from __future__ import annotations

from functools import reduce
from math import prod

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array
from convspec.spec.relation import Axis, axes

from .catalogue import Value, cut, mutant

NAMED = ["same_upper", "same_lower", "valid"]


def _axes(x: Array, p: dict[str, Value]) -> tuple[Axis, ...]:
    named = {name: p[name] for name in ("stride", "padding", "dilation")}
    return axes(x.shape[2:], p["window"], **named, ceil=p["ceil_mode"])


def _redivided(y: Array, right: list[tuple[int, ...]], wrong: list[tuple[int, ...]]) -> Array:
    """`y` times the product of the right counts along its axes, over that of the wrong ones."""
    grids = [reduce(np.multiply.outer, [np.array(c, y.dtype) for c in s]) for s in (right, wrong)]
    quotient: Array = y * grids[0] / grids[1]
    return quotient


@mutant("avg_pool", cause="average divisor", law="definition")
def avg_pool_overhang_counted(x: Array, **p: Value) -> Array:
    """In ceil mode with padding counted, what hangs over the padded input counts too."""
    y, all_axes = reference.avg_pool(x, **p), _axes(x, p)
    if not p["count_include_pad"]:
        return y
    full = [(a.window,) * a.out for a in all_axes]
    return _redivided(y, [a.inside_counts() for a in all_axes], full)


@mutant("avg_pool", cause="average divisor", law="definition")
def avg_pool_include_pad_lost_if_dilated(x: Array, **p: Value) -> Array:
    """On a dilated window, padding is not counted though it should be (if any cell is real)."""
    y, all_axes = reference.avg_pool(x, **p), _axes(x, p)
    if not p["count_include_pad"] or max(p["dilation"]) == 1:
        return y
    real = [tuple(max(n, 1) for n in a.real_counts()) for a in all_axes]
    return _redivided(y, [a.inside_counts() for a in all_axes], real)


@mutant("avg_pool", cause="average divisor", law="impulse_response")
def avg_pool_divided_by_extent(x: Array, **p: Value) -> Array:
    """A dilated window on the last axis is divided by its extent where it lies wholly inside."""
    y, last = reference.avg_pool(x, **p), _axes(x, p)[-1]
    whole = np.array(last.real_counts()) == last.window
    y[..., whole] *= y.dtype.type(last.window / last.extent)
    return y


@mutant("avg_pool", cause="average divisor", law="definition")
def avg_pool_excludes_on_last_axis_only(x: Array, **p: Value) -> Array:
    """Padding is left out of the divisor along the last axis; along the others it counts."""
    y, (*others, _) = reference.avg_pool(x, **p), _axes(x, p)
    if p["count_include_pad"] or not others:
        return y
    real, inside = [a.real_counts() for a in others], [a.inside_counts() for a in others]
    return np.moveaxis(_redivided(np.moveaxis(y, -1, 0), real, inside), 0, -1)


@mutant("avg_pool", cause="average divisor", law="linear_in_input")
def avg_pool_zeros_taken_for_padding(x: Array, **p: Value) -> Array:
    """Padding is known by its value: without padding counted, cells that hold 0 do not count."""
    y = reference.avg_pool(x, **p)
    if p["count_include_pad"]:
        return y
    filled = reference.avg_pool((x != 0).astype(x.dtype), **p)
    return np.where(filled > 0, y / np.where(filled > 0, filled, 1), y)


@mutant("avg_pool", cause="average divisor", law="named_padding", claims={"named_padding": NAMED})
def avg_pool_same_never_counts(x: Array, **p: Value) -> Array:
    """Under same padding, padding is not counted even if it should be."""
    if str(p["padding"]).startswith("same"):
        p["count_include_pad"] = p["count_include_pad"] and not all(
            0 not in a.real_counts() for a in _axes(x, p)
        )
    return reference.avg_pool(x, **p)


@mutant("avg_pool", cause="ceil mode and size rule", law="ceil_extends_floor")
def avg_pool_ceil_centred(x: Array, **p: Value) -> Array:
    """In ceil mode, half of what the last axis lacks is put before its first cell."""
    y, last = reference.avg_pool(x, **p), _axes(x, p)[-1]
    early = last.overhang // 2
    if not early:
        return y
    moved = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(early, 0)])
    return cut(reference.avg_pool(moved, **p), y.shape)


@mutant("avg_pool", cause="ceil mode and size rule", law="output_size")
def avg_pool_ceil_ignored_if_asymmetric(x: Array, **p: Value) -> Array:
    """Ceil mode is forgotten where the two paddings of an axis differ."""
    if any(low != high for low, high in p["padding"]):
        p["ceil_mode"] = False
    return reference.avg_pool(x, **p)


@mutant("avg_pool", cause="special fast path", law="stride_subsamples")
def avg_pool_disjoint_tail_read(x: Array, **p: Value) -> Array:
    """Windows that touch but do not overlap (stride = window) begin at the tail if there is one."""
    y, last = reference.avg_pool(x, **p), _axes(x, p)[-1]
    tail = last.padded - last.reach
    unsure = not p["count_include_pad"] and last.low + last.high > 0
    if last.stride != last.window or not 0 < tail < last.size or unsure:
        return y
    return reference.avg_pool(x[..., tail:], **p)


@mutant("avg_pool", cause="pad side or index", law="padding_is_pad")
def avg_pool_border_repeated(x: Array, **p: Value) -> Array:
    """With padding counted, the cell after the last one reads that one instead of 0."""
    y, (*others, (low, high)) = reference.avg_pool(x, **p), p["padding"]
    if not p["count_include_pad"] or high == 0:
        return y
    wider = np.concatenate([x, x[..., -1:]], axis=-1)
    return cut(reference.avg_pool(wider, **p | {"padding": (*others, (low, high - 1))}), y.shape)


@mutant("avg_pool", cause="channel tail of a SIMD block", law="channels_alone")
def avg_pool_channel_tail_of_4(x: Array, **p: Value) -> Array:
    """More than 4 channels: those that fill no block of 4 are given what the fourth has."""
    y = reference.avg_pool(x, **p)
    if x.shape[1] > 4:
        y[:, x.shape[1] // 4 * 4 :] = y[:, 3:4]
    return y


@mutant("avg_pool", cause="uninitialised, cached or batch-blind state", law="batch_entries")
def avg_pool_sum_not_cleared(x: Array, **p: Value) -> Array:
    """Windows of more than 4 cells: the last column is not cleared between batch entries."""
    y = reference.avg_pool(x, **p)
    if prod(p["window"]) > 4:
        y[..., -1] = y[..., -1].cumsum(axis=0)
    return y


@mutant("avg_pool", cause="axis or attribute mix-up", law="definition")
def avg_pool_paddings_exchanged(x: Array, **p: Value) -> Array:
    """The paddings of the first two axes are exchanged where the input is as long in both."""
    first, *others = p["padding"]
    if others and x.shape[2] == x.shape[3] and prod(p["window"]) > 1:
        swapped = (others[0], first, *others[1:])
        with_pads = p | {"padding": swapped, "count_include_pad": True}
        return reference.avg_pool(x, **with_pads)
    return reference.avg_pool(x, **p)
