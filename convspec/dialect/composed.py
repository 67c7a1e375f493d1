"""Networks and second gradients in a dialect: the layers' own choices, composed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec import reference
from convspec.reference.network import Composition
from convspec.spec.claims import Claims

from .convolutions import turned

Array = npt.NDArray[Any]

_LAYERS = (
    "conv", "relu", "max_pool", "avg_pool", "dense", "global_avg_pool", "log_softmax",
    "cross_entropy",
)  # fmt: skip


def composition(
    expected: Callable[..., Array],
    gradients: Callable[..., tuple[Array, ...]],
    claims: Claims,
    dtype: npt.DTypeLike,
) -> Composition:
    """Networks whose layers answer as `expected` and `gradients` of the dialect do."""

    def forward(op: str, *arrays: Array, **parameters: Any) -> Array:
        return expected(op, arrays, parameters, claims, dtype)

    def vjp(op: str, arrays: Sequence[Array], g: Array, **parameters: Any) -> tuple[Array, ...]:
        return gradients(op, arrays, g, parameters, claims)

    def double_vjp(
        op: str, arrays: Sequence[Array], g: Array, held: Sequence[Array | None], **parameters: Any
    ) -> tuple[Array, ...]:
        return second_gradients(op, arrays, g, held, parameters, claims)

    return Composition({op: partial(forward, op) for op in _LAYERS}, vjp, double_vjp)


def second_gradients(
    op: str,
    arrays: Sequence[Array],
    g: Array,
    held: Sequence[Array | None],
    parameters: Mapping[str, Any],
    claims: Claims,
) -> tuple[Array, ...]:
    """As :func:`convspec.reference.double_vjp`, of one operation."""
    tie = f"{'max_pool' if op.startswith('max_pool') else op}.tie"
    if tie in claims.dialect:
        parameters = {**parameters, "tie": claims.dialect[tie]}
    if claims.dialect.get(f"{op}.flip") != "flipped":
        return reference.double_vjp(op, arrays, g, held, **parameters)
    x, w, *b = arrays
    u, v, *t = held
    v = None if v is None else turned(np.asarray(v))
    dx, dw, *rest = reference.double_vjp(op, (x, turned(w), *b), g, (u, v, *t), **parameters)
    return (dx, turned(dw), *rest)
