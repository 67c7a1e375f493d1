"""Global pooling: one number from all the spatial cells of each image and channel.

The gradients take x (N, C, *n) and a cotangent (N, C), and have the shape of x.
"""

from __future__ import annotations

from math import prod

import numpy as np

from convspec.reference.constraints import (
    Array,
    check_array,
    check_cotangent,
    check_floating,
)
from convspec.reference.halves import once_rounded


@once_rounded
def global_avg_pool(x: Array) -> Array:
    """The mean over all spatial axes, ``global_avg_pool.definition``: (N, C, *n) → (N, C).

    Raises ``ValueError`` if a spatial axis is empty or the dtype is not floating.
    """
    check_floating("global average pooling", x)
    _check(x)
    total = x.sum(axis=tuple(range(2, x.ndim)), dtype=x.dtype)
    y: Array = (total / total.dtype.type(prod(x.shape[2:]))).astype(x.dtype, copy=False)
    return y


@once_rounded
def global_sum_pool(x: Array) -> Array:
    """The sum over all spatial axes, ``global_sum_pool.definition``: (N, C, *n) → (N, C).

    It has the dtype of x, in which integers wrap. Raises ``ValueError`` if a spatial axis is empty.
    """
    _check(x)
    y: Array = x.sum(axis=tuple(range(2, x.ndim)), dtype=x.dtype)
    return y


@once_rounded
def global_max_pool(x: Array) -> Array:
    """The maximum over all spatial axes, ``global_max_pool.definition``: (N, C, *n) → (N, C).

    A NaN is the maximum. Raises ``ValueError`` if a spatial axis is empty.
    """
    _check(x)
    y: Array = x.max(axis=tuple(range(2, x.ndim)))
    return y


@once_rounded
def global_avg_pool_vjp(x: Array, cotangent: Array) -> Array:
    """The gradient in x, ``global_avg_pool.gradient``: every cell gets an equal part."""
    check_floating("global average pooling", x)
    _check(x)
    check_cotangent(cotangent, x.shape[:2], x)
    part = cotangent / x.dtype.type(prod(x.shape[2:]))
    return global_sum_pool_vjp(x, part.astype(x.dtype, copy=False))


@once_rounded
def global_sum_pool_vjp(x: Array, cotangent: Array) -> Array:
    """The gradient in x, ``global_sum_pool.gradient``: every cell gets the cotangent."""
    _check(x)
    check_cotangent(cotangent, x.shape[:2], x)
    return np.broadcast_to(np.expand_dims(cotangent, tuple(range(2, x.ndim))), x.shape).copy()


@once_rounded
def global_max_pool_vjp(x: Array, cotangent: Array) -> Array:
    """The gradient in x, ``global_max_pool.gradient``: the first maximum gets it all."""
    _check(x)
    check_cotangent(cotangent, x.shape[:2], x)
    planes = x.reshape(*x.shape[:2], prod(x.shape[2:]))
    dx = np.zeros(planes.shape, x.dtype)
    first = planes.argmax(axis=2, keepdims=True)  # argmax, too, takes a NaN for the maximum
    np.put_along_axis(dx, first, cotangent[..., None], axis=2)
    return dx.reshape(x.shape)


def global_max_pool_jvp(x: Array, u: Array) -> Array:
    """The derivative at x along u, of the shape of x: what u holds at the first maximum; (N, C)."""
    _check(x)
    planes = (*x.shape[:2], prod(x.shape[2:]))
    first = x.reshape(planes).argmax(axis=2, keepdims=True)
    taken: Array = np.take_along_axis(u.reshape(planes), first, axis=2)
    return taken[:, :, 0]


def _check(x: Array) -> None:
    check_array("x", x)
    if 0 in x.shape[2:]:
        raise ValueError(
            f"global pooling needs at least one cell on every spatial axis, "
            f"but the shape of x is {x.shape}"
        )
