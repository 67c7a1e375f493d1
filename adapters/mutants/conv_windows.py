"""Faults of convolution in where its windows lie: padding, stride, dilation, sizes, taps."""

from __future__ import annotations

from math import prod

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array
from convspec.spec.relation import axes, same_padding

from .catalogue import Value, cut, mutant

NAMED = ["same_upper", "same_lower", "valid"]


@mutant("conv", cause="pad side or index", law="padding_is_pad")
def conv_pads_swapped(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Low and high padding of the last axis are exchanged."""
    *others, (low, high) = p["padding"]
    return reference.conv(x, w, b, **p | {"padding": (*others, (high, low))})


@mutant("conv", cause="pad side or index", law="padding_is_pad")
def conv_even_kernel_centred(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """An even kernel on a last axis padded alike on both sides is read one cell early."""
    *others, (low, high) = p["padding"]
    if low == high > 0 and w.shape[-1] % 2 == 0:
        p["padding"] = (*others, (low + 1, high - 1))
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="axis or attribute mix-up", law="definition")
def conv_low_pads_reversed(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """The low paddings are taken in reverse order of the axes, though the size is right."""
    lows = [low for low, _ in reversed(p["padding"])]
    totals = [low + high for low, high in p["padding"]]
    if all(low <= total for low, total in zip(lows, totals, strict=True)):
        moved = zip(lows, totals, strict=True)
        p["padding"] = tuple((low, total - low) for low, total in moved)
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="axis or attribute mix-up", law="stride_subsamples")
def conv_stride_of_first_axis(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """An axis with a longer stride than the first is walked with the first one's."""
    steps = tuple(min(s, p["stride"][0]) for s in p["stride"])
    y = reference.conv(x, w, b, **p)
    return cut(reference.conv(x, w, b, **p | {"stride": steps}), y.shape)


@mutant("conv", cause="axis or attribute mix-up", law="definition")
def conv_strides_reversed_if_dilated(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """Where every axis is dilated, the strides are taken in reverse order of the axes."""
    if min(p["dilation"]) > 1:
        p["stride"] = p["stride"][::-1]
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="dilation", law="dilation_spreads")
def conv_dilation_of_first_axis(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """An axis with a wider dilation than the first is read with the first one's."""
    spread = tuple(min(d, p["dilation"][0]) for d in p["dilation"])
    y = reference.conv(x, w, b, **p)
    return cut(reference.conv(x, w, b, **p | {"dilation": spread}), y.shape)


@mutant("conv", cause="dilation", law="dilation_spreads")
def conv_dilation_lost_if_strided(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """On an axis that is strided as well, dilation counts for the size but not for the taps."""
    spread = tuple(d if s == 1 else 1 for d, s in zip(p["dilation"], p["stride"], strict=True))
    y = reference.conv(x, w, b, **p)
    return cut(reference.conv(x, w, b, **p | {"dilation": spread}), y.shape)


@mutant("conv", cause="dilation", law="definition")
def conv_dilated_and_strided_refused(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """Dilation beyond 2 together with stride beyond 2 is refused as not implemented."""
    if max(p["dilation"]) > 2 and max(p["stride"]) > 2:
        raise NotImplementedError("such dilation with such stride")
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="special fast path", law="stride_subsamples")
def conv_pointwise_unstrided(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """The fast path of a kernel of one cell ignores stride and returns the leading cells."""
    y = reference.conv(x, w, b, **p)
    if prod(w.shape[2:]) > 1:
        return y
    return cut(reference.conv(x, w, b, **p | {"stride": (1,) * len(p["stride"])}), y.shape)


@mutant("conv", cause="special fast path", law="output_size")
def conv_pointwise_unpadded(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """The fast path of a kernel of one cell ignores padding."""
    if prod(w.shape[2:]) == 1:
        p["padding"] = ((0, 0),) * len(p["padding"])
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="special fast path", law="impulse_response")
def conv_odd_column_of_three_taps(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Three undilated taps on the last axis: the last of an odd number of columns lacks one."""
    y = reference.conv(x, w, b, **p)
    if w.shape[-1] == 3 and p["dilation"][-1] == 1 and y.shape[-1] % 2:
        short = w.copy()
        short[..., 2] = 0
        y[..., -1] = reference.conv(x, short, b, **p)[..., -1]
    return y


@mutant("conv", cause="special fast path", law="stride_subsamples")
def conv_stride_beyond_kernel(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """A stride longer than the kernel is shortened to the kernel: no cell is skipped."""
    steps = tuple(min(s, k) for s, k in zip(p["stride"], w.shape[2:], strict=True))
    y = reference.conv(x, w, b, **p)
    return cut(reference.conv(x, w, b, **p | {"stride": steps}), y.shape)


@mutant("conv", cause="special fast path", law="definition")
def conv_columns_past_16(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Past the 16th column, those that fill no block of 16 repeat the last whole block's end."""
    y = reference.conv(x, w, b, **p)
    whole = y.shape[-1] // 16 * 16
    if whole:
        y[..., whole:] = y[..., whole - 1 : whole]
    return y


@mutant("conv", cause="ceil mode and size rule", law="output_size")
def conv_size_rounded_up_if_dilated(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """The size of a dilated last axis is rounded up where its stride does not divide."""
    last = axes(x.shape[2:], w.shape[2:], **{k: p[k] for k in ("stride", "padding", "dilation")})[
        -1
    ]
    tail = (last.padded - last.extent) % last.stride
    if last.dilation > 1 and tail:
        p["padding"] = (*p["padding"][:-1], (last.low, last.high + last.stride - tail))
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="uninitialised, cached or batch-blind state", law="definition")
def conv_padding_only_unwritten(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """A column whose window lies wholly in the padding is never written: it holds 7."""
    y = reference.conv(x, w, b, **p)
    last = axes(x.shape[2:], w.shape[2:], **{k: p[k] for k in ("stride", "padding", "dilation")})[
        -1
    ]
    y[..., np.array(last.real_counts()) == 0] = 7
    return y


@mutant("conv", cause="index overflow", law="definition")
def conv_plane_index_in_8_bits(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """The position in a plane is kept in 8 bits: the cells past the 256th read the first ones."""
    planes = x.reshape(*x.shape[:2], -1)
    wrapped = planes[..., np.arange(planes.shape[2]) % 256].reshape(x.shape)
    return reference.conv(wrapped, w, b, **p)


@mutant("conv", cause="axis or attribute mix-up", law="impulse_response")
def conv_square_kernel_transposed(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """A kernel whose last two axes are equally long is transposed in them."""
    if w.ndim > 3 and w.shape[-1] == w.shape[-2]:
        w = w.swapaxes(-1, -2)
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="pad side or index", law="named_padding", claims={"named_padding": NAMED})
def conv_same_odd_cell_if_strided(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """same_upper puts the odd cell at the low end, but only where some axis is strided."""
    if p["padding"] == "same_upper" and max(p["stride"]) > 1:
        p["padding"] = "same_lower"
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="pad side or index", law="named_padding", claims={"named_padding": NAMED})
def conv_same_as_if_unstrided(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """same padding is computed without stride: the size is right, the windows are not."""
    if p["padding"] in ("same_upper", "same_lower"):
        p["padding"] = tuple(
            same_padding(n, k, 1, d, p["padding"] == "same_lower")
            for n, k, d in zip(x.shape[2:], w.shape[2:], p["dilation"], strict=True)
        )
    return reference.conv(x, w, b, **p)
