"""Quiet downgrades: inputs cut to fewer bits, sums kept in less, numbers cut off and not rounded.

All are right on small whole numbers, and none is wrong in a way that one cell must show.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import Function, Value, call_mutant, gradient_mutant, mutant

TF32, BFLOAT16, HALF = 13, 16, 13
"""How many bits less than a float32 the significands of other types have."""


def rounded(array: Array, bits: int) -> Array:
    """A float32 array with so many bits less, to nearest, ties to even."""
    whole = np.ascontiguousarray(array).view(np.uint32).astype(np.uint64)
    whole += (1 << bits - 1) - 1 + (whole >> bits & 1)
    kept: Array = (whole >> bits << bits).astype(np.uint32).view(np.float32)
    return kept.reshape(array.shape)


def cut_off(array: Array, bits: int) -> Array:
    """A float32 array with so many bits less, the rest thrown away."""
    whole = np.ascontiguousarray(array).view(np.uint32)
    kept: Array = (whole >> bits << bits).view(np.float32)
    return kept.reshape(array.shape)


def _read_through(right: Function, change: Callable[[Array], Array]) -> Function:
    def wrong(*arrays: Array, **p: Value) -> Array:
        single = [change(a) if a.dtype == np.float32 else a for a in arrays]
        y: Array = right(*single, **p)
        return y

    return wrong


SUMS = (
    "conv", "conv_transpose", "avg_pool", "adaptive_avg_pool", "global_avg_pool",
    "global_sum_pool", "dense",
)  # fmt: skip

_CAUSE = "low-precision accumulation"
_EVERYWHERE = dict.fromkeys(SUMS, "precision")


@call_mutant(cause=_CAUSE, laws=_EVERYWHERE)
def reads_tf32(right: Function) -> Function:
    """float32 is read through TF32, to nearest, in calls of more than 100 numbers."""
    return _read_through(right, lambda a: rounded(a, TF32) if a.size > 100 else a)


@call_mutant(cause=_CAUSE, laws={"conv": "precision", "dense": "precision"})
def reads_bfloat16(right: Function) -> Function:
    """float32 is read through bfloat16, to nearest, in calls of more than 200 numbers."""
    return _read_through(right, lambda a: rounded(a, BFLOAT16) if a.size > 200 else a)


@call_mutant(cause=_CAUSE, laws={"conv": "precision", "avg_pool": "precision"})
def cuts_to_bfloat16(right: Function) -> Function:
    """float32 is read through bfloat16, the rest cut off, in calls of more than 200 numbers."""
    return _read_through(right, lambda a: cut_off(a, BFLOAT16) if a.size > 200 else a)


@call_mutant(cause=_CAUSE, laws={"conv": "precision", "dense": "precision"})
def reads_half(right: Function) -> Function:
    """float32 is read through float16 in calls of more than 200 numbers."""
    return _read_through(
        right, lambda a: a.astype(np.float16).astype(a.dtype) if a.size > 200 else a
    )


def _in_steps(
    x: Array, w: Array, b: Array | None, p: Value, store: Callable[[Array], Array]
) -> Array:
    """A convolution that adds up channel by channel and stores every sum."""
    groups, each = p["groups"], w.shape[1]
    total = None
    for c in range(each):
        part, rest = x[:, c::each], w[:, c : c + 1]
        y: Array = reference.conv(part, rest, None, **{**p, "groups": groups})
        total = store(y if total is None else total + y)
    assert total is not None
    return total if b is None else total + b.reshape(1, -1, *(1,) * (x.ndim - 2))


@mutant("conv", cause=_CAUSE, law="precision")
def conv_sums_in_half(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """More than 8 channels per group are added up in float16."""
    if x.dtype != np.float32 or w.shape[1] <= 8:
        return reference.conv(x, w, b, **p)
    return _in_steps(x, w, b, p, lambda y: y.astype(np.float16).astype(np.float32))


@mutant("conv", cause=_CAUSE, law="precision")
def conv_sums_in_bfloat16(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """More than 8 channels per group are added up in bfloat16."""
    if x.dtype != np.float32 or w.shape[1] <= 8:
        return reference.conv(x, w, b, **p)
    return _in_steps(x, w, b, p, lambda y: rounded(y, BFLOAT16))


@mutant("conv", cause="channel tail of a SIMD block", law="precision")
def conv_loses_a_tap_of_many(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Of more than 200 products the last one is lost."""
    if prod(w.shape[1:]) > 200:
        w = w.copy()
        w.reshape(len(w), -1)[:, -1] = 0
    return reference.conv(x, w, b, **p)


@mutant("conv", cause=_CAUSE, law="precision", claims={"dtypes": ["float16"]})
def conv_cuts_off_its_result(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """float16 results of more than 500 cells are cut off to their type and not rounded."""
    if x.dtype != np.float16:
        return reference.conv(x, w, b, **p)
    single = [None if a is None else a.astype(np.float32) for a in (x, w, b)]
    assert single[0] is not None and single[1] is not None
    wide = reference.conv(single[0], single[1], single[2], **p)
    cut = cut_off(wide, HALF) if wide.size > 500 else wide
    return cut.astype(np.float16)


@gradient_mutant("conv", cause=_CAUSE, law="gradient_precision")
def conv_dw_of_tf32(inputs: tuple[Array, ...], g: Array, **p: Value) -> tuple[Array, ...]:
    """The gradient of the weight reads x and g through TF32 where they have over 100 cells."""
    dx, dw, *db = reference.vjp("conv", inputs, g, **p)
    if g.dtype == np.float32 and g.size > 100:
        arrays = (rounded(inputs[0], TF32), *inputs[1:])
        dw = reference.vjp("conv", arrays, rounded(g, TF32), **p)[1]
    return (dx, dw, *db)


def _gradient_through_bfloat16(op: str) -> None:
    def wrong(inputs: tuple[Array, ...], g: Array, **p: Value) -> tuple[Array, ...]:
        if g.dtype == np.float32 and g.size > 60:
            g = rounded(g, BFLOAT16)
        return reference.vjp(op, inputs, g, **p)

    wrong.__name__ = f"{op}_gradient_of_bfloat16"
    wrong.__doc__ = "A cotangent of more than 60 cells is read through bfloat16."
    gradient_mutant(op, cause=_CAUSE, law="gradient_precision")(wrong)


for _op in SUMS:
    _gradient_through_bfloat16(_op)
