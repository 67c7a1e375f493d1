"""Gradients by the name of the operation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from convspec.reference.avg_pool import avg_pool_vjp
from convspec.reference.constraints import Array
from convspec.reference.conv import conv_vjp
from convspec.reference.global_pool import (
    global_avg_pool_vjp,
    global_max_pool_vjp,
    global_sum_pool_vjp,
)
from convspec.reference.max_pool import max_pool_vjp
from convspec.reference.pad import pad_vjp

_OF_ONE_INPUT: dict[str, Callable[..., Array]] = {
    "pad": pad_vjp,
    "max_pool": max_pool_vjp,
    "max_pool_with_indices": max_pool_vjp,
    "avg_pool": avg_pool_vjp,
    "global_avg_pool": global_avg_pool_vjp,
    "global_max_pool": global_max_pool_vjp,
    "global_sum_pool": global_sum_pool_vjp,
}


def vjp(op: str, inputs: Sequence[Array], cotangent: Array, **params: Any) -> tuple[Array, ...]:
    """The gradients of ⟨op(*inputs, **params), cotangent⟩: one per input, each of its shape.

    ``op`` names an operation; ``inputs`` are its arrays, for conv (x, w) or (x, w, b). For
    ``max_pool_with_indices`` the cotangent is that of the values. ``max_pool`` takes, besides its
    own parameters, ``tie``.

    Raises ``ValueError`` for an unknown name, a wrong number of inputs, a cotangent that has not
    the shape and dtype of the output, and whatever the operation itself rejects.
    """
    if op == "conv":
        if len(inputs) not in (2, 3):
            raise ValueError(f"conv has the inputs x, w and perhaps b, not {len(inputs)} of them")
        x, w, *rest = inputs
        return conv_vjp(x, w, rest[0] if rest else None, cotangent, **params)
    if op not in _OF_ONE_INPUT:
        known = ", ".join(["conv", *_OF_ONE_INPUT])
        raise ValueError(f"op must be one of {known}, not {op!r}")
    if len(inputs) != 1:
        raise ValueError(f"{op} has one input, x, not {len(inputs)}")
    return (_OF_ONE_INPUT[op](inputs[0], cotangent, **params),)
