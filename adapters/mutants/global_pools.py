"""Faults of global pooling."""

from __future__ import annotations

from math import prod

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import mutant


@mutant("global_avg_pool", cause="average divisor", law="impulse_response")
def global_avg_pool_divided_as_square(x: Array) -> Array:
    """The plane is divided by the square of its height where it is less high than wide."""
    y, (*_, height, width) = reference.global_avg_pool(x), x.shape
    return y * y.dtype.type(width / height) if x.ndim > 3 and height < width else y


@mutant("global_avg_pool", cause="axis or attribute mix-up", law="definition")
def global_avg_pool_depth_not_divided(x: Array) -> Array:
    """In three dimensions, the mean is taken over the last two axes and the sum over the first."""
    y = reference.global_avg_pool(x)
    return y * y.dtype.type(x.shape[2]) if x.ndim == 5 else y


@mutant("global_avg_pool", cause="channel tail of a SIMD block", law="channels_alone")
def global_avg_pool_odd_channel_lost(x: Array) -> Array:
    """The last of an odd number of channels (three or more) is that of the one before."""
    y = reference.global_avg_pool(x)
    if x.shape[1] > 1 and x.shape[1] % 2:
        y[:, -1] = y[:, -2]
    return y


@mutant("global_avg_pool", cause="average divisor", law="linear_in_input")
def global_avg_pool_zeros_taken_for_padding(x: Array) -> Array:
    """A last column of zeros is taken for padding and not counted."""
    empty = np.all(x[..., -1] == 0, axis=tuple(range(2, x.ndim - 1)), keepdims=False)
    y, width = reference.global_avg_pool(x), x.shape[-1]
    return np.where(empty, y * (width / max(width - 1, 1)), y).astype(x.dtype)


@mutant("global_max_pool", cause="NaN and −∞", law="max_linear")
def global_max_pool_starts_at_zero(x: Array) -> Array:
    """The maximum starts at 0 if the plane has more than 4 cells."""
    y = reference.global_max_pool(x)
    return np.maximum(y, 0) if prod(x.shape[2:]) > 4 else y


@mutant("global_max_pool", cause="NaN and −∞", law="nan")
def global_max_pool_nan_past_first_cell(x: Array) -> Array:
    """In rows of more than 4 cells, only a NaN in the first cell survives the comparisons."""
    planes = x.reshape(*x.shape[:2], -1)
    if x.shape[-1] <= 4:
        return reference.global_max_pool(x)
    y: Array = np.fmax.reduce(planes, axis=2)
    return np.where(np.isnan(planes[..., 0]), planes[..., 0], y)


@mutant("global_max_pool", cause="NaN and −∞", law="impulse_response_max")
def global_max_pool_starts_at_lowest(x: Array) -> Array:
    """The maximum of a row of one cell starts at the least finite number: −∞ never comes out."""
    y = reference.global_max_pool(x)
    return np.maximum(y, np.finfo(y.dtype).min) if x.shape[-1] == 1 else y


@mutant("global_max_pool", cause="uninitialised, cached or batch-blind state", law="batch_entries")
def global_max_pool_register_not_cleared(x: Array) -> Array:
    """In the last channel, the maximum is not cleared between the entries of a batch."""
    y = reference.global_max_pool(x)
    y[:, -1] = np.maximum.accumulate(y[:, -1], axis=0)
    return y


@mutant("global_sum_pool", cause="special fast path", law="definition")
def global_sum_pool_tail_of_8(x: Array) -> Array:
    """More than 8 cells in a row: those that fill no block of 8 are not added."""
    width = x.shape[-1]
    return reference.global_sum_pool(x[..., : width // 8 * 8] if width > 8 else x)


@mutant("global_sum_pool", cause="index overflow", law="adjoint")
def global_sum_pool_plane_index_in_8_bits(x: Array) -> Array:
    """The position in a plane is kept in 8 bits: the cells past the 256th read the first ones."""
    planes = x.reshape(*x.shape[:2], -1)
    return reference.global_sum_pool(planes[..., np.arange(planes.shape[2]) % 256])


@mutant("global_sum_pool", cause="channel tail of a SIMD block", law="channels_alone")
def global_sum_pool_channel_tail_of_4(x: Array) -> Array:
    """More than 4 channels: those that fill no block of 4 are given what the fourth has."""
    y = reference.global_sum_pool(x)
    if x.shape[1] > 4:
        y[:, x.shape[1] // 4 * 4 :] = y[:, 3:4]
    return y
