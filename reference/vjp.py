"""Gradients by the name of the operation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from convspec.reference.adaptive_pool import adaptive_avg_pool_vjp, adaptive_max_pool_vjp
from convspec.reference.avg_pool import avg_pool_vjp
from convspec.reference.constraints import Array
from convspec.reference.conv import conv_vjp
from convspec.reference.conv_transpose import conv_transpose_vjp
from convspec.reference.dense import dense_vjp
from convspec.reference.global_pool import (
    global_avg_pool_vjp,
    global_max_pool_vjp,
    global_sum_pool_vjp,
)
from convspec.reference.halves import once_rounded
from convspec.reference.lp_pool import lp_pool_vjp
from convspec.reference.max_pool import max_pool_vjp
from convspec.reference.pad import pad_vjp
from convspec.reference.relu import relu_vjp
from convspec.reference.softmax import cross_entropy_vjp, log_softmax_vjp, softmax_vjp

_OF_ONE_INPUT: dict[str, Callable[..., Array]] = {
    "pad": pad_vjp,
    "max_pool": max_pool_vjp,
    "max_pool_with_indices": max_pool_vjp,
    "avg_pool": avg_pool_vjp,
    "lp_pool": lp_pool_vjp,
    "adaptive_avg_pool": adaptive_avg_pool_vjp,
    "adaptive_max_pool": adaptive_max_pool_vjp,
    "global_avg_pool": global_avg_pool_vjp,
    "global_max_pool": global_max_pool_vjp,
    "global_sum_pool": global_sum_pool_vjp,
    "relu": relu_vjp,
    "softmax": softmax_vjp,
    "log_softmax": log_softmax_vjp,
}
_OF_WEIGHTS: dict[str, Callable[..., tuple[Array, ...]]] = {
    "conv": conv_vjp,
    "conv_transpose": conv_transpose_vjp,
    "dense": dense_vjp,
}


@once_rounded
def vjp(op: str, inputs: Sequence[Array], cotangent: Array, **params: Any) -> tuple[Array, ...]:
    """The gradients of ⟨op(*inputs, **params), cotangent⟩: one per input, each of its shape.

    ``op`` names an operation; ``inputs`` are its arrays: for most x, for those with weights (x, w)
    or (x, w, b). ``cross_entropy`` has (logits, labels) and one gradient, that of the logits: what
    is not differentiable has none. For ``max_pool_with_indices`` the cotangent is that of the
    values. ``max_pool`` and ``adaptive_max_pool`` take, besides their own parameters, ``tie``.

    Raises ``ValueError`` for an unknown name, a wrong number of inputs, a cotangent that has not
    the shape and dtype of the output, and whatever the operation itself rejects.
    """
    if op in _OF_WEIGHTS:
        if len(inputs) not in (2, 3):
            raise ValueError(f"{op} has the inputs x, w and perhaps b, not {len(inputs)} of them")
        x, w, *rest = inputs
        return _OF_WEIGHTS[op](x, w, rest[0] if rest else None, cotangent, **params)
    if op == "cross_entropy":
        if len(inputs) != 2:
            raise ValueError(f"{op} has the inputs logits and labels, not {len(inputs)} of them")
        logits, labels = inputs
        return (cross_entropy_vjp(logits, labels, cotangent, **params),)
    if op == "network":
        from convspec.reference.network import network_vjp  # which is made of these gradients

        return network_vjp(inputs, cotangent, **params)
    if op not in _OF_ONE_INPUT:
        known = ", ".join(dict.fromkeys(["conv", *_OF_ONE_INPUT, *_OF_WEIGHTS, "cross_entropy"]))
        raise ValueError(f"op must be one of {known}, not {op!r}")
    if len(inputs) != 1:
        raise ValueError(f"{op} has one input, x, not {len(inputs)}")
    return (_OF_ONE_INPUT[op](inputs[0], cotangent, **params),)
