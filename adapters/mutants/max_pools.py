"""Faults of max pooling: its identity, NaN, indices and ties."""

from __future__ import annotations

from math import prod

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array
from convspec.reference.window import windows
from convspec.spec.relation import Axis, axes

from .catalogue import Value, cut, mutant

NAMED = ["same_upper", "same_lower", "valid"]
Pair = tuple[Array, Array]


def _axes(x: Array, p: dict[str, Value]) -> tuple[Axis, ...]:
    named = {name: p[name] for name in ("stride", "padding", "dilation")}
    return axes(x.shape[2:], p["window"], **named, ceil=p["ceil_mode"])


@mutant("max_pool", cause="NaN and −∞", law="max_linear")
def max_pool_padding_is_zero(x: Array, **p: Value) -> Array:
    """The first cell of the high padding of the last axis counts as 0, but not in ceil mode."""
    *others, (low, high) = p["padding"]
    if high == 0 or p["ceil_mode"]:
        return reference.max_pool(x, **p)
    wider = np.concatenate([x, np.zeros_like(x[..., :1])], axis=-1)
    return reference.max_pool(wider, **p | {"padding": (*others, (low, high - 1))})


@mutant("max_pool", cause="NaN and −∞", law="impulse_response_max")
def max_pool_starts_at_lowest(x: Array, **p: Value) -> Array:
    """A window of one cell on the last axis starts at the least finite number, not at −∞."""
    y = reference.max_pool(x, **p)
    return np.maximum(y, np.finfo(y.dtype).min) if p["window"][-1] == 1 else y


@mutant("max_pool", cause="NaN and −∞", law="nan")
def max_pool_nan_past_first_tap(x: Array, **p: Value) -> Array:
    """A comparison that is false for NaN: only one in the first tap of a window survives."""
    kept = np.where(np.isnan(x), -np.inf, x)
    y = reference.max_pool(kept, **p)
    first = reference.max_pool(x, **p | {"window": (1,) * len(p["window"])})
    return np.where(np.isnan(cut(first, y.shape)), x.dtype.type(np.nan), y)


@mutant("max_pool", cause="ceil mode and size rule", law="output_size")
def max_pool_ceil_keeps_padding_window(x: Array, **p: Value) -> Array:
    """In ceil mode, a last window that starts in the high padding of the last axis is kept."""
    y = reference.max_pool(x, **p)
    *_, (low, high) = p["padding"]
    extent = p["dilation"][-1] * (p["window"][-1] - 1) + 1
    room, stride = x.shape[-1] + low + high - extent, p["stride"][-1]
    if p["ceil_mode"] and -(-room // stride) + 1 > y.shape[-1]:
        y = np.concatenate([y, np.full_like(y[..., :1], -np.inf)], axis=-1)
    return y


@mutant("max_pool", cause="ceil mode and size rule", law="ceil_extends_floor")
def max_pool_ceil_aligned_high(x: Array, **p: Value) -> Array:
    """In ceil mode, the windows of the last axis end at the end and hang over the beginning."""
    if not p["ceil_mode"]:
        return reference.max_pool(x, **p)
    last = _axes(x, p)[-1]
    pads = (*p["padding"][:-1], (last.low + last.overhang, last.high))
    return cut(reference.max_pool(x, **p | {"padding": pads}), reference.max_pool(x, **p).shape)


@mutant("max_pool", cause="special fast path", law="stride_subsamples")
def max_pool_tail_read(x: Array, **p: Value) -> Array:
    """The last window of a strided last axis also reads the tail that no window reaches."""
    y = reference.max_pool(x, **p)
    last = _axes(x, p)[-1]
    read = last.reach - last.low
    if 0 < read < x.shape[-1]:
        folded = x.copy()
        folded[..., read - 1] = x[..., read - 1 :].max(axis=-1)
        y[..., -1] = reference.max_pool(folded, **p)[..., -1]
    return y


@mutant("max_pool", cause="special fast path", law="results_stay", claims={"named_padding": NAMED})
def max_pool_returns_a_view(x: Array, **p: Value) -> Array:
    """Windows of one cell without padding: the result is a view of the input, not a copy."""
    if any(a.window > 1 or a.padded > a.size for a in _axes(x, p)):
        return reference.max_pool(x, **p)
    return x[(slice(None), slice(None), *[slice(None, None, s) for s in p["stride"]])]


@mutant("max_pool", cause="special fast path", law="padding_is_pad")
def max_pool_disjoint_pads_swapped(x: Array, **p: Value) -> Array:
    """Windows that touch but do not overlap on the last axis: its paddings are exchanged."""
    *others, (low, high) = p["padding"]
    if p["stride"][-1] == p["window"][-1] and not p["ceil_mode"]:
        p["padding"] = (*others, (high, low))
    return reference.max_pool(x, **p)


@mutant("max_pool", cause="dilation", law="definition")
def max_pool_dilation_lost_if_strided(x: Array, **p: Value) -> Array:
    """Dilation and stride on the last axis: dilation counts for the size but not for the taps."""
    if p["ceil_mode"] or p["stride"][-1] == 1:
        return reference.max_pool(x, **p)
    spread = (*p["dilation"][:-1], 1)
    return cut(reference.max_pool(x, **p | {"dilation": spread}), reference.max_pool(x, **p).shape)


@mutant("max_pool", cause="axis or attribute mix-up", law="definition")
def max_pool_window_reversed(x: Array, **p: Value) -> Array:
    """A window that fits either way round is taken in reverse order of the axes."""
    y = reference.max_pool(x, **p)
    turned = tuple(min(a, b) for a, b in zip(p["window"], p["window"][::-1], strict=True))
    if p["ceil_mode"]:
        return y
    return cut(reference.max_pool(x, **p | {"window": turned}), y.shape)


@mutant("max_pool", cause="pad side or index", law="named_padding", claims={"named_padding": NAMED})
def max_pool_same_lower_is_upper(x: Array, **p: Value) -> Array:
    """same_lower is taken for same_upper where the window is even on the last axis."""
    if p["padding"] == "same_lower" and p["window"][-1] % 2 == 0:
        p["padding"] = "same_upper"
    return reference.max_pool(x, **p)


@mutant("max_pool", cause="channel tail of a SIMD block", law="channels_alone")
def max_pool_odd_channel_with_its_neighbour(x: Array, **p: Value) -> Array:
    """The last of an odd number of channels (three or more) is the maximum with the one before."""
    y = reference.max_pool(x, **p)
    if x.shape[1] > 1 and x.shape[1] % 2:
        y[:, -1] = np.maximum(y[:, -1], y[:, -2])
    return y


@mutant("max_pool", cause="uninitialised, cached or batch-blind state", law="batch_entries")
def max_pool_register_not_cleared(x: Array, **p: Value) -> Array:
    """The maximum of the last column is not cleared between the entries of a batch."""
    y = reference.max_pool(x, **p)
    y[..., -1] = np.maximum.accumulate(y[..., -1], axis=0)
    return y


@mutant("max_pool_with_indices", cause="NaN and −∞", law="nan")
def max_pool_with_indices_nan_lost_if_dilated(x: Array, **p: Value) -> Pair:
    """A dilated window ignores NaN."""
    if max(p["dilation"]) > 1:
        x = np.where(np.isnan(x), x.dtype.type(-np.inf), x)
    return reference.max_pool_with_indices(x, **p)


@mutant("max_pool_with_indices", cause="pad side or index", law="indices")
def max_pool_with_indices_in_padded_plane(x: Array, **p: Value) -> Pair:
    """Along a strided last axis, the index counts the low padding in."""
    y, index = reference.max_pool_with_indices(x, **p)
    if p["stride"][-1] == 1:
        return y, index
    return y, np.where(index >= 0, index + p["padding"][-1][0], index)


@mutant("max_pool_with_indices", cause="argmax and ties", law="indices")
def max_pool_with_indices_last_of_ties(x: Array, **p: Value) -> Pair:
    """Of equal maxima the last is named, where they are not negative."""
    y, index = reference.max_pool_with_indices(x, **p)
    cells = windows(x, _axes(x, p), -np.inf)
    places = windows(np.arange(x[0, 0].size).reshape(1, 1, *x.shape[2:]), _axes(x, p), -1)
    tied = np.where(cells == y.reshape(*x.shape[:2], 1, -1), places, -1)
    return y, np.where(y >= 0, tied.max(axis=2).reshape(y.shape), index)


@mutant("max_pool_with_indices", cause="argmax and ties", law="indices")
def max_pool_with_indices_of_whole_tensor(x: Array, **p: Value) -> Pair:
    """In one dimension, the index counts the batch entries before."""
    y, index = reference.max_pool_with_indices(x, **p)
    if x.ndim > 3:
        return y, index
    before = np.arange(len(x)).reshape(-1, *(1,) * (x.ndim - 1)) * prod(x.shape[2:])
    return y, np.where(index >= 0, index + before, index)


@mutant("max_pool_with_indices", cause="axis or attribute mix-up", law="indices")
def max_pool_with_indices_column_major(x: Array, **p: Value) -> Pair:
    """In two or more dimensions, the index runs along the first spatial axis first."""
    y, index = reference.max_pool_with_indices(x, **p)
    sizes = x.shape[2:]
    where = np.unravel_index(np.maximum(index, 0), sizes)
    flat = np.ravel_multi_index(where, sizes, order="F")
    return y, np.where(index >= 0, flat, index)


@mutant("max_pool_with_indices", cause="index overflow", law="indices")
def max_pool_with_indices_in_8_bits(x: Array, **p: Value) -> Pair:
    """The index is kept in 8 bits: past 255 it starts again at 0."""
    y, index = reference.max_pool_with_indices(x, **p)
    return y, np.where(index >= 0, index % 256, index)


@mutant("max_pool_with_indices", cause="dilation", law="indices")
def max_pool_with_indices_undilated(x: Array, **p: Value) -> Pair:
    """The index is worked out from the tap's number as if the last axis were not dilated."""
    y, index = reference.max_pool_with_indices(x, **p)
    column = index % x.shape[-1]
    start = np.arange(y.shape[-1]) * p["stride"][-1] - p["padding"][-1][0]
    tap = (column - start) // p["dilation"][-1]
    return y, np.where(index >= 0, index - column + np.maximum(start + tap, 0), index)


@mutant("max_pool_with_indices", cause="ceil mode and size rule", law="ceil_extends_floor")
def max_pool_with_indices_ceil_strides_reversed(x: Array, **p: Value) -> Pair:
    """In ceil mode, the strides are taken in reverse order of the axes."""
    if p["ceil_mode"]:
        p["stride"] = p["stride"][::-1]
    return reference.max_pool_with_indices(x, **p)
