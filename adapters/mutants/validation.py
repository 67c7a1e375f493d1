"""Faults of validation: what must be rejected is given some answer."""

from __future__ import annotations

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import Function, Value, call_mutant, mutant

CAUSE = "missing validation, out of bounds"


@call_mutant(
    cause=CAUSE,
    laws={"conv": "rejects_invalid", "avg_pool": "rejects_invalid"},
)
def stride_0_accepted(right: Function) -> Function:
    """Stride 0 is taken for stride 1."""

    def call(*arrays: Array, **p: Value) -> Value:
        p["stride"] = tuple(s or 1 for s in p["stride"])
        return right(*arrays, **p)

    return call


@call_mutant(
    cause=CAUSE,
    laws={"max_pool": "rejects_invalid", "max_pool_with_indices": "rejects_invalid"},
)
def dilation_0_accepted(right: Function) -> Function:
    """Dilation 0 is taken for dilation 1."""

    def call(x: Array, **p: Value) -> Value:
        p["dilation"] = tuple(d or 1 for d in p["dilation"])
        return right(x, **p)

    return call


@call_mutant(
    cause="negative padding",
    laws={"conv": "rejects_invalid", "max_pool": "rejects_invalid"},
)
def negative_padding_crops(right: Function) -> Function:
    """Negative padding crops instead of being refused."""

    def call(x: Array, *rest: Array, **p: Value) -> Value:
        crops = tuple((min(low, 0), min(high, 0)) for low, high in p["padding"])
        p["padding"] = tuple((max(low, 0), max(high, 0)) for low, high in p["padding"])
        return right(reference.pad(x, padding=crops, mode="constant") if crops else x, *rest, **p)

    return call


@mutant("conv", cause="empty tensors or kernel > input", law="rejects_invalid")
def conv_kernel_too_large_gives_nothing(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """A kernel that exceeds the padded input gives a result without cells."""
    try:
        return reference.conv(x, w, b, **p)
    except ValueError as error:
        if "must not exceed the padded input" not in str(error):
            raise
        return np.empty((len(x), len(w), *x.shape[2:-1], 0), x.dtype)


@mutant("conv", cause="groups", law="rejects_invalid")
def conv_channels_left_over(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Channels beyond those that the weight has are left out."""
    if w.ndim > 1 and isinstance(p["groups"], int):
        x = x[:, : max(w.shape[1] * p["groups"], 0)]
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="groups", law="rejects_invalid")
def conv_groups_rounded_down(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Filters that do not divide into groups: those of the last, partial round are left out."""
    whole = len(w) // max(p["groups"], 1) * max(p["groups"], 1)
    if 0 < whole < len(w) and b is not None and len(b) == len(w):
        b = b[:whole]
    return reference.conv(x, w[:whole] if whole else w, b, **p)


@mutant("conv", cause=CAUSE, law="rejects_invalid")
def conv_bias_too_long(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Of a bias that is too long, the leading entries are used."""
    return reference.conv(x, w, None if b is None else b[: len(w)], **p)


@mutant("conv", cause=CAUSE, law="rejects_invalid")
def conv_weight_type_converted(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """A weight of another type is converted to that of the input."""
    return reference.conv(x, w.astype(x.dtype), b, **p)


@mutant("avg_pool", cause=CAUSE, law="rejects_invalid")
def avg_pool_window_0_accepted(x: Array, **p: Value) -> Array:
    """A window of 0 cells is taken for one of 1."""
    p["window"] = tuple(k or 1 for k in p["window"])
    return reference.avg_pool(x, **p)


@mutant("max_pool", cause=CAUSE, law="rejects_invalid")
def max_pool_spare_window_ignored(x: Array, **p: Value) -> Array:
    """Entries of the window beyond the number of axes are ignored."""
    p["window"] = p["window"][: x.ndim - 2]
    return reference.max_pool(x, **p)


@mutant("pad", cause=CAUSE, law="rejects_invalid")
def pad_reflects_again(x: Array, **p: Value) -> Array:
    """Reflection by more than there is goes on from the other edge."""
    if p["mode"] == "reflect" and max(max(pair) for pair in p["padding"]) >= min(x.shape[2:]):
        if min(min(pair) for pair in p["padding"]) < 0:
            return reference.pad(x, **p)
        return np.pad(x, [(0, 0), (0, 0), *p["padding"]], mode="reflect")
    return reference.pad(x, **p)


@mutant("pad", cause="negative padding", law="rejects_invalid")
def pad_crops_to_nothing(x: Array, **p: Value) -> Array:
    """A crop of more than there is leaves nothing."""
    n, (low, high) = x.shape[-1], p["padding"][-1]
    if p["mode"] == "constant" and -min(low, 0) - min(high, 0) > n:
        p["padding"] = (*p["padding"][:-1], (-n, 0))
    return reference.pad(x, **p)


@call_mutant(
    cause="empty tensors or kernel > input",
    laws={"global_sum_pool": "rejects_invalid", "global_avg_pool": "rejects_invalid"},
)
def no_cells_give_zero(right: Function) -> Function:
    """In three dimensions, a plane without cells gives 0."""

    def call(x: Array) -> Value:
        return np.zeros(x.shape[:2], x.dtype) if x.size == 0 and x.ndim == 5 else right(x)

    return call


@mutant("global_max_pool", cause="empty tensors or kernel > input", law="rejects_invalid")
def global_max_pool_no_cells_give_least(x: Array) -> Array:
    """In one dimension, a plane without cells gives −∞."""
    if x.size == 0 and x.ndim == 3:
        return np.full(x.shape[:2], -np.inf, x.dtype)
    return reference.global_max_pool(x)
