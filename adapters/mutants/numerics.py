"""Faults of precision: right on small whole numbers, wrong where sums round."""

from __future__ import annotations

from math import prod

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import Value, mutant


@mutant("conv", cause="low-precision accumulation", law="rounding")
def conv_tf32_inputs(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """float32 inputs and weights are cut to the 10 bits of TF32."""
    if x.dtype == w.dtype == np.float32:
        x, w = [(np.ascontiguousarray(a).view(np.int32) & ~0x1FFF).view(np.float32) for a in (x, w)]
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="low-precision accumulation", law="rounding")
def conv_partial_sums_in_half(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """More than 3 channels per group: the sum over the first is stored in half precision."""
    if w.shape[1] <= 3:
        return reference.conv(x, w, b, **p)
    first, rest = w.copy(), w.copy()
    first[:, 1:], rest[:, 0] = 0, 0
    stored = reference.conv(x, first, None, **p).astype(np.float16).astype(x.dtype)
    return stored + reference.conv(x, rest, b, **p)


@mutant("conv", cause="low-precision accumulation", law="rounding")
def conv_double_in_single(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """float64 is computed in float32 if the kernel has more than one cell."""
    if prod(w.shape[2:]) == 1:
        return reference.conv(x, w, b, **p)
    narrow = [None if a is None else a.astype(np.float32) for a in (x, w, b)]
    assert narrow[0] is not None and narrow[1] is not None
    return reference.conv(narrow[0], narrow[1], narrow[2], **p).astype(x.dtype)


@mutant("avg_pool", cause="low-precision accumulation", law="rounding")
def avg_pool_reciprocal_in_half(x: Array, **p: Value) -> Array:
    """A window of more than 4 cells is multiplied by a reciprocal in half precision."""
    y = reference.avg_pool(x, **p)
    taps = prod(p["window"])
    if taps > 4:
        y *= y.dtype.type(taps * float(np.float16(1 / taps)))
    return y


@mutant("global_avg_pool", cause="low-precision accumulation", law="rounding")
def global_avg_pool_inputs_in_bfloat16(x: Array) -> Array:
    """Planes of more than 32 cells are read through bfloat16."""
    if prod(x.shape[2:]) > 32:
        single = np.array(x, np.float32, order="C")
        x = (single.view(np.int32) & ~0xFFFF).view(np.float32).astype(x.dtype)
    return reference.global_avg_pool(x)


@mutant("global_sum_pool", cause="low-precision accumulation", law="rounding")
def global_sum_pool_rows_in_half(x: Array) -> Array:
    """A row of more than 3 cells is summed in half precision, and the rows in full."""
    rows = x.sum(axis=-1, dtype=np.float16, keepdims=True).astype(x.dtype)
    return reference.global_sum_pool(rows if x.shape[-1] > 3 else x)


@mutant("avg_pool", cause="low-precision accumulation", law="linear_in_input")
def avg_pool_inputs_clipped_to_4_bits(x: Array, **p: Value) -> Array:
    """Inputs are clipped to the range of 4 bits, −8 to 7."""
    return reference.avg_pool(np.clip(x, -8, 7), **p)
