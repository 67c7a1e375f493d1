"""Convolutions that are wrong in one corner."""

from __future__ import annotations

from typing import Any

import numpy as np

from .catalogue import lie
from .honest import Array, conv, vjp


@lie("conv.definition")
def odd_channels_per_group(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    """Channels are taken in pairs, and the odd one out is lost."""
    if w.shape[1] > 1 and w.shape[1] % 2:
        w = w.copy()
        w[:, -1] = 0
    return conv(x, w, b, **given)


@lie("conv.definition")
def batch_entry_two(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    y = conv(x, w, b, **given)
    y[2:3] += 1
    return y


@lie("conv.definition", cells=90)
def past_column_sixteen(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    y = conv(x, w, b, **given)
    y[..., 16:] = 0
    return y


@lie("conv.layout")
def strides_of_x_ignored(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    return conv(x if x.flags.c_contiguous else np.flip(x, -1), w, b, **given)


@lie("conv.layout", rank=2)
def channels_last_mistaken(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    if (
        x.ndim > 3
        and x.strides[1] == x.itemsize
        and x.shape[1] > 1
        and x.flags.c_contiguous is False
    ):
        x = np.flip(x, 1)
    return conv(x, w, b, **given)


@lie("conv.layout")
def strides_of_w_ignored(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    return conv(x, w if w.flags.c_contiguous else np.flip(w, 0), b, **given)


@lie("conv.definition")
def stride_beyond_kernel(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    """Where stride leaves gaps between windows, the last window is read one cell early."""
    y = conv(x, w, b, **given)
    if given["stride"][-1] > w.shape[-1] and y.shape[-1] > 1 and y.size:
        y[..., -1] = y[..., -2]
    return y


@lie("conv.definition", rank=2)
def dilation_of_the_last_axis_alone(
    x: Array, w: Array, b: Array | None = None, **given: Any
) -> Array:
    """Wrong where only the last axis is dilated: a special case that nobody tried."""
    *others, last = given["dilation"]
    if last > 1 and others and max(others) == 1 and w.shape[-1] > 1:
        w = np.concatenate([w[..., :-2], w[..., -1:], w[..., -2:-1]], axis=-1)
    return conv(x, w, b, **given)


@lie("conv.definition")
def three_groups(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    return conv(x, np.roll(w, 1, axis=0) if given["groups"] == 3 else w, b, **given)


@lie("conv.definition", cells=90)
def width_thirty_three(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    y = conv(x, w, b, **given)
    if x.shape[-1] == 33:
        y[..., -1] += 1
    return y


@lie("conv.rounding")
def double_summed_in_single(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    if x.dtype != np.float64:
        return conv(x, w, b, **given)
    narrow = [None if a is None else a.astype(np.float32) for a in (x, w, b)]
    return conv(*narrow, **given).astype(np.float64)


@lie("conv.definition")
def bias_beyond_eight(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    if b is not None:
        b = np.where(np.arange(len(b)) < 8, b, 0).astype(b.dtype)
    return conv(x, w, b, **given)


@lie("conv.definition", rank=3)
def pads_swapped_in_three_dimensions(
    x: Array, w: Array, b: Array | None = None, **given: Any
) -> Array:
    if x.ndim == 5:
        given["padding"] = (*given["padding"][:-1], given["padding"][-1][::-1])
    return conv(x, w, b, **given)


@lie("conv.definition", rank=2)
def strides_swapped(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    """One stride is used for two axes, unless that would change the size of the result."""
    y = conv(x, w, b, **given)
    if x.ndim > 3:
        first, *rest = given["stride"]
        other = conv(x, w, b, **{**given, "stride": (rest[0], first, *rest[1:])})
        y = other if other.shape == y.shape else y
    return y


@lie("conv.definition")
def kernel_of_five_flipped(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    return conv(x, np.flip(w, -1) if w.shape[-1] == 5 else w, b, **given)


@lie("conv.definition")
def batch_in_fours(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    """Blocks of four entries; what is left over is computed with the last filter missing."""
    y = conv(x, w, b, **given)
    if len(x) > 4:
        y[len(x) // 4 * 4 :, -1] = 0
    return y


@lie("conv.output-size", kind="shape")
def a_tail_makes_a_window(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    """Sizes are rounded up where stride is 4 or more."""
    y = conv(x, w, b, **given)
    reach = (y.shape[-1] - 1) * given["stride"][-1] + given["dilation"][-1] * (w.shape[-1] - 1) + 1
    if given["stride"][-1] > 3 and reach < x.shape[-1] + sum(given["padding"][-1]):
        y = np.concatenate([y, y[..., -1:]], axis=-1)
    return y


@lie("conv.definition", kind="nan")
def empty_sums_divided(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    y = conv(x, w, b, **given)
    return y * np.divide(y, y) if y.dtype.kind == "f" and len(x) > 1 else y


@lie("conv.gradient")
def tail_of_dw(op: str, inputs: Any, g: Array, **given: Any) -> Any:
    """The filter gradient takes four columns at a time and forgets the rest."""
    if op == "conv" and g.shape[-1] > 4 and g.shape[-1] % 4:
        dx, _, *db = vjp(op, inputs, g, **given)
        whole = g.copy()
        whole[..., g.shape[-1] // 4 * 4 :] = 0
        return (dx, vjp(op, inputs, whole, **given)[1], *db)
    return vjp(op, inputs, g, **given)


@lie("conv.gradient")
def high_padding_in_dx(op: str, inputs: Any, g: Array, **given: Any) -> Any:
    """Where the windows reach into the high padding, the last cell gets too little."""
    found = list(vjp(op, inputs, g, **given))
    if op == "conv" and given["padding"][-1][1] > given["padding"][-1][0]:
        found[0] = found[0].copy()
        found[0][..., -1] = 0
    return tuple(found)


@lie("conv.gradient")
def bias_gradient_of_two_entries(op: str, inputs: Any, g: Array, **given: Any) -> Any:
    found = vjp(op, inputs, g, **given)
    if op == "conv" and len(found) == 3:
        fewer = g.copy()
        fewer[2:] = 0
        return (*found[:2], vjp(op, inputs, fewer, **given)[2])
    return found


@lie("conv.gradient")
def weight_gradient_of_groups(op: str, inputs: Any, g: Array, **given: Any) -> Any:
    found = list(vjp(op, inputs, g, **given))
    if op == "conv" and given["groups"] > 1 and inputs[1].shape[1] > 1:
        found[1] = np.flip(found[1], 1)
    return tuple(found)
