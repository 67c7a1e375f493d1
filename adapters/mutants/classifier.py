"""Faults of a classifier's head: rectifier, fully connected layer, softmax and cross-entropy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import gradient_mutant, mutant

BACKWARD = "backward does not match forward"
TAIL = "channel tail of a SIMD block"
STATE = "uninitialised, cached or batch-blind state"


@mutant("relu", cause="NaN and −∞", law="nan")
def relu_nan_becomes_0(x: Array) -> Array:
    """The greater of x and 0 is taken with an instruction that drops NaN."""
    y: Array = np.fmax(x, x.dtype.type(0))
    return y


@mutant("relu", cause="special fast path", law="definition")
def relu_clipped_at_3(x: Array) -> Array:
    """Maps of more than 16 cells go through the quantised kernel, whose range ends at 3."""
    y = reference.relu(x)
    return np.minimum(y, y.dtype.type(3)) if x.size > 200 else y


@mutant("relu", cause="axis or attribute mix-up", law="relu_idempotent")
def relu_leaks(x: Array) -> Array:
    """Rows of more than 4 cells keep an eighth of what is below 0."""
    return np.where(x < 0, x / 8, x) if x.shape[-1] > 4 else reference.relu(x)


@mutant("relu", cause=TAIL, law="relu_nonexpansive")
def relu_tail_added_twice(x: Array) -> Array:
    """More than 4 channels: those that fill no block of 4 are counted twice."""
    y = reference.relu(x)
    if x.shape[1] > 4:
        y[:, x.shape[1] // 4 * 4 :] *= 2
    return y


@gradient_mutant("relu", cause="argmax and ties", law="gradient_zero")
def relu_gradient_passes_at_0(inputs: Sequence[Array], g: Array) -> tuple[Array]:
    """At 0 the cotangent is passed on."""
    (x,) = inputs
    return (np.where(x < 0, x.dtype.type(0), g),)


@gradient_mutant("relu", cause=BACKWARD, law="gradient")
def relu_gradient_by_sign_of_cotangent(inputs: Sequence[Array], g: Array) -> tuple[Array]:
    """In rows without spatial axes, what is below 0 in the cotangent is cut off, too."""
    (dx,) = reference.vjp("relu", inputs, g)
    return (reference.relu(dx) if dx.ndim == 2 else dx,)


@mutant("dense", cause="axis or attribute mix-up", law="definition")
def dense_square_weight_transposed(x: Array, w: Array, b: Array | None = None) -> Array:
    """A square weight is read with rows and columns exchanged."""
    y = reference.dense(x, w, b)
    return reference.dense(x, w.T.copy(), b) if w.shape[0] == w.shape[1] else y


@mutant("dense", cause=STATE, law="affine_in_bias")
def dense_bias_of_first_image(x: Array, w: Array, b: Array | None = None) -> Array:
    """From three images on, the bias is added to the first alone."""
    y = reference.dense(x, w, b)
    if b is not None:
        y[1:] -= b * (len(x) > 2)
    return y


@mutant("dense", cause=TAIL, law="dense_is_pointwise_conv")
def dense_input_tail_of_8(x: Array, w: Array, b: Array | None = None) -> Array:
    """More than 8 input channels: those that fill no block of 8 are not read."""
    full = x.shape[-1] // 8 * 8
    if x.ndim == w.ndim == 2 and x.shape[1] == w.shape[1] > 8:
        return reference.dense(x[:, :full], w[:, :full], b)
    return reference.dense(x, w, b)


@mutant("dense", cause=TAIL, law="filters_alone")
def dense_output_tail_of_4(x: Array, w: Array, b: Array | None = None) -> Array:
    """More than 4 outputs: those that fill no block of 4 are given what the fourth has."""
    y = reference.dense(x, w, b)
    if len(w) > 4:
        y[:, len(w) // 4 * 4 :] = y[:, 3:4]
    return y


@mutant("dense", cause="low-precision accumulation", law="rounding")
def dense_weight_in_half(x: Array, w: Array, b: Array | None = None) -> Array:
    """The weight is stored in half precision."""
    half = w if w.dtype != x.dtype else w.astype(np.float16).astype(w.dtype)
    return reference.dense(x, half, b)


@gradient_mutant("dense", cause=BACKWARD, law="adjoint")
def dense_gradient_weight_averaged(inputs: Sequence[Array], g: Array) -> tuple[Array, ...]:
    """From three images on, the gradient in the weight is their mean and not their sum."""
    dx, dw, *rest = reference.vjp("dense", inputs, g)
    return (dx, dw / dw.dtype.type(len(g)) if len(g) > 2 else dw, *rest)


@gradient_mutant("dense", cause=BACKWARD, law="gradient")
def dense_gradient_bias_last_image(inputs: Sequence[Array], g: Array) -> tuple[Array, ...]:
    """The gradient in the bias is that of the last image if there are three."""
    dx, dw, *rest = reference.vjp("dense", inputs, g)
    return (dx, dw, *(g[-1].copy() if len(g) == 3 else db for db in rest))
