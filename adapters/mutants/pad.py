"""Faults of padding: what lies beyond the edge, which side, and what negative amounts do."""

from __future__ import annotations

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import Value, mutant


@mutant("pad", cause="axis or attribute mix-up", law="output_size")
def pad_last_axis_first(x: Array, **p: Value) -> Array:
    """With mode symmetric or circular, amounts are read last axis first (where they fit)."""
    turned = p["padding"][::-1]
    most = [max(pair) <= n + min(*pair, 0) * 2 for pair, n in zip(turned, x.shape[2:], strict=True)]
    if p["mode"] in ("symmetric", "circular") and all(most):
        p["padding"] = turned
    return reference.pad(x, **p)


@mutant("pad", cause="pad side or index", law="definition")
def pad_sides_swapped_if_replicate(x: Array, **p: Value) -> Array:
    """In mode replicate, low and high of the last axis are exchanged."""
    *others, (low, high) = p["padding"]
    if p["mode"] == "replicate" and min(low, high) >= 0:
        p["padding"] = (*others, (high, low))
    return reference.pad(x, **p)


def _last(y: Array, column: int, source: int) -> Array:
    """`y` with a column of its last axis taken from another one."""
    y[..., column] = y[..., source]
    return y


@mutant("pad", cause="pad side or index", law="impulse_response")
def pad_reflect_repeats_high_edge(x: Array, **p: Value) -> Array:
    """In mode reflect, the cell after the last one of the last axis repeats it."""
    y, high = reference.pad(x, **p), p["padding"][-1][1]
    return _last(y, -high, -high - 1) if p["mode"] == "reflect" and high > 0 else y


@mutant("pad", cause="pad side or index", law="definition")
def pad_symmetric_skips_low_edge(x: Array, **p: Value) -> Array:
    """In mode symmetric, the cell before the first one of the last axis is the second one."""
    y, low = reference.pad(x, **p), p["padding"][-1][0]
    inside = low + 1 < y.shape[-1]
    return _last(y, low - 1, low + 1) if p["mode"] == "symmetric" and low > 0 and inside else y


@mutant("pad", cause="pad side or index", law="impulse_response")
def pad_circular_late_at_high_end(x: Array, **p: Value) -> Array:
    """In mode circular, what follows the last cell of the last axis starts with the second."""
    y, (low, high) = reference.pad(x, **p), p["padding"][-1]
    if p["mode"] == "circular" and high > 0 and low >= 0:
        y[..., -high:] = np.roll(y[..., low:-high], -1, axis=-1)[..., :high]
    return y


@mutant("pad", cause="negative padding", law="definition")
def pad_crops_last(x: Array, **p: Value) -> Array:
    """Where an axis is both padded and cropped, it is padded first: the padding differs."""
    padded = tuple((max(low, 0), max(high, 0)) for low, high in p["padding"])
    cropped = tuple((min(low, 0), min(high, 0)) for low, high in p["padding"])
    return reference.pad(reference.pad(x, **p | {"padding": padded}), **p | {"padding": cropped})


@mutant("pad", cause="negative padding", law="impulse_response")
def pad_crops_other_side(x: Array, **p: Value) -> Array:
    """What is to be cropped at the low end of the last axis goes from its high end."""
    *others, (low, high) = p["padding"]
    if low < 0 and high <= 0:
        p["padding"] = (*others, (0, high + low))
    return reference.pad(x, **p)


@mutant("pad", cause="axis or attribute mix-up", law="definition")
def pad_value_lost_if_cropped(x: Array, **p: Value) -> Array:
    """If any axis is cropped, the padding of the others is 0, whatever the value."""
    if min(min(pair) for pair in p["padding"]) < 0:
        p["value"] = 0
    return reference.pad(x, **p)


@mutant("pad", cause="pad side or index", law="impulse_response")
def pad_replicate_without_corners(x: Array, **p: Value) -> Array:
    """In mode replicate, the corner before the first cells of the last two axes stays 0."""
    y = reference.pad(x, **p)
    if p["mode"] == "replicate" and x.ndim > 3:
        (rows, _), (columns, _) = p["padding"][-2:]
        y[..., : max(rows, 0), : max(columns, 0)] = 0
    return y


@mutant("pad", cause="channel tail of a SIMD block", law="channels_alone")
def pad_odd_channel_keeps_border(x: Array, **p: Value) -> Array:
    """The border of the last of an odd number of channels is that of the one before it."""
    y, high = reference.pad(x, **p), p["padding"][-1][1]
    if x.shape[1] > 1 and x.shape[1] % 2 and high > 0:
        y[:, -1, ..., -high:] = y[:, -2, ..., -high:]
    return y


@mutant("pad", cause="uninitialised, cached or batch-blind state", law="batch_entries")
def pad_border_of_second_entry_on(x: Array, **p: Value) -> Array:
    """From batch entry 1 on, the cells after the last one hold what the first entry has there."""
    y, high = reference.pad(x, **p), p["padding"][-1][1]
    if high > 0:
        y[1:, ..., -high:] = y[:1, ..., -high:]
    return y


@mutant("pad", cause="pad side or index", law="adjoint")
def pad_reflect_shifted_at_low_end(x: Array, **p: Value) -> Array:
    """In mode reflect with a low padding of two or more, its outermost cell repeats the next."""
    y, low = reference.pad(x, **p), p["padding"][-1][0]
    return _last(y, 0, 1) if p["mode"] == "reflect" and low > 1 else y
