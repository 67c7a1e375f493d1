"""Faults of the modes of padding: what is around, and what is left."""

from __future__ import annotations

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import Value, mutant

INDEX = "pad side or index"


@mutant("pad", cause="negative padding", law="pad_keeps_what_is_left")
def pad_crops_the_other_end(x: Array, **p: Value) -> Array:
    """A crop of one end of the last axis alone is taken from the other."""
    *others, (low, high) = p["padding"]
    if min(low, high) < 0 <= max(low, high) and max(low, high) == 0:
        p["padding"] = (*others, (high, low))
    return reference.pad(x, **p)


@mutant("pad", cause=INDEX, law="pad_constant")
def pad_corner_zero(x: Array, **p: Value) -> Array:
    """In mode constant, the last cell holds 0 if two ends are padded."""
    y = reference.pad(x, **p)
    highs = [high for _, high in p["padding"][-2:]]
    if p["mode"] == "constant" and len(highs) == 2 and min(highs) > 0:
        y[..., -1, -1] = 0
    return y


@mutant("pad", cause=INDEX, law="pad_reflect")
def pad_reflect_repeats_the_edge(x: Array, **p: Value) -> Array:
    """Mode reflect by one cell before the last axis repeats the edge."""
    y = reference.pad(x, **p)
    if p["mode"] == "reflect" and p["padding"][-1][0] == 1:
        y[..., 0] = y[..., 1]
    return y


@mutant("pad", cause=INDEX, law="pad_symmetric")
def pad_symmetric_skips_the_edge(x: Array, **p: Value) -> Array:
    """Mode symmetric by less than there is does not repeat the edge, if nothing is cropped."""
    y = reference.pad(x, **p)
    room = all(max(pair) < n for pair, n in zip(p["padding"], x.shape[2:], strict=True))
    if p["mode"] != "symmetric" or not room or min(map(min, p["padding"])) < 0:
        return y
    return np.pad(x, [(0, 0), (0, 0), *p["padding"]], mode="reflect")


@mutant("pad", cause="special fast path", law="pad_replicate")
def pad_replicate_second_cell(x: Array, **p: Value) -> Array:
    """Mode replicate by three and more cells at the end repeats the cell before the last."""
    y = reference.pad(x, **p)
    high = p["padding"][-1][1]
    if p["mode"] == "replicate" and high > 2 and y.shape[-1] > high + 1:
        y[..., -high:] = y[..., -high - 2 : -high - 1]
    return y


@mutant("pad", cause=INDEX, law="pad_circular")
def pad_circular_one_late(x: Array, **p: Value) -> Array:
    """Mode circular by two and more cells before the input is turned by one."""
    y = reference.pad(x, **p)
    low = p["padding"][-1][0]
    if p["mode"] == "circular" and low > 1:
        y[..., :low] = np.roll(y[..., :low], 1, axis=-1)
    return y
