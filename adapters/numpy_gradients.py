"""The gradients of the NumPy operations: GEMM and scatter, the adjoints of gather and GEMM."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from convspec.spec.dtypes import is_float

from .numpy_adaptive import adaptive_avg_gradient, adaptive_max_gradient
from .numpy_checks import Array, Pairs, like
from .numpy_classifier import (
    cross_entropy_gradient,
    dense_gradient,
    log_softmax_gradient,
    relu_gradient,
    softmax_gradient,
)
from .numpy_lp import lp_gradient
from .numpy_pad import pad_gradient
from .numpy_plans import (
    conv_plan,
    deliver,
    divisor,
    filters,
    grouped_columns,
    maps_of,
    pool_plan,
    wide_dtype,
    winners_of,
)
from .numpy_transposed import conv_transpose_gradient


def _conv_gradient(
    inputs: Sequence[Array],
    g: Array,
    *,
    stride: tuple[int, ...],
    padding: Pairs | str,
    dilation: tuple[int, ...],
    groups: int,
) -> tuple[Array, ...]:
    if len(inputs) not in (2, 3):
        raise ValueError(f"conv takes 2 or 3 arrays, not {len(inputs)}")
    x, w = inputs[:2]
    b = inputs[2] if len(inputs) == 3 else None
    plan = conv_plan(x, w, b, stride, padding, dilation, groups)
    like("cotangent", g, (x.shape[0], w.shape[0], *plan.out), x.dtype)
    wide = wide_dtype(x)
    shape = (x.shape[0], groups, w.shape[0] // groups, plan.outputs)
    rows = g.reshape(shape).astype(wide, copy=False)
    patches = grouped_columns(plan, x, groups, wide)
    dw = (rows @ patches.swapaxes(2, 3)).sum(axis=0, dtype=wide)
    spread = filters(w, groups, wide).swapaxes(1, 2) @ rows
    dx = plan.scatter(spread.reshape(*x.shape[:2], plan.taps, plan.outputs), x.shape)
    gradients = [dx, dw.reshape(w.shape)]
    if b is not None:
        gradients.append(rows.sum(axis=(0, 3), dtype=wide).reshape(w.shape[0]))
    return tuple(gradient.astype(x.dtype, copy=False) for gradient in gradients)


def _max_gradient(inputs: Sequence[Array], g: Array, **params: Any) -> tuple[Array, ...]:
    x = _alone(inputs)
    plan, _ = pool_plan(x, **params)
    like("cotangent", g, (*x.shape[:2], *plan.out), x.dtype)
    return (deliver(plan, x, winners_of(plan, x)[1], g),)


def _avg_gradient(
    inputs: Sequence[Array],
    g: Array,
    *,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs | str,
    dilation: tuple[int, ...],
    ceil_mode: bool,
    count_include_pad: bool,
) -> tuple[Array, ...]:
    x = _alone(inputs)
    plan, pairs = pool_plan(x, window, stride, padding, dilation, ceil_mode)
    taps = divisor(plan, x, window, stride, pairs, dilation, count_include_pad)
    like("cotangent", g, (*x.shape[:2], *plan.out), x.dtype)
    part = g.reshape(*x.shape[:2], 1, plan.outputs).astype(wide_dtype(x), copy=False) / taps
    spread = np.broadcast_to(part, (*x.shape[:2], plan.taps, plan.outputs))
    return (plan.scatter(spread, x.shape).astype(x.dtype, copy=False),)


def _global_gradient(op: str, inputs: Sequence[Array], g: Array) -> tuple[Array, ...]:
    x = _alone(inputs)
    maps = maps_of(x)
    if op == "global_avg_pool" and not is_float(x.dtype.name):
        raise ValueError(f"a mean of {x.dtype} is not defined")
    like("cotangent", g, x.shape[:2], x.dtype)
    dx = np.zeros(maps.shape, x.dtype)
    if op == "global_max_pool":
        np.put_along_axis(dx, maps.argmax(axis=2)[:, :, None], g[:, :, None], axis=2)
    elif op == "global_sum_pool":
        dx += g[:, :, None]
    else:
        dx += (g.astype(wide_dtype(x)) / maps.shape[2]).astype(x.dtype)[:, :, None]
    return (dx.reshape(x.shape),)


_GRADIENTS: dict[str, Callable[..., tuple[Array, ...]]] = {
    "conv": _conv_gradient,
    "conv_transpose": conv_transpose_gradient,
    "pad": lambda inputs, g, **params: (pad_gradient(_alone(inputs), g, **params),),
    "max_pool": _max_gradient,
    "max_pool_with_indices": _max_gradient,
    "avg_pool": _avg_gradient,
    "lp_pool": lambda inputs, g, **params: (lp_gradient(_alone(inputs), g, **params),),
    "adaptive_avg_pool": lambda inputs, g, **params: (
        adaptive_avg_gradient(_alone(inputs), g, **params),
    ),
    "adaptive_max_pool": lambda inputs, g, **params: (
        adaptive_max_gradient(_alone(inputs), g, **params),
    ),
    "relu": lambda inputs, g: (relu_gradient(_alone(inputs), g),),
    "dense": dense_gradient,
    "softmax": lambda inputs, g: (softmax_gradient(_alone(inputs), g),),
    "log_softmax": lambda inputs, g: (log_softmax_gradient(_alone(inputs), g),),
    "cross_entropy": cross_entropy_gradient,
}


def vjp(op: str, inputs: Sequence[Array], cotangent: Array, **params: Any) -> tuple[Array, ...]:
    """One gradient per input of ⟨op(*inputs, **params), cotangent⟩, in the dtype of x.

    A maximum's gradient goes to its first cell. For ``max_pool_with_indices`` the cotangent is
    that of the values; ``cross_entropy`` has one gradient, that of its logits. Raises ValueError
    where the operation would, and for a misfit cotangent.
    """
    if op in ("global_avg_pool", "global_max_pool", "global_sum_pool"):
        return _global_gradient(op, inputs, cotangent, **params)
    if op not in _GRADIENTS:
        raise ValueError(f"there is no gradient of {op!r}")
    return _GRADIENTS[op](inputs, cotangent, **params)


def _alone(inputs: Sequence[Array]) -> Array:
    if len(inputs) != 1:
        raise ValueError(f"expected one array, not {len(inputs)}")
    return inputs[0]
