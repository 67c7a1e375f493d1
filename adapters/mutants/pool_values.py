"""Faults in what pools do to values, and in what they have to do with other operations."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array
from convspec.spec.relation import Axis, axes

from .catalogue import Value, gradient_mutant, mutant


def _axes(x: Array, p: dict[str, Value]) -> tuple[Axis, ...]:
    named = {name: p[name] for name in ("stride", "padding", "dilation")}
    return axes(x.shape[2:], p["window"], **named, ceil=p["ceil_mode"])


def _tiled(p: dict[str, Value]) -> bool:
    """Whether the windows lie side by side along the last axis."""
    return bool(p["stride"][-1] == p["window"][-1] > 1 and p["dilation"][-1] == 1)


def _tap(x: Array, p: dict[str, Value], tap: int) -> Array:
    """The cells of the last axis that are that tap of windows side by side."""
    low, k = p["padding"][-1][0], p["window"][-1]
    found: Array = np.flatnonzero((np.arange(x.shape[-1]) + low) % k == tap)
    return found


def _passed_over(x: Array, p: dict[str, Value], tap: int, instead: int) -> Array:
    """x with other cells in place of one tap of windows side by side: those `instead` further."""
    cells = _tap(x, p, tap)
    cells = cells[(cells + instead >= 0) & (cells + instead < x.shape[-1])]
    x = x.copy()
    x[..., cells] = x[..., cells + instead]
    return x


@mutant("avg_pool", cause="average divisor", law="uniform_kernel")
def avg_pool_long_window_not_divided(x: Array, **p: Value) -> Array:
    """A window of 5 or more along the last axis is divided by 4 there, if all of it counts."""
    y, last = reference.avg_pool(x, **p), _axes(x, p)[-1]
    whole = np.array(last.real_counts()) == last.window
    if last.window > 4:
        y[..., whole] *= y.dtype.type(last.window / 4)
    return y


@mutant("max_pool", cause="special fast path", law="subsampling")
def max_pool_of_one_cell_from_the_end(x: Array, **p: Value) -> Array:
    """A window of one cell: the strides along the last axis are counted from its end."""
    rest = (x.shape[-1] - 1) % p["stride"][-1]
    if prod(p["window"]) == 1 and p["padding"][-1] == (0, 0) and not p["ceil_mode"]:
        x = x[..., rest:]
    return reference.max_pool(x, **p)


@mutant("avg_pool", cause="special fast path", law="grouping")
def avg_pool_odd_groups_in_pairs(x: Array, **p: Value) -> Array:
    """Side by side, a window of an odd number of cells has its last but one twice."""
    k = p["window"][-1]
    if _tiled(p) and k % 2:
        x = _passed_over(x, p, k - 1, -1)
    return reference.avg_pool(x, **p)


@mutant("max_pool", cause="special fast path", law="nested")
def max_pool_last_of_four_passed_over(x: Array, **p: Value) -> Array:
    """Side by side, a window of 4 or more along the last axis passes over its last cell."""
    k = p["window"][-1]
    return reference.max_pool(_passed_over(x, p, k - 1, -1) if _tiled(p) and k > 3 else x, **p)


@mutant("max_pool", cause="special fast path", law="pool_of_pool")
def max_pool_running_maximum_kept(x: Array, **p: Value) -> Array:
    """Unit stride, 5 or more taps: the running maximum of the last axis never goes down."""
    y = reference.max_pool(x, **p)
    if p["stride"][-1] == 1 and p["window"][-1] > 4:
        y = np.maximum.accumulate(y, axis=-1)
    return y


@mutant("avg_pool", cause="channel tail of a SIMD block", law="channels_kept")
def avg_pool_channels_in_blocks_of_8(x: Array, **p: Value) -> Array:
    """More than 8 channels: those that fill no block of 8 are dropped."""
    y = reference.avg_pool(x, **p)
    channels = x.shape[1]
    return np.ascontiguousarray(y[:, : channels // 8 * 8]) if channels > 8 else y


@mutant("global_avg_pool", cause="channel tail of a SIMD block", law="channels_kept")
def global_avg_pool_channels_in_blocks_of_4(x: Array) -> Array:
    """Channels are rounded up to a multiple of 4 if there are more than 4; the new ones hold 0."""
    y, channels = reference.global_avg_pool(x), x.shape[1]
    return np.pad(y, ((0, 0), (0, -channels % 4))) if channels > 4 else y


@mutant("avg_pool", cause="average divisor", law="constants")
def avg_pool_divided_by_stride(x: Array, **p: Value) -> Array:
    """Where the stride of the last axis exceeds the window, it is what is divided by."""
    y, k, s = reference.avg_pool(x, **p), p["window"][-1], p["stride"][-1]
    return y * y.dtype.type(k / s) if s > k else y


@mutant("max_pool", cause="uninitialised, cached or batch-blind state", law="range")
def max_pool_last_starts_at_zero(x: Array, **p: Value) -> Array:
    """With a stride of more than 1, the last maximum of each row starts at 0."""
    y = reference.max_pool(x, **p)
    if p["stride"][-1] > 1:
        y[..., -1] = np.maximum(y[..., -1], 0)
    return y


@mutant("global_avg_pool", cause="low-precision accumulation", law="range")
def global_avg_pool_mean_of_row_sums(x: Array) -> Array:
    """More than 4 cells in a row: each row is divided by one cell less than it has."""
    y, width = reference.global_avg_pool(x), x.shape[-1]
    return y * y.dtype.type(width / (width - 1)) if width > 4 else y


@mutant("avg_pool", cause="NaN and −∞", law="monotone")
def avg_pool_large_sums_dropped(x: Array, **p: Value) -> Array:
    """A mean above 3 is taken for an overflow and becomes 0."""
    y = reference.avg_pool(x, **p)
    return np.where(y > 3, y.dtype.type(0), y)


@mutant("max_pool", cause="argmax and ties", law="increasing_maps")
def max_pool_of_magnitudes(x: Array, **p: Value) -> Array:
    """Windows of 3 or more cells along the last axis: a negative maximum above −3 becomes 0."""
    y = reference.max_pool(x, **p)
    if p["window"][-1] < 3:
        return y
    return np.where((y < 0) & (y > -3), y.dtype.type(0), y)


@mutant("max_pool", cause="low-precision accumulation", law="lipschitz")
def max_pool_rounded_to_threes(x: Array, **p: Value) -> Array:
    """With a stride of more than 2, what comes out is rounded down to a multiple of 3."""
    y = reference.max_pool(x, **p)
    if p["stride"][-1] < 3:
        return y
    whole = np.where(np.isfinite(y), y, 0)
    return np.where(np.isfinite(y), whole - whole % 3, y).astype(y.dtype)


@mutant("max_pool", cause="pad side or index", law="lone_peak")
def max_pool_first_cell_not_read(x: Array, **p: Value) -> Array:
    """With padding before the last axis, its first cell is left out of windows of 3 or more."""
    low, k = p["padding"][-1][0], p["window"][-1]
    if low and k > 2 and x.shape[-1] > 1:
        x = x.copy()
        x[..., 0] = x[..., 1]
    return reference.max_pool(x, **p)


@mutant("max_pool", cause="special fast path", law="above_the_mean")
def max_pool_second_greatest(x: Array, **p: Value) -> Array:
    """An unpadded window of more than 4 cells in all: its last column is taken for padding."""
    if prod(p["window"]) <= 4 or any(pair != (0, 0) for pair in p["padding"]) or p["ceil_mode"]:
        return reference.max_pool(x, **p)
    shorter = (*p["window"][:-1], p["window"][-1] - 1)
    if shorter[-1] == 0:
        return reference.max_pool(x, **p)
    y = reference.max_pool(x, **p)
    return np.ascontiguousarray(
        reference.max_pool(x, **p | {"window": shorter})[..., : y.shape[-1]]
    )


@mutant("avg_pool", cause="uninitialised, cached or batch-blind state", law="total_variation")
def avg_pool_every_second_starts_at_16(x: Array, **p: Value) -> Array:
    """Windows of 4 or more side by side along the last axis: every second mean is 16 too much."""
    y = reference.avg_pool(x, **p)
    if _tiled(p) and p["window"][-1] > 3:
        y[..., 1::2] += 16
    return y


@mutant("max_pool", cause="argmax and ties", law="discarded_cells")
def max_pool_spread_subtracted(x: Array, **p: Value) -> Array:
    """Windows of over 4 cells: the maximum falls by 1 where a cell lies 6 or more below it."""
    y = reference.max_pool(x, **p)
    if prod(p["window"]) <= 4:
        return y
    least = -reference.max_pool(-x, **p)
    return np.where(y - least >= 6, y - 1, y).astype(y.dtype)


@mutant("max_pool", cause="axis or attribute mix-up", law="window_permutation")
def max_pool_last_tap_weighs_less(x: Array, **p: Value) -> Array:
    """Side by side, a positive cell in the last column of a window of 3 or more counts 1 less."""
    k = p["window"][-1]
    if _tiled(p) and k > 2:
        x, cells = x.copy(), _tap(x, p, k - 1)
        x[..., cells] -= (x[..., cells] > 0).astype(x.dtype)
    return reference.max_pool(x, **p)


@mutant("max_pool", cause="pad side or index", law="small_shift")
def max_pool_first_of_three_passed_over(x: Array, **p: Value) -> Array:
    """Side by side, a window of 3 or more along the last axis begins one cell too late."""
    late = _tiled(p) and p["window"][-1] > 2
    return reference.max_pool(_passed_over(x, p, 0, 1) if late else x, **p)


@mutant("avg_pool", cause="special fast path", law="sums_preserved")
def avg_pool_third_taken_for_first(x: Array, **p: Value) -> Array:
    """Side by side, the third cell of a window of 3 or more counts as what the first holds."""
    if _tiled(p) and p["window"][-1] > 2:
        x = _passed_over(x, p, 2, -2)
    return reference.avg_pool(x, **p)


@gradient_mutant("avg_pool", cause="backward does not match forward", law="pool_coverage")
def avg_pool_dx_without_first_output(
    inputs: Sequence[Array], g: Array, **p: Value
) -> tuple[Array, ...]:
    """Overlapping windows: the first output of the last axis passes nothing back."""
    if p["stride"][-1] < p["window"][-1] and g.shape[-1] > 1:
        g = g.copy()
        g[..., 0] = 0
    return reference.vjp("avg_pool", inputs, g, **p)


@gradient_mutant("avg_pool", cause="backward does not match forward", law="read_once")
def avg_pool_dx_rest_gets_the_last(
    inputs: Sequence[Array], g: Array, **p: Value
) -> tuple[Array, ...]:
    """Windows side by side: cells left over on the last axis get what the last window's get."""
    (x,), last = inputs, _axes(inputs[0], p)[-1]
    (dx,) = reference.vjp("avg_pool", (x,), g, **p)
    rest = last.size - last.reach
    if _tiled(p) and rest > 0 and not p["ceil_mode"]:
        dx[..., -rest:] = dx[..., -rest - 1 : -rest]
    return (dx,)


@gradient_mutant("conv", cause="backward does not match forward", law="overlap")
def conv_dx_overwritten_by_neighbour(
    inputs: Sequence[Array], g: Array, **p: Value
) -> tuple[Array, ...]:
    """At unit stride and without padding, the last tap of the last axis passes nothing back."""
    dx, *others = reference.vjp("conv", inputs, g, **p)
    w = inputs[1]
    if p["stride"][-1] == 1 and p["padding"][-1] == (0, 0) and w.shape[-1] > 2:
        w = w.copy()
        w[..., -1] = 0
        dx = reference.vjp("conv", (inputs[0], w, *inputs[2:]), g, **p)[0]
    return dx, *others


@gradient_mutant("conv", cause="backward does not match forward", law="padding_gradient")
def conv_dx_padding_folded_back(inputs: Sequence[Array], g: Array, **p: Value) -> tuple[Array, ...]:
    """Padding of 2 or more before the last axis: the first cell gets its neighbour's share, too."""
    dx, *others = reference.vjp("conv", inputs, g, **p)
    (*rest, (low, high)) = p["padding"]
    if low > 1:
        x, *weights = inputs
        wider = np.concatenate([np.zeros_like(x[..., :1]), x], axis=-1)
        changed = p | {"padding": (*rest, (low - 1, high))}
        border = reference.vjp("conv", (wider, *weights), g, **changed)[0][..., 0]
        dx[..., 0] += border
    return dx, *others


@mutant("conv", cause="missing validation, out of bounds", law="shrinks_away")
def conv_kernel_cut_to_input(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """An unpadded kernel of 2 cells or more that exceeds the last axis is cut to what fits."""
    n, k = x.shape[-1], w.shape[-1]
    pads = p["padding"]
    if isinstance(pads, tuple) and 0 < n < k and pads and pads[-1] == (0, 0):
        w = np.ascontiguousarray(w[..., :n])
    return reference.conv(x, w, b, **p)


@mutant("global_max_pool", cause="special fast path", law="position_blind")
def global_max_pool_last_column_late(x: Array) -> Array:
    """More than 4 columns: the last column is only looked at if the one before is positive."""
    if x.shape[-1] <= 4:
        return reference.global_max_pool(x)
    x = x.copy()
    x[..., -1] = np.where(x[..., -2] > 0, x[..., -1], x[..., -2])
    return reference.global_max_pool(x)


@mutant("global_avg_pool", cause="index overflow", law="any_size")
def global_avg_pool_count_in_a_byte(x: Array) -> Array:
    """The divisor is kept in 6 bits: from 64 cells on it begins anew."""
    y, cells = reference.global_avg_pool(x), prod(x.shape[2:])
    y *= y.dtype.type(cells / (cells % 64 or 64))
    return y


@mutant("global_avg_pool", cause="average divisor", law="full_window")
def global_avg_pool_square_planes_halved(x: Array) -> Array:
    """A plane as high as it is wide, larger than 4×4, is divided by twice its cells."""
    y, (*_, height, width) = reference.global_avg_pool(x), x.shape
    return y / 2 if x.ndim > 3 and height == width > 4 else y


@mutant("global_max_pool", cause="axis or attribute mix-up", law="adaptive_to_one")
def global_max_pool_over_first_half(x: Array) -> Array:
    """Of an even number of 6 columns or more, the second half is not looked at."""
    width = x.shape[-1]
    half = width // 2 if width > 5 and width % 2 == 0 else width
    return reference.global_max_pool(x[..., :half])


@mutant("global_sum_pool", cause="special fast path", law="as_dense")
def global_sum_pool_tail_of_4(x: Array) -> Array:
    """Rows of 5 to 7 cells: those that fill no block of 4 are not added."""
    return reference.global_sum_pool(x[..., :4] if 4 < x.shape[-1] < 8 else x)


@mutant("global_avg_pool", cause="average divisor", law="sum_for_mean")
def global_avg_pool_column_mean_only(x: Array) -> Array:
    """A single row is summed and not divided, if it has more than two cells."""
    y, width = reference.global_avg_pool(x), x.shape[-1]
    single = prod(x.shape[2:]) == width > 2
    return y * y.dtype.type(width) if single else y


@mutant("global_avg_pool", cause="axis or attribute mix-up", law="class_activation_map")
def global_avg_pool_third_channel_first(x: Array) -> Array:
    """The third channel has the first one's mean if there are exactly three."""
    y = reference.global_avg_pool(x)
    if x.shape[1] == 3:
        y[:, 2] = y[:, 0]
    return y


@mutant("global_avg_pool", cause="special fast path", law="head")
def global_avg_pool_last_channel_of_many(x: Array) -> Array:
    """From 5 channels on, the last of them is divided by one cell more than it has."""
    y, cells = reference.global_avg_pool(x), prod(x.shape[2:])
    if x.shape[1] > 4:
        y[:, -1] *= y.dtype.type(cells / (cells + 1))
    return y
