"""Faults of element types: sums in too narrow a type, bits cut off, integers that do not wrap."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import Value, gradient_mutant, mutant

LOW = "low-precision accumulation"
OVERFLOW = "index overflow"

_HALVES = {
    "dtypes": ["float32", "float16", "bfloat16"],
    "accumulate": {"float16": "float32", "bfloat16": "float32"},
}
_BYTES = {"dtypes": ["float32", "int32", "int8"]}


def _single(*arrays: Array | None) -> list[Array | None]:
    return [None if a is None else a.astype(np.float32) for a in arrays]


def _cut_off(y: Array, dtype: np.dtype[np.generic]) -> Array:
    """float32 in a type of 16 bits, rounded towards 0."""
    if dtype.name == "bfloat16":
        bits = np.ascontiguousarray(y, np.float32).view(np.uint32) >> 16
        return bits.astype(np.uint16).view(dtype)
    rounded: Array = y.astype(dtype)
    away = np.abs(rounded.astype(np.float32)) > np.abs(y)
    return np.where(away, np.nextafter(rounded, dtype.type(0)), rounded)


@mutant("conv", cause=LOW, law="accumulator", claims=_HALVES)
def conv_sums_channels_in_bfloat16(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """bfloat16: the sum over each input channel is stored in bfloat16, and these are added up."""
    if x.dtype.name != "bfloat16":
        return reference.conv(x, w, b, **p)
    total = None
    for channel in range(w.shape[1]):
        one = np.zeros_like(w)
        one[:, channel] = w[:, channel]
        part = reference.conv(x, one, b if channel == 0 else None, **p)
        total = part if total is None else total + part
    return reference.conv(x, w, b, **p) if total is None else total


@mutant("conv_transpose", cause=LOW, law="accumulator", claims=_HALVES)
def conv_transpose_adds_halves_in_place(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """16 bits: the first tap along the last axis is stored, and the others are added to that."""
    if x.dtype.itemsize > 2 or w.shape[-1] == 1:
        return reference.conv_transpose(x, w, b, **p)
    first, rest = w.copy(), w.copy()
    first[..., 1:], rest[..., 0] = 0, 0
    y: Array = reference.conv_transpose(x, first, None, **p)
    return y + reference.conv_transpose(x, rest, b, **p)


@mutant("conv", cause=LOW, law="accumulator", claims=_HALVES)
def conv_adds_bias_after_rounding(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """16 bits: the sum is rounded before the bias is added, and once more after."""
    y = reference.conv(x, w, None, **p)
    if b is None:
        return y
    return reference.conv(x, w, b, **p) if x.dtype.itemsize > 2 else y + _along(b, y)


def _along(b: Array, y: Array) -> Array:
    return b.reshape(-1, *(1,) * (y.ndim - 2))


@mutant("conv", cause=LOW, law="accumulator", claims=_HALVES)
def conv_truncates_to_bfloat16(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """The float32 sum becomes a bfloat16 by losing its lower half, not by rounding."""
    if x.dtype.name != "bfloat16":
        return reference.conv(x, w, b, **p)
    x32, w32, b32 = _single(x, w, b)
    assert x32 is not None and w32 is not None
    return _cut_off(reference.conv(x32, w32, b32, **p), x.dtype)


@mutant("dense", cause=LOW, law="accumulator", claims=_HALVES)
def dense_truncates_to_float16(x: Array, w: Array, b: Array | None = None) -> Array:
    """The float32 sum becomes a float16 by being rounded towards 0."""
    if x.dtype != np.float16:
        return reference.dense(x, w, b)
    x32, w32, b32 = _single(x, w, b)
    assert x32 is not None and w32 is not None
    return _cut_off(reference.dense(x32, w32, b32), x.dtype)


@mutant("dense", cause=LOW, law="accumulator", claims=_HALVES)
def dense_bfloat16_through_float16(x: Array, w: Array, b: Array | None = None) -> Array:
    """A bfloat16 result is stored as a float16 on its way, whose range is less."""
    y = reference.dense(x, w, b)
    if x.dtype.name != "bfloat16":
        return y
    with np.errstate(over="ignore"):
        return y.astype(np.float16).astype(x.dtype)


@mutant("global_sum_pool", cause=LOW, law="accumulator", claims=_HALVES)
def global_sum_pool_rows_in_own_type(x: Array) -> Array:
    """16 bits: the sum of each row is stored before the rows are added up."""
    if x.dtype.itemsize > 2:
        return reference.global_sum_pool(x)
    return reference.global_sum_pool(
        reference.global_sum_pool(x.reshape(-1, 1, *x.shape[-1:])).reshape(*x.shape[:-1], 1)
    )


@gradient_mutant("conv", cause=LOW, law="gradient_accumulator", claims=_HALVES)
def conv_weight_gradient_adds_images_in_own_type(
    inputs: Sequence[Array], g: Array, **p: Value
) -> tuple[Array, ...]:
    """16 bits: the weight's gradient of each image is stored before they are added up."""
    dx, dw, *rest = reference.vjp("conv", inputs, g, **p)
    if g.dtype.itemsize > 2 or len(g) == 1:
        return (dx, dw, *rest)
    x, *others = inputs
    dw = np.zeros_like(dw)
    for n in range(len(g)):
        dw = dw + reference.vjp("conv", (x[n : n + 1], *others), g[n : n + 1], **p)[1]
    return (dx, dw, *rest)


@gradient_mutant("pad", cause=LOW, law="gradient_accumulator", claims=_HALVES)
def pad_gradient_adds_copies_in_bfloat16(
    inputs: Sequence[Array], g: Array, **p: Value
) -> tuple[Array, ...]:
    """A bfloat16 cell adds up what its copies received in bfloat16, the even rows first."""
    if g.dtype.name != "bfloat16":
        return reference.vjp("pad", inputs, g, **p)
    even, odd = g.copy(), g.copy()
    even[..., 1::2], odd[..., ::2] = 0, 0
    return (reference.vjp("pad", inputs, even, **p)[0] + reference.vjp("pad", inputs, odd, **p)[0],)


@mutant("conv", cause=LOW, law="accumulator")
def conv_inputs_in_bfloat16(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """float32 inputs beyond 256 are cut to the 8 bits of bfloat16."""
    if x.dtype == np.float32 and np.abs(x).max(initial=0) > 256:
        x = (np.ascontiguousarray(x).view(np.int32) & ~0xFFFF).view(np.float32)
    return reference.conv(x, w, b, **p)


def _clipped(y: Array, dtype: np.dtype[np.generic]) -> Array:
    limits = np.iinfo(dtype)  # type: ignore[type-var]
    return np.clip(y, limits.min, limits.max).astype(dtype)


@mutant("conv", cause=OVERFLOW, law="overflow", claims=_BYTES)
def conv_int8_saturates(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """int8 sums are clipped to −128 … 127, though nothing but wrapping around is claimed."""
    if x.dtype != np.int8:
        return reference.conv(x, w, b, **p)
    wide = [None if a is None else a.astype(np.int64) for a in (x, w, b)]
    assert wide[0] is not None and wide[1] is not None
    return _clipped(reference.conv(wide[0], wide[1], wide[2], **p), x.dtype)


@mutant("dense", cause=OVERFLOW, law="overflow", claims=_BYTES)
def dense_int8_is_widened(x: Array, w: Array, b: Array | None = None) -> Array:
    """int8 sums are returned in int32, though nothing but int8 is claimed."""
    if x.dtype != np.int8:
        return reference.dense(x, w, b)
    wide = [None if a is None else a.astype(np.int32) for a in (x, w, b)]
    assert wide[0] is not None and wide[1] is not None
    return reference.dense(wide[0], wide[1], wide[2])


@mutant(
    "conv_transpose", cause=OVERFLOW, law="overflow",
    claims={**_BYTES, "returns": {"int8": "int32"}, "accumulate": {"int8": "int32"}},
)  # fmt: skip
def conv_transpose_wraps_before_widening(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """int8 sums are returned in int32, as is claimed, but have wrapped around in int8 before."""
    y = reference.conv_transpose(x, w, b, **p)
    return y.astype(np.int32) if x.dtype == np.int8 else y


@mutant("global_sum_pool", cause=OVERFLOW, law="overflow", claims=_BYTES)
def global_sum_pool_int32_saturates(x: Array) -> Array:
    """The sum of an int32 map of more than 4 cells is clipped to int32."""
    if x.dtype != np.int32 or prod(x.shape[2:]) <= 4:
        return reference.global_sum_pool(x)
    return _clipped(reference.global_sum_pool(x.astype(np.float64)), x.dtype)


@mutant("avg_pool", cause=LOW, law="subnormals", claims=_HALVES)
def avg_pool_flushes_halves(x: Array, **p: Value) -> Array:
    """16 bits: inputs too small to be normal count 0."""
    least = {"float16": 2.0**-14, "bfloat16": 2.0**-126}.get(x.dtype.name, 0.0)
    small = np.abs(x.astype(np.float64)) < least
    return reference.avg_pool(np.where(small, x.dtype.type(0), x), **p)


@mutant("max_pool", cause=LOW, law="subnormals", claims=_HALVES)
def max_pool_flushes_bfloat16(x: Array, **p: Value) -> Array:
    """bfloat16 results too small to be normal are 0."""
    y = reference.max_pool(x, **p)
    if x.dtype.name != "bfloat16":
        return y
    return np.where(np.abs(y.astype(np.float64)) < 2.0**-126, x.dtype.type(0), y)
