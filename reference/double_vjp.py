"""Second gradients: the gradients of what a gradient is.

An operation's gradients are functions of its inputs and of the cotangent g. Held against one more
array each, u for the input, v for the weight, t for the bias, they give the number

    Φ = ⟨dx, u⟩ + ⟨dw, v⟩ + ⟨db, t⟩,

whose gradients are the second gradients. Double backpropagation and Hessian-vector products are
made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from convspec.reference.adaptive_pool import adaptive_avg_pool, adaptive_max_pool_jvp
from convspec.reference.avg_pool import avg_pool
from convspec.reference.constraints import Array, check_cotangent
from convspec.reference.conv import conv
from convspec.reference.conv_transpose import conv_transpose
from convspec.reference.dense import dense
from convspec.reference.global_pool import global_avg_pool, global_max_pool_jvp, global_sum_pool
from convspec.reference.halves import once_rounded
from convspec.reference.max_pool import max_pool_jvp
from convspec.reference.pad import pad
from convspec.reference.relu import relu_vjp
from convspec.reference.vjp import vjp

_BILINEAR: dict[str, Callable[..., Array]] = {
    "conv": conv,
    "conv_transpose": conv_transpose,
    "dense": dense,
}
_LINEAR: dict[str, Callable[..., Array]] = {
    "pad": pad,
    "avg_pool": avg_pool,
    "adaptive_avg_pool": adaptive_avg_pool,
    "global_avg_pool": global_avg_pool,
    "global_sum_pool": global_sum_pool,
}
_PIECEWISE: dict[str, Callable[..., Array]] = {
    "max_pool": max_pool_jvp,
    "max_pool_with_indices": max_pool_jvp,
    "adaptive_max_pool": adaptive_max_pool_jvp,
    "global_max_pool": global_max_pool_jvp,
    "relu": relu_vjp,  # a diagonal map is its own adjoint
}


@once_rounded
def double_vjp(
    op: str,
    inputs: Sequence[Array],
    cotangent: Array,
    cotangents: Sequence[Array | None],
    **params: Any,
) -> tuple[Array, ...]:
    """The gradients of Σ ⟨vjp_i(inputs, cotangent), cotangents_i⟩: one per input, then that of g.

    ``conv.second-gradient``, ``conv_transpose.second-gradient``, ``dense.second-gradient``:
    ``op``, ``inputs``, ``cotangent`` and ``params`` are those of :func:`vjp`; ``cotangents`` has
    one entry per gradient, of its shape, or None for one that has no part in the sum. Each result
    has the shape of what it is the gradient in.

    It is defined for what is bilinear (conv, conv_transpose, dense), linear (pad, the averages,
    sums) or linear wherever it has a derivative (maxima, relu). Raises ``ValueError`` for every
    other operation, a wrong number of arrays, and whatever :func:`vjp` rejects.
    """
    if op == "network":
        from convspec.reference.network import network_double_vjp  # which is made of these

        return network_double_vjp(inputs, cotangent, cotangents, **params)
    if op not in (*_BILINEAR, *_LINEAR, *_PIECEWISE):
        raise ValueError(f"the second gradient of {op!r} is not defined here")
    gradients = vjp(op, inputs, cotangent, **params)  # it checks all but the cotangents
    if len(cotangents) != len(gradients):
        raise ValueError(
            f"{op} has {len(gradients)} gradients here, but there are {len(cotangents)} cotangents"
        )
    held = []
    for gradient, given in zip(gradients, cotangents, strict=True):
        if given is not None:
            check_cotangent(given, gradient.shape, gradient)
        held.append(np.zeros_like(gradient) if given is None else given)
    if op in _BILINEAR:
        return _bilinear(op, inputs, cotangent, held, params)
    (x,), (u,) = inputs, held
    return np.zeros_like(x), _linear_map(op, x, u, params)


def _bilinear(
    op: str, inputs: Sequence[Array], g: Array, held: Sequence[Array], params: dict[str, Any]
) -> tuple[Array, ...]:
    """With f(x, w) bilinear, Φ = ⟨f(u, w) + f(x, v) + t, g⟩: all gradients are first ones again."""
    function = _BILINEAR[op]
    x, w, *bias = inputs
    u, v, *t = held
    dx, _ = vjp(op, (x, v), g, **params)
    _, dw = vjp(op, (u, w), g, **params)
    dg = function(u, w, *t, **params) + function(x, v, **params)
    return (dx, dw, *[np.zeros_like(b) for b in bias], dg)


def _linear_map(op: str, x: Array, u: Array, params: dict[str, Any]) -> Array:
    """The linear map that the operation is around x, applied to u."""
    if op == "pad":
        return pad(u, padding=params["padding"], mode=params["mode"])
    return _LINEAR[op](u, **params) if op in _LINEAR else _PIECEWISE[op](x, u, **params)
