"""Faults of the gradients of convolution; the forward function is right."""

from __future__ import annotations

from typing import cast

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array
from convspec.spec.relation import Axis, axes

from .catalogue import Value, gradient_mutant

Arrays = tuple[Array, ...]


def _right(inputs: Arrays, g: Array, p: dict[str, Value]) -> Arrays:
    return reference.vjp("conv", inputs, g, **p)


def _axes(inputs: Arrays, p: dict[str, Value]) -> tuple[Axis, ...]:
    named = {name: p[name] for name in ("stride", "padding", "dilation")}
    return axes(inputs[0].shape[2:], inputs[1].shape[2:], **named)


@gradient_mutant("conv", cause="backward does not match forward", law="gradient")
def conv_dx_tail_garbage(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """Cells of the last axis that no window reaches, for stride does not divide, hold 1 in dx."""
    (dx, *others), last = _right(inputs, g, p), _axes(inputs, p)[-1]
    dx[..., max(last.reach - last.low, 0) :] = 1
    return dx, *others


@gradient_mutant("conv", cause="backward does not match forward", law="adjoint")
def conv_dx_last_column_lost(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """Where stride leaves a tail, the last window's gradient is missing from dx."""
    (dx, *others), last = _right(inputs, g, p), _axes(inputs, p)[-1]
    if last.padded > last.reach:
        cropped = g.copy()
        cropped[..., -1] = 0
        dx = _right(inputs, cropped, p)[0]
    return dx, *others


@gradient_mutant("conv", cause="dilation", law="adjoint")
def conv_dw_undilated(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """dw is computed as if the last axis were not dilated."""
    dx, dw, *others = _right(inputs, g, p)
    last = _axes(inputs, p)[-1]
    if last.dilation > 1:
        spread = (*p["dilation"][:-1], 1)
        wider = np.zeros((*g.shape[:-1], (last.padded - last.window) // last.stride + 1), g.dtype)
        wider[..., : g.shape[-1]] = g
        dw = _right(inputs, wider, p | {"dilation": spread})[1]
    return dx, dw, *others


@gradient_mutant("conv", cause="groups", law="gradient")
def conv_dw_groups_rotated(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """From three groups on, dw of each is written to the next."""
    dx, dw, *others = _right(inputs, g, p)
    if p["groups"] >= 3:
        dw = np.roll(dw, len(dw) // p["groups"], axis=0)
    return dx, dw, *others


@gradient_mutant("conv", cause="backward does not match forward", law="gradient")
def conv_db_averaged(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """The gradient of the bias is divided by the size of the batch."""
    dx, dw, *rest = _right(inputs, g, p)
    return dx, dw, *(db / db.dtype.type(max(len(g), 1)) for db in rest)


@gradient_mutant("conv", cause="pad side or index", law="adjoint")
def conv_dx_border_twice(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """The first column of dx counts twice where it is padded by two or more."""
    dx, *others = _right(inputs, g, p)
    if p["padding"][-1][0] >= 2:
        dx[..., 0] *= 2
    return dx, *others


@gradient_mutant("conv", cause="pad side or index", law="gradient")
def conv_dx_pads_swapped(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """dx takes the low padding of the last axis for the high one, in undilated convolutions."""
    dx, *others = _right(inputs, g, p)
    *first, (low, high) = p["padding"]
    if max(p["dilation"]) == 1:
        dx = _right(inputs, g, p | {"padding": (*first, (high, low))})[0]
    return dx, *others


@gradient_mutant("conv", cause="backward does not match forward", law="adjoint")
def conv_dx_kernel_flipped_if_strided(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """With stride, dx is computed with the kernel flipped along the last axis."""
    dx, *others = _right(inputs, g, p)
    if max(p["stride"]) > 1:
        x, w, *rest = inputs
        dx = _right((x, w[..., ::-1], *rest), g, p)[0]
    return dx, *others


@gradient_mutant("conv", cause="uninitialised, cached or batch-blind state", law="adjoint")
def conv_dw_of_first_two_entries(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """dw adds up only the first two entries of a batch."""
    dx, dw, *others = _right(inputs, g, p)
    x, w, *rest = inputs
    if len(x) > 2:
        dw = _right((x[:2], w, *rest), g[:2], p)[1]
    return dx, dw, *others


@gradient_mutant("conv", cause="special fast path", law="gradient")
def conv_dx_pointwise_unstrided(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """A kernel of one column: dx is packed into the leading ones, as if there were no stride."""
    dx, *others = _right(inputs, g, p)
    last = _axes(inputs, p)[-1]
    if last.window == 1 and last.low == 0:
        read = dx[..., :: last.stride]
        dx = np.zeros_like(dx)
        dx[..., : read.shape[-1]] = read
    return dx, *others


@gradient_mutant("conv", cause="channel tail of a SIMD block", law="adjoint")
def conv_dw_odd_channel_lost(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """dw of the last of an odd number of channels per group (three or more) is 0."""
    dx, dw, *others = _right(inputs, g, p)
    if dw.shape[1] > 1 and dw.shape[1] % 2:
        dw[:, -1] = 0
    return cast(Arrays, (dx, dw, *others))


@gradient_mutant("conv", cause="special fast path", law="gradient")
def conv_dw_pointwise_short_of_channels(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """A pointwise kernel's own path forgets dw's last channel: of few, in a batch, with strides."""
    dx, dw, *others = _right(inputs, g, p)
    pointwise = set(inputs[1].shape[2:]) == {1} and not np.any(p["padding"])
    few = 1 < inputs[0].shape[1] < 8 and p["groups"] == 1 and len(inputs[0]) > 1
    if pointwise and few and len(p["stride"]) > 1 and min(p["stride"]) > 1:
        dw = dw.copy()
        dw[:, -1] = 0
    return dx, dw, *others


@gradient_mutant("conv", cause="special fast path", law="wide_padding_gradient")
def conv_dx_reads_on_past_wide_padding(inputs: Arrays, g: Array, **p: Value) -> Arrays:
    """Padding wider than the kernel at the low end: dx's last cell reads past g in long sums."""
    dx, *others = _right(inputs, g, p)
    last, w = _axes(inputs, p)[-1], inputs[1]
    edge = last.extent - 1
    crops = last.low > edge and 0 < edge - last.high <= last.low - edge
    if crops and last.stride == last.dilation == 1 and len(w) * last.window >= 8 * p["groups"]:
        dx = dx.copy()
        dx[..., -1:] += 1
    return dx, *others
