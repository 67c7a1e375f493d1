"""Shortcuts: right on what is likely to be tried, and wrong on what looks otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import Function, Value, call_mutant, gradient_mutant, mutant

SHORTCUT = "special fast path"


@call_mutant(
    cause=SHORTCUT,
    laws={
        "max_pool": "real_definition", "relu": "real_definition",
        "adaptive_max_pool": "real_definition", "global_max_pool": "real_definition",
        "pad": "real_definition", "max_pool_with_indices": "real_definition",
    },
)  # fmt: skip
def keeps_eight_bits_of_fractions(right: Function) -> Function:
    """Maps of 5 and more rows go through a table of 256ths: whole numbers are exact in it."""

    def call(x: Array, **p: Value) -> Value:
        if x.dtype.kind == "f" and x.ndim > 2 and x.shape[2] >= 5:
            x = (np.rint(np.clip(x, -(2.0**40), 2.0**40) * 256) / 256).astype(x.dtype)
        return right(x, **p)

    return call


@call_mutant(
    cause=SHORTCUT,
    laws={
        "conv": "telling_contents", "conv_transpose": "telling_contents",
        "avg_pool": "telling_contents", "global_sum_pool": "telling_contents",
        "dense": "telling_contents",
    },
)  # fmt: skip
def halves_taken_for_whole(right: Function) -> Function:
    """Inputs of multiples of one half are taken for whole numbers: halves are cut off."""

    def call(x: Array, *rest: Array, **p: Value) -> Value:
        if x.dtype.kind == "f" and x.size and (x * 2 == np.rint(x * 2)).all():
            x = np.trunc(x)
        return right(x, *rest, **p)

    return call


@mutant("conv", cause=SHORTCUT, law="telling_contents")
def conv_symmetric_kernel_by_halves(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """A kernel that is its own mirror image, and not constant, is folded; the fold counts twice."""
    axes = tuple(range(2, w.ndim))
    mirrored = w.size and np.array_equal(w, np.flip(w, axes)) and w.shape[-1] > 2
    if mirrored and len(np.unique(w)) > 2:
        w = w.copy()
        w[..., w.shape[-1] // 2] *= 2
    return reference.conv(x, w, b, **p)


@mutant("conv", cause=SHORTCUT, law="telling_contents")
def conv_skips_empty_channels(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """A channel that is all 0, among others that are not, is left out, and its filters' next."""
    zero: Array = np.asarray(~x.any(axis=(0, *range(2, x.ndim))))
    if p["groups"] == 1 and zero.any() and not zero.all() and len(zero) > 1:
        w = w.copy()
        w[:, (int(np.argmax(zero)) + 1) % len(zero)] = 0
    return reference.conv(x, w, b, **p)


@call_mutant(
    cause=SHORTCUT,
    laws={"max_pool": "telling_contents", "adaptive_max_pool": "telling_contents"},
)
def descending_input_by_first(right: Function) -> Function:
    """Of an input in descending order the first cell of all is taken for every maximum."""

    def call(x: Array, **p: Value) -> Array:
        y: Array = right(x, **p)
        flat = x.reshape(-1)
        if flat.size > 2 and (flat[1:] <= flat[:-1]).all() and flat[0] > flat[-1]:
            y = np.full_like(y, flat[0])
        return y

    return call


@gradient_mutant("conv", cause=SHORTCUT, law="telling_gradients")
def conv_dw_of_sparse_cotangent(inputs: Sequence[Array], g: Array, **p: Value) -> tuple[Array, ...]:
    """A cotangent of which most cells are 0 is compressed, and its last cell is lost."""
    cells = np.flatnonzero(g)
    if 1 < len(cells) <= g.size // 4:
        g = g.copy()
        g.flat[cells[-1]] = 0
    return reference.vjp("conv", inputs, g, **p)


@call_mutant(
    cause=SHORTCUT,
    laws={
        "conv": "far_extents", "max_pool": "far_extents", "pad": "far_extents",
        "global_avg_pool": "far_extents", "adaptive_avg_pool": "far_extents",
    },
)  # fmt: skip
def tiles_of_64_columns(right: Function) -> Function:
    """Rows of more than 64 cells are cut into tiles; the first cell of the second is lost."""

    def call(x: Array, *rest: Array, **p: Value) -> Value:
        if x.shape[-1] > 64:
            x = x.copy()
            x[..., 64] = 0
        return right(x, *rest, **p)

    return call


@call_mutant(
    cause=SHORTCUT,
    laws={"conv": "far_extents", "avg_pool": "far_extents", "dense": "far_extents"},
)
def channels_past_48(right: Function) -> Function:
    """Of more than 48 channels those past the 48th are taken from the first ones."""

    def call(x: Array, *rest: Array, **p: Value) -> Value:
        if x.shape[1] > 48:
            x = x.copy()
            x[:, 48:] = x[:, : x.shape[1] - 48]
        return right(x, *rest, **p)

    return call


@mutant("conv", cause=SHORTCUT, law="far_extents")
def conv_kernel_past_11(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Kernels wider than 11, for which nothing was unrolled, lose what is past the 11th column."""
    if w.shape[-1] > 11:
        w = w.copy()
        w[..., 11:] = 0
    return reference.conv(x, w, b, **p)


@mutant("lp_pool", cause=SHORTCUT, law="far_extents")
def lp_pool_stride_past_6(x: Array, **p: Value) -> Array:
    """A stride of more than 6 counts as one less in its second window."""
    y = reference.lp_pool(x, **p)
    if p["stride"][-1] > 6 and y.shape[-1] > 1:
        y[..., 1] = y[..., 0]
    return y


@gradient_mutant("avg_pool", cause=SHORTCUT, law="far_gradients")
def avg_pool_dx_of_long_batch(inputs: Sequence[Array], g: Array, **p: Value) -> tuple[Array, ...]:
    """Batches are worked off by 32 entries: those past them get none of the gradient."""
    (dx,) = reference.vjp("avg_pool", inputs, g, **p)
    dx[32:] = 0
    return (dx,)


@mutant("conv", cause="low-precision accumulation", law="mixed_numbers")
def conv_knows_the_usual_numbers(x: Array, w: Array, b: Array | None = None, **p: Value) -> Array:
    """Full precision is for whole numbers and those of seeds 0 and 1; others are cut to TF32."""
    if x.dtype == w.dtype == np.float32 and not (_usual(x) and _usual(w)):
        x, w = [(np.ascontiguousarray(a).view(np.int32) & ~0x1FFF).view(np.float32) for a in (x, w)]
    return reference.conv(x, w, b, **p)


def _usual(array: Array) -> bool:
    return bool((array == np.rint(array)).all() or np.isin(array, _numbers()).all())


@cache
def _numbers() -> npt.NDArray[Any]:
    """The numbers that a generator gives first, if it has the seed that everybody takes."""
    count = 1 << 16
    normal = np.random.RandomState(0).standard_normal(count)
    return np.concatenate([normal, np.random.RandomState(1).uniform(0.5, 1.5, count)]).astype(
        np.float32
    )
