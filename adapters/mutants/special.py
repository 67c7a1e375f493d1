"""Faults that only NaN, infinities, −0, subnormals, far scales, odd layouts or flags show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import Function, Value, call_mutant, gradient_mutant, mutant


@mutant("conv", cause="NaN and −∞", law="special_values")
def conv_spreads_over_tiles(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Columns are computed by fours, and what is not finite fills its four."""
    y = reference.conv(x, w, b, **p)
    for first in range(0, y.shape[-1], 4):
        tile = y[..., first : first + 4]
        tile[~np.isfinite(tile).all(axis=-1)] = np.nan
    return y


@mutant("avg_pool", cause="NaN and −∞", law="special_values")
def avg_pool_leaves_nan_out(x: Array, **p: Value) -> Array:
    """NaN marks padding: it adds nothing to the sum."""
    return reference.avg_pool(np.where(np.isnan(x), x.dtype.type(0), x), **p)


@mutant("global_max_pool", cause="NaN and −∞", law="infinite_maximum")
def global_max_pool_begins_at_lowest(x: Array) -> Array:
    """The maximum begins at the lowest finite number, below which it never gets."""
    y = reference.global_max_pool(x)
    return np.maximum(y, np.finfo(y.dtype).min) if y.dtype.kind == "f" else y


@mutant("conv", cause="NaN and −∞", law="zero_weight_of_infinity")
def conv_infinity_whatever_the_weight(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """A window that reads an infinity and is not NaN for another reason gives +∞."""
    finite = np.where(np.isinf(x), x.dtype.type(0), x)
    y = reference.conv(finite, w, b, **p)
    hits = reference.conv(np.isinf(x).astype(x.dtype), np.ones_like(w), None, **p) > 0
    signed = reference.conv(x, w, b, **p)
    return np.where(hits & np.isnan(signed), y.dtype.type(np.inf), signed)


@mutant("conv_transpose", cause="NaN and −∞", law="infinite_weight")
def conv_transpose_weight_clipped(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Weights are clipped to finite numbers when they are packed."""
    most = np.finfo(w.dtype).max
    return reference.conv_transpose(x, np.clip(w, -most, most), b, **p)


@mutant("pad", cause="NaN and −∞", law="negative_zero")
def pad_adds_to_zero(x: Array, **p: Value) -> Array:
    """The padded array begins as zeros, and the input is added to it: −0 becomes 0."""
    y = reference.pad(x, **p)
    y += y.dtype.type(0)
    return y


@call_mutant(
    cause="low-precision accumulation",
    laws={"conv": "subnormals", "avg_pool": "subnormals", "max_pool": "subnormals"},
)
def flushes_subnormals(right: Function) -> Function:
    """Results that are too small to be normal are 0."""

    def call(*arrays: Array, **p: Value) -> Array:
        y: Array = right(*arrays, **p)
        return np.where(np.abs(y) < np.finfo(y.dtype).smallest_normal, y.dtype.type(0), y)

    return call


@call_mutant(
    cause="low-precision accumulation",
    laws={"conv": "power_of_two", "global_sum_pool": "power_of_two"},
)
def sums_in_fixed_point(right: Function) -> Function:
    """Sums of float32 are kept in fixed point, with 24 bits behind the point."""

    def call(*arrays: Array, **p: Value) -> Array:
        y: Array = right(*arrays, **p)
        fixed = np.rint(y.astype(np.float64) * 2.0**24) / 2.0**24
        return fixed.astype(y.dtype) if y.dtype == np.float32 else y

    return call


@call_mutant(
    cause="memory layout",
    laws={"conv": "read_only_inputs", "pad": "read_only_inputs", "avg_pool": "read_only_inputs"},
)
def wants_writable_memory(right: Function) -> Function:
    """An input that must not be written to is refused, as a buffer asked for writable would be."""

    def call(x: Array, *rest: Array, **p: Value) -> Value:
        if not x.flags.writeable:
            raise ValueError("buffer source array is read-only")
        return right(x, *rest, **p)

    return call


@call_mutant(
    cause="memory layout",
    laws={"conv": "layout_of_weights", "conv_transpose": "layout_of_weights"},
)
def bias_read_without_its_stride(right: Function) -> Function:
    """A bias whose entries do not lie side by side is read as if they did."""

    def call(x: Array, w: Array, b: Array | None = None, **p: Value) -> Value:
        if b is not None and b.strides[0] == 2 * b.itemsize:
            b = np.lib.stride_tricks.as_strided(b, b.shape, (b.itemsize,)).copy()
        return right(x, w, b, **p)

    return call


@gradient_mutant("max_pool", cause="memory layout", law="layout_of_cotangent")
def max_pool_dx_of_strided_cotangent(
    inputs: Sequence[Array], g: Array, **p: Value
) -> tuple[Array, ...]:
    """A cotangent that is not row-major is read in the order of its memory."""
    if not g.flags.c_contiguous:
        g = g.ravel(order="K").reshape(g.shape)
    return reference.vjp("max_pool", inputs, g, **p)
