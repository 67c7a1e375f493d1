"""Faults in output sizes, each where one relationship between the sizes holds."""

from __future__ import annotations

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array
from convspec.spec.relation import axes

from .catalogue import Value, mutant

NAMED = ["same_upper", "same_lower", "valid"]


def _shorter(y: Array) -> Array:
    """`y` without its last column, if it has more than one."""
    return np.ascontiguousarray(y[..., :-1]) if y.shape[-1] > 1 else y


def _longer(y: Array) -> Array:
    """`y` with its last column twice."""
    return np.concatenate([y, y[..., -1:]], axis=-1)


def _last(p: dict[str, Value], **changes: Value) -> dict[str, Value]:
    """The parameters, those named changed for the last axis."""
    return p | {name: (*p[name][:-1], value) for name, value in changes.items()}


def _plain(p: dict[str, Value]) -> bool:
    """Whether the last axis has unit stride and no dilation."""
    return bool(p["stride"][-1] == 1 and p["dilation"][-1] == 1)


@mutant("conv", cause="special fast path", law="size_at_unit_stride_unpadded")
def conv_last_place_missed(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Unit stride and no padding: an even kernel does not get to its last place."""
    y = reference.conv(x, w, b, **p)
    even = w.shape[-1] % 2 == 0
    return _shorter(y) if even and _plain(p) and p["padding"][-1] == (0, 0) else y


@mutant("conv", cause="pad side or index", law="size_at_unit_stride")
def conv_padding_capped_at_kernel(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """At unit stride, padding of as many cells as the kernel has, or more, is cut to one less."""
    low, high = p["padding"][-1]
    k = w.shape[-1]
    if _plain(p) and max(low, high) >= k:
        p = _last(p, padding=(min(low, k - 1), min(high, k - 1)))
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="special fast path", law="half_padding_keeps_size")
def conv_half_padding_by_threes(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Half padding of a kernel of 5 or more gives what padding of 1 gives."""
    half = w.shape[-1] // 2
    if p["stride"][-1] == 1 and half > 1 and p["padding"][-1] == (half, half):
        try:
            return reference.conv(x, w, b, **_last(p, padding=(1, 1)))
        except ValueError:
            pass
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="special fast path", law="full_padding_grows")
def conv_full_padding_cut(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Full padding of a kernel of 3 or more: the last place, one cell over the end, is left out."""
    k = w.shape[-1]
    full = _plain(p) and k > 2 and p["padding"][-1] == (k - 1, k - 1)
    y = reference.conv(x, w, b, **p)
    return _shorter(y) if full else y


@mutant("conv", cause="ceil mode and size rule", law="size_unpadded")
def conv_size_rounded_up(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Without padding, a stride of 3 or more is taken to make one more step than fits."""
    y = reference.conv(x, w, b, **p)
    e = p["dilation"][-1] * (w.shape[-1] - 1) + 1
    rest = (x.shape[-1] - e) % p["stride"][-1]
    return _longer(y) if rest > 1 and p["padding"][-1] == (0, 0) else y


@mutant("max_pool", cause="ceil mode and size rule", law="size_unpadded")
def max_pool_size_from_steps(x: Array, **p: Value) -> Array:
    """Unpadded and overlapping windows: one for every stride that the input has."""
    y, k, s = reference.max_pool(x, **p), p["window"][-1], p["stride"][-1]
    if p["ceil_mode"] or p["padding"][-1] != (0, 0) or not 1 < s < k:
        return y
    return _longer(y) if x.shape[-1] // s > y.shape[-1] else y


@mutant("conv", cause="pad side or index", law="size_padded")
def conv_padding_counted_once(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """A stride of 2 or more: the padding of the high end is forgotten where the kernel fits."""
    low, high = p["padding"][-1]
    e = p["dilation"][-1] * (w.shape[-1] - 1) + 1
    if p["stride"][-1] > 1 and low == high and x.shape[-1] + low >= e:
        p = _last(p, padding=(low, 0))
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="dilation", law="size_dilated")
def conv_extent_of_dilated_times_kernel(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """A dilated kernel of k cells is taken to be d·k long where the stride is 1."""
    y, d = reference.conv(x, w, b, **p), p["dilation"][-1]
    if d > 1 and p["stride"][-1] == 1 and y.shape[-1] > d - 1:
        return np.ascontiguousarray(y[..., : 1 - d])
    return y


@mutant("avg_pool", cause="pad side or index", law="size_unevenly_padded")
def avg_pool_low_padding_twice(x: Array, **p: Value) -> Array:
    """The padding of the high end is taken to be that of the low end where it is more."""
    low, high = p["padding"][-1]
    e = p["dilation"][-1] * (p["window"][-1] - 1) + 1
    if not p["ceil_mode"] and high > low and x.shape[-1] + 2 * low >= e:
        p = _last(p, padding=(low, low))
    return reference.avg_pool(x, **p)


@mutant("max_pool", cause="ceil mode and size rule", law="size_in_ceil_mode")
def max_pool_plain_ceil(x: Array, **p: Value) -> Array:
    """Ceil mode keeps a window that starts past the input: it repeats the one before."""
    y = reference.max_pool(x, **p)
    if not p["ceil_mode"] or isinstance(p["padding"], str):
        return y
    named = {name: p[name] for name in ("stride", "padding", "dilation")}
    last = axes(x.shape[2:], p["window"], **named, ceil=True)[-1]
    return _longer(y) if -(-(last.padded - last.extent) // last.stride) + 1 > last.out else y


@mutant(
    "conv",
    cause="ceil mode and size rule",
    law="size_of_same_padding",
    claims={"named_padding": NAMED},
)
def conv_same_rounds_down(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Same padding: as many outputs as the stride goes into the input, and no rest."""
    y = reference.conv(x, w, b, **p)
    same = str(p["padding"]).startswith("same")
    return _shorter(y) if same and x.shape[-1] % p["stride"][-1] else y


@mutant(
    "max_pool", cause="ceil mode and size rule", law="size_of_valid_padding",
    claims={"named_padding": NAMED},
)  # fmt: skip
def max_pool_valid_keeps_rest(x: Array, **p: Value) -> Array:
    """Valid padding: a rest of the last axis makes a window, as if it were padded."""
    if p["padding"] == "valid" and x.shape[-1] > p["window"][-1]:
        p["ceil_mode"] = True
    return reference.max_pool(x, **p)


@mutant("conv_transpose", cause="special fast path", law="size_of_unit_stride_unpadded_transposed")
def conv_transpose_unit_stride_not_full(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """Unit stride and no padding: a kernel of 3 or more is not let over the end."""
    y = reference.conv_transpose(x, w, b, **p)
    unpadded = p["stride"][-1] == 1 and p["padding"][-1] == (0, 0)
    return _shorter(y) if w.shape[-1] > 2 and unpadded else y


@mutant("conv_transpose", cause="pad side or index", law="size_of_unit_stride_transposed")
def conv_transpose_crop_of_two_is_three(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """Unit stride: a crop of 2 or more at the high end takes one cell too many."""
    y = reference.conv_transpose(x, w, b, **p)
    return _shorter(y) if p["stride"][-1] == 1 and p["padding"][-1][1] > 1 else y


@mutant("conv_transpose", cause="special fast path", law="half_padding_transposed_keeps_size")
def conv_transpose_half_padding_grows(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """The crop of an odd kernel's half, at unit stride, leaves one cell too many."""
    y, half = reference.conv_transpose(x, w, b, **p), w.shape[-1] // 2
    crop = w.shape[-1] % 2 and half and p["padding"][-1] == (half, half)
    return _longer(y) if p["stride"][-1] == 1 and crop else y


@mutant("conv_transpose", cause="special fast path", law="full_padding_transposed_shrinks")
def conv_transpose_full_padding_keeps_size(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """The crop of k − 1 of an even kernel, at unit stride, leaves one cell too many."""
    y, k = reference.conv_transpose(x, w, b, **p), w.shape[-1]
    even = k % 2 == 0 and p["padding"][-1] == (k - 1, k - 1)
    return _longer(y) if p["stride"][-1] == 1 and even else y


@mutant("conv_transpose", cause="ceil mode and size rule", law="size_of_unpadded_transposed")
def conv_transpose_stretched_to_stride(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """Without padding, a stride larger than the kernel makes n·s cells, the last of them bias."""
    s, k = p["stride"][-1], w.shape[-1]
    if s > k and p["padding"][-1] == (0, 0) and p["output_padding"][-1] == 0:
        p = _last(p, output_padding=s - k)
    return reference.conv_transpose(x, w, b, **p)


@mutant("conv_transpose", cause="pad side or index", law="size_of_padded_transposed")
def conv_transpose_cropped_once(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """A stride of 3 or more: the high end is not cropped."""
    if p["stride"][-1] > 2:
        p = _last(p, padding=(p["padding"][-1][0], 0))
    return reference.conv_transpose(x, w, b, **p)


@mutant("conv_transpose", cause="ceil mode and size rule", law="size_of_uneven_transposed")
def conv_transpose_output_padding_of_one(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """Output padding of more than 1 adds a single cell, if that leaves any."""
    more = p["output_padding"][-1]
    if more > 1:
        try:
            return reference.conv_transpose(x, w, b, **_last(p, output_padding=1))
        except ValueError:
            pass
    return reference.conv_transpose(x, w, b, **p)


@mutant("conv_transpose", cause="dilation", law="size_of_any_transposed")
def conv_transpose_dilated_without_output_padding(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """An output padding as large as the stride, which dilation alone allows, is left out."""
    y, more = reference.conv_transpose(x, w, b, **p), p["output_padding"][-1]
    if p["stride"][-1] <= more < y.shape[-1]:
        return np.ascontiguousarray(y[..., :-more])
    return y
