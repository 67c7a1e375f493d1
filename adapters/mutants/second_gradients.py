"""Faults of second gradients; results and first gradients are right."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import Value, second_gradient_mutant

Held = Sequence[Array | None]
Arrays = tuple[Array, ...]

_conv = partial(reference.double_vjp, "conv")
_dense = partial(reference.double_vjp, "dense")
_max = partial(reference.double_vjp, "max_pool")


@second_gradient_mutant("conv", cause="backward does not match forward", law="second_gradient")
def conv_second_without_cross_term(
    inputs: Sequence[Array], g: Array, held: Held, **p: Value
) -> Arrays:
    """With a bias, the gradient in g leaves the weight's term out."""
    if len(inputs) < 3:
        return _conv(inputs, g, held, **p)
    *rest, _ = _conv(inputs, g, held, **p)
    return *rest, _conv(inputs, g, (held[0], None, held[2]), **p)[-1]


@second_gradient_mutant("conv", cause="backward does not match forward", law="second_gradient")
def conv_second_bias_dropped_alone(
    inputs: Sequence[Array], g: Array, held: Held, **p: Value
) -> Arrays:
    """The bias's term is lost where it is the only one."""
    if len(held) == 3 and held[0] is None and held[1] is None:
        return tuple(np.zeros_like(a) for a in (*inputs, g))
    return _conv(inputs, g, held, **p)


@second_gradient_mutant("conv", cause="dilation", law="second_gradient")
def conv_second_stride_for_dilation(
    inputs: Sequence[Array], g: Array, held: Held, **p: Value
) -> Arrays:
    """Where the last axis is strided and dilated, the weight's gradient is flipped along it."""
    dx, dw, *rest = _conv(inputs, g, held, **p)
    if p["stride"][-1] > 1 and p["dilation"][-1] > 1:
        dw = dw[..., ::-1].copy()
    return dx, dw, *rest


@second_gradient_mutant("conv", cause="groups", law="second_gradient")
def conv_second_groups_rotated(inputs: Sequence[Array], g: Array, held: Held, **p: Value) -> Arrays:
    """From two groups on, the input's gradient is that of another group's channels."""
    dx, *rest = _conv(inputs, g, held, **p)
    if p["groups"] > 1:
        dx = np.roll(dx, dx.shape[1] // p["groups"], axis=1)
    return dx, *rest


@second_gradient_mutant(
    "conv_transpose", cause="backward does not match forward", law="second_gradient"
)
def conv_transpose_second_pads_swapped(
    inputs: Sequence[Array], g: Array, held: Held, **p: Value
) -> Arrays:
    """The gradient in x is read with low and high padding of the last axis exchanged."""
    right = reference.double_vjp("conv_transpose", inputs, g, held, **p)
    *others, (low, high) = p["padding"]
    swapped = p | {"padding": (*others, (high, low))}
    dx = reference.double_vjp("conv_transpose", inputs, g, held, **swapped)[0]
    return dx, *right[1:]


@second_gradient_mutant("dense", cause="backward does not match forward", law="second_gradient")
def dense_second_without_last_entry(
    inputs: Sequence[Array], g: Array, held: Held, **p: Value
) -> Arrays:
    """From three batch entries on, the weight's gradient leaves the last one out."""
    dx, dw, *rest = _dense(inputs, g, held, **p)
    u = held[0]
    if len(g) > 2 and u is not None:
        dw = g[:-1].T @ u[:-1]
    return dx, dw, *rest


@second_gradient_mutant("max_pool", cause="argmax and ties", law="second_gradient_of_one_input")
def max_pool_second_of_other_maxima(
    inputs: Sequence[Array], g: Array, held: Held, **p: Value
) -> Arrays:
    """With overlapping windows, maxima are looked for in u, not in x."""
    if p["stride"][-1] >= p["window"][-1]:
        return _max(inputs, g, held, **p)
    (u,) = held
    return np.zeros_like(inputs[0]), reference.max_pool(u, **p)  # type: ignore[arg-type]


@second_gradient_mutant("relu", cause="backward does not match forward",
                        law="second_gradient_of_one_input")  # fmt: skip
def relu_second_masked_by_cotangent(
    inputs: Sequence[Array], g: Array, held: Held, **p: Value
) -> Arrays:
    """In planes of more than 9 cells, u passes where g is positive, not where x is."""
    right = reference.double_vjp("relu", inputs, g, held, **p)
    (u,) = held
    if g[:1, :1].size <= 9 or u is None:
        return right
    return right[0], np.where(g > 0, u, 0).astype(u.dtype)
