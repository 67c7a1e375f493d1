"""Faults of transposed convolution: where the cut falls, what is spread, which way it goes back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import Value, gradient_mutant, mutant


@mutant("conv_transpose", cause="pad side or index", law="padding_crops")
def conv_transpose_pads_swapped(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Low and high padding of the last axis are exchanged."""
    *others, (low, high) = p["padding"]
    return reference.conv_transpose(x, w, b, **p | {"padding": (*others, (high, low))})


@mutant("conv_transpose", cause="pad side or index", law="definition")
def conv_transpose_output_padding_zero(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """The cells that output padding adds to the last axis hold 0, not the full result."""
    y = reference.conv_transpose(x, w, b, **p)
    more = p["output_padding"][-1]
    if more:
        y[..., -more:] = 0
    return y


@mutant("conv_transpose", cause="pad side or index", law="transposes_conv")
def conv_transpose_output_padding_low(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """Output padding is added at the low end of the last axis where there is padding to undo."""
    *others, (low, high) = p["padding"]
    more = p["output_padding"][-1]
    if 0 < more <= low:
        changed = {
            "padding": (*others, (low - more, high)),
            "output_padding": (*p["output_padding"][:-1], 0),
        }
        return reference.conv_transpose(x, w, b, **p | changed)
    return reference.conv_transpose(x, w, b, **p)


@mutant("conv_transpose", cause="dilation", law="impulse_response_transposed")
def conv_transpose_dilated_kernel_flipped(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """A kernel dilated along the last axis is spread in reverse there."""
    flipped = w[..., ::-1].copy() if p["dilation"][-1] > 1 else w
    return reference.conv_transpose(x, flipped, b, **p)


@mutant("conv_transpose", cause="groups", law="groups_are_blocks")
def conv_transpose_groups_rotated(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """From three groups on, each group's filters are the next one's."""
    if p["groups"] > 2:
        w = np.roll(w, w.shape[0] // p["groups"], axis=0)
    return reference.conv_transpose(x, w, b, **p)


@mutant("conv_transpose", cause="dilation", law="dilation_spreads")
def conv_transpose_flipped_if_dilated(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """The kernel is flipped along the last axis where that is dilated."""
    if p["dilation"][-1] > 1:
        w = np.ascontiguousarray(w[..., ::-1])
    return reference.conv_transpose(x, w, b, **p)


@mutant("conv_transpose", cause="ceil mode and size rule", law="output_size")
def conv_transpose_size_without_tail(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """Where the stride exceeds the kernel, the result is as long as the steps, without a tail."""
    y = reference.conv_transpose(x, w, b, **p)
    if p["stride"][-1] > w.shape[-1] and y.shape[-1] > 1:
        return np.ascontiguousarray(y[..., :-1])
    return y


@mutant("conv_transpose", cause="missing validation, out of bounds", law="rejects_invalid")
def conv_transpose_any_output_padding(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """An output padding as large as stride and dilation is cut down instead of refused."""
    if isinstance(p["output_padding"], tuple) and len(p["output_padding"]) == len(p["stride"]):
        limits = [max(s, d) - 1 for s, d in zip(p["stride"], p["dilation"], strict=False)]
        kept = zip(p["output_padding"], limits, strict=False)
        p["output_padding"] = tuple(min(more, most) for more, most in kept)
    return reference.conv_transpose(x, w, b, **p)


@mutant("conv_transpose", cause="special fast path", law="wide_padding")
def conv_transpose_reads_on_past_wide_padding(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """More cropped at the low end than the kernel reaches: the last cell reads past x, if long
    sums do."""
    y = reference.conv_transpose(x, w, b, **p)
    (low, high), more = p["padding"][-1], p["output_padding"][-1]
    edge = w.shape[-1] - 1
    crops = low > edge and 0 < edge - high + more <= low - edge
    long = x.shape[1] * w.shape[-1] >= 8 * p["groups"]
    if crops and long and p["stride"][-1] == p["dilation"][-1] == 1:
        y[..., -1:] += 1
    return y


@gradient_mutant("conv_transpose", cause="backward does not match forward", law="gradient")
def conv_transpose_dw_without_last_entry(
    inputs: Sequence[Array], g: Array, **p: Value
) -> tuple[Array, ...]:
    """The weight's gradient leaves out the last of more than two batch entries."""
    dx, dw, *rest = reference.vjp("conv_transpose", inputs, g, **p)
    x, w = inputs[:2]
    if len(x) > 2:
        dw = reference.vjp("conv_transpose", (x[:-1], w), g[:-1], **p)[1]
    return dx, dw, *rest


@gradient_mutant("conv_transpose", cause="backward does not match forward", law="adjoint")
def conv_transpose_dx_pads_swapped(
    inputs: Sequence[Array], g: Array, **p: Value
) -> tuple[Array, ...]:
    """The input's gradient is read with low and high padding of the last axis exchanged."""
    _, *rest = reference.vjp("conv_transpose", inputs, g, **p)
    *others, (low, high) = p["padding"]
    swapped = p | {"padding": (*others, (high, low))}
    return reference.vjp("conv_transpose", inputs, g, **swapped)[0], *rest
