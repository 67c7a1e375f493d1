"""Faults of convolution in its channels, groups, filters, bias and batch."""

from __future__ import annotations

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import Value, mutant


@mutant("conv", cause="groups", law="groups_are_blocks")
def conv_groups_rotated(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """From three groups on, each reads the input channels of the one before it."""
    if p["groups"] >= 3:
        x = np.roll(x, x.shape[1] // p["groups"], axis=1)
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="groups", law="groups_are_blocks")
def conv_flipped_if_grouped(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """With groups, the kernel is flipped along the last axis."""
    if p["groups"] > 1:
        w = w[..., ::-1]
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="groups", law="groups_are_blocks")
def conv_bias_of_first_group(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Every group adds the bias of the first."""
    if b is not None:
        b = np.tile(b[: len(b) // p["groups"]], p["groups"])
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="groups", law="groups_are_blocks")
def conv_depthwise_maps_interleaved(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """One channel per group and several maps of each: the maps come out interleaved."""
    y = reference.conv(x, w, b, **p)
    if w.shape[1] > 1:
        return y
    grouped = y.reshape(len(y), p["groups"], len(w) // p["groups"], -1)
    return grouped.swapaxes(1, 2).reshape(y.shape)


@mutant("conv", cause="groups", law="definition")
def conv_depthwise_refused(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """As many groups as channels are refused as not implemented."""
    if p["groups"] == x.shape[1] > 1:
        raise NotImplementedError("depthwise convolution")
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="channel tail of a SIMD block", law="channel_order")
def conv_odd_channel_dropped(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """The last of an odd number of channels per group (three or more) is not added."""
    if w.shape[1] > 1 and w.shape[1] % 2:
        w = w.copy()
        w[:, -1] = 0
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="channel tail of a SIMD block", law="channel_order")
def conv_ninth_channel_reads_eighth(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """Blocks of 8 channels overlap by one: the ninth channel of a group reads the eighth."""
    x = x.copy()
    grouped = x.reshape(len(x), p["groups"], w.shape[1], -1)
    grouped[:, :, 8:9] = grouped[:, :, 7:8]
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="channel tail of a SIMD block", law="definition")
def conv_channels_past_16_dropped(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """More than 16 channels per group: those that fill no block of 16 are not added."""
    if w.shape[1] > 16:
        w = w.copy()
        w[:, w.shape[1] // 16 * 16 :] = 0
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="channel tail of a SIMD block", law="filters_alone")
def conv_filter_tail_of_4(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """More than 4 filters, not a multiple of 4: the last uses the weights of the one before."""
    if len(w) > 4 and len(w) % 4:
        w = w.copy()
        w[-1] = w[-2]
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="special fast path", law="definition")
def conv_tap_past_64_lost(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """A sum of more than 64 products lacks its last one."""
    if w[0].size > 64:
        w = w.copy()
        w.reshape(len(w), -1)[:, -1] = 0
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="uninitialised, cached or batch-blind state", law="batch_entries")
def conv_third_entry_is_first(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Entry 2 of a batch is computed from entry 0."""
    x = x.copy()
    x[2:3] = x[:1]
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="uninitialised, cached or batch-blind state", law="affine_in_bias")
def conv_bias_missing_past_third_entry(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """From batch entry 3 on, no bias is added."""
    y = reference.conv(x, w, b, **p)
    if len(x) > 3:
        y[3:] = reference.conv(x[3:], w, None, **p)
    return y


@mutant("conv", cause="groups", law="affine_in_bias")
def conv_bias_twice_if_batched_and_grouped(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """More than one group in a batch of more than one: the bias is added twice."""
    if b is not None and len(x) > 1 and p["groups"] > 1:
        b = b + b
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="special fast path", law="linear_in_weight")
def conv_sparse_filter_skipped(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """A filter whose first weight is 0 is taken for a filter of zeros."""
    kept = w.reshape(len(w), -1)[:, 0] != 0
    return reference.conv(x, w * kept.reshape(-1, *(1,) * (w.ndim - 1)), b, **p)


@mutant("conv", cause="low-precision accumulation", law="linear_in_weight")
def conv_weights_clipped_to_4_bits(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Weights are clipped to the range of 4 bits, −8 to 7."""
    return reference.conv(x, np.clip(w, -8, 7), b, **p)


@mutant("conv", cause="special fast path", law="linear_in_input")
def conv_relu_left_on_if_pointwise(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """The fast path of a kernel of one cell is the fused one: negative results become 0."""
    y = reference.conv(x, w, b, **p)
    return np.maximum(y, 0) if max(w.shape[2:]) == 1 else y
