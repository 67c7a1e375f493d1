"""Faults of special kernels: one cell, one row, the whole input, one channel a group."""

from __future__ import annotations

from math import prod

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import Value, cut, mutant


@mutant("conv", cause="special fast path", law="pointwise")
def conv_pointwise_bias_if_strided(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """The fast path of a kernel of one cell forgets the bias where it is strided."""
    strided = prod(w.shape[2:]) == 1 and max(p["stride"]) > 1
    return reference.conv(x, w, None if strided else b, **p)


@mutant("conv", cause="channel tail of a SIMD block", law="pixel_permutation")
def conv_pointwise_pixels_past_8(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """A kernel of one cell over an unpadded plane: past the 8th, pixels that fill no block of 8
    are given the first pixel's answer."""
    y = reference.conv(x, w, b, **p)
    plain = max(p["stride"]) == 1 and not any(map(sum, p["padding"]))
    if prod(w.shape[2:]) == 1 and plain:
        flat = y.reshape(*y.shape[:2], -1)
        whole = flat.shape[2] // 8 * 8
        if whole:
            flat[..., whole:] = flat[..., :1]
    return y


@mutant("conv", cause="special fast path", law="whole_input_kernel")
def conv_whole_input_by_columns(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """A kernel as large as the input goes to the dense kernel with its cells column by column."""
    kernel = w.shape[2:]
    if kernel == x.shape[2:] and prod(kernel) > 1 and not any(map(sum, p["padding"])):
        turned = w.reshape(*w.shape[:2], *kernel[::-1])
        w = np.ascontiguousarray(turned.transpose(0, 1, *range(w.ndim - 1, 1, -1)))
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="low-precision accumulation", law="associative")
def conv_saturates_past_8_bits(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Results are clipped to ±255."""
    return np.clip(reference.conv(x, w, b, **p), -255, 255)


@mutant("conv", cause="special fast path", law="separable")
def conv_single_row_undilated(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """A kernel of a single row goes to the 1-D kernel, which knows no dilation."""
    y = reference.conv(x, w, b, **p)
    if w.ndim > 3 and prod(w.shape[2:-1]) == 1 and w.shape[-1] > 1:
        p["dilation"] = (1,) * len(p["dilation"])
        return cut(reference.conv(x, w, b, **p), y.shape)
    return y


@mutant("conv", cause="channel tail of a SIMD block", law="depthwise")
def conv_depthwise_odd_channel(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Depthwise, in pairs of channels: the last of an odd number takes its neighbour's filters."""
    depth = x.shape[1]
    if p["groups"] == depth and depth > 1 and depth % 2:
        w = w.copy()
        maps = len(w) // depth
        w[-maps:] = w[-2 * maps : -maps]
    return reference.conv(x, w, b, **p)


@mutant("conv_transpose", cause="groups", law="depthwise")
def conv_transpose_multiplier_first(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """Depthwise with several maps a channel: first maps of all channels come before second ones."""
    depth, maps = w.shape[:2]
    plain = reference.conv_transpose(x, w, None, **p)
    if p["groups"] == depth > 1 and maps > 1:
        blocks = plain.reshape(len(x), depth, maps, *plain.shape[2:])
        plain = np.ascontiguousarray(blocks.swapaxes(1, 2)).reshape(plain.shape)
    return plain if b is None else plain + b.reshape(1, -1, *(1,) * (x.ndim - 2))


@mutant("conv", cause="special fast path", law="matched_filter")
def conv_patches_flipped(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Where stride is the window, undilated and unpadded, patches meet the kernel reversed."""
    if p["stride"] == w.shape[2:] and max(p["dilation"]) == 1 and not any(map(sum, p["padding"])):
        w = np.flip(w, tuple(range(2, w.ndim))).copy()
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="uninitialised, cached or batch-blind state", law="batch_split")
def conv_batch_past_4(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Batches are worked off by fours; the entry that is left over repeats the one before."""
    y = reference.conv(x, w, b, **p)
    if len(x) > 4 and len(x) % 4 == 1:
        y[-1] = y[-2]
    return y


@mutant("conv", cause="low-precision accumulation", law="batch_split_real")
def conv_batch_of_eight_in_tf32(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Batches of 8 and more go to a kernel that cuts float32 to the 10 bits of TF32."""
    if len(x) >= 8 and x.dtype == np.float32:
        x = (np.ascontiguousarray(x).view(np.int32) & ~0x1FFF).view(np.float32)
    return reference.conv(x, w, b, **p)
