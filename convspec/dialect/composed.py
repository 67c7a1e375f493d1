"""What is made of several operations, in a dialect: networks, and second gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec import dialect, reference
from convspec.reference.network import Composition
from convspec.spec.claims import Claims
from convspec.spec.groups import MAX_POOLS, MAXIMA, WEIGHTED
from convspec.spec.operations import OPERATIONS

from . import maxima

Array = npt.NDArray[Any]
Parameters = Mapping[str, Any]


def composition(claims: Claims, dtype: npt.DTypeLike = np.float64) -> Composition:
    """Networks whose layers answer in the dialect; everything in wide arrays."""

    def forward(op: str, *arrays: Array, **parameters: Any) -> Array:
        return dialect.expected(op, arrays, parameters, claims, dtype)

    def vjp(op: str, inputs: Sequence[Array], g: Array, **parameters: Any) -> tuple[Array, ...]:
        return dialect.gradients(op, inputs, g, parameters, claims)

    def double_vjp(
        op: str, inputs: Sequence[Array], g: Array, held: Sequence[Array | None], **parameters: Any
    ) -> tuple[Array, ...]:
        return dialect.second_gradients(op, inputs, g, held, parameters, claims)

    return Composition({op: partial(forward, op) for op in OPERATIONS}, vjp, double_vjp)


def second_gradients(
    op: str,
    arrays: Sequence[Array],
    g: Array,
    held: Sequence[Array | None],
    parameters: Parameters,
    claims: Claims,
) -> tuple[Array, ...]:
    """The gradients of Σ⟨gradient, held⟩, one per array, then that in g."""
    if op not in claims.departing:
        return reference.double_vjp(op, arrays, g, held, **parameters)
    terms = [np.zeros_like(a) if u is None else u for a, u in zip(arrays, held, strict=True)]
    dtype = arrays[0].dtype
    if op in WEIGHTED:
        (x, w, *bias), (u, v, *t) = arrays, terms
        dx = dialect.gradients(op, (x, v), g, parameters, claims)[0]
        dw = dialect.gradients(op, (u, w), g, parameters, claims)[1]
        one = dialect.expected(op, (u, w, *t), parameters, claims, dtype)
        other = dialect.expected(op, (x, v), parameters, claims, dtype)
        return (dx, dw, *(np.zeros_like(b) for b in bias), one + other)
    (x,), (u,) = arrays, terms
    return np.zeros_like(x), _around(op, x, u, parameters, claims)


def _around(op: str, x: Array, u: Array, parameters: Parameters, claims: Claims) -> Array:
    """The linear map that the operation is around x, applied to u."""
    if op in MAX_POOLS:
        return maxima.max_pool_jvp(x, u, parameters, claims.dialect)
    if op in MAXIMA:
        return maxima.bins_jvp(op, x, u, parameters, claims.dialect)
    plain = {**parameters, "value": 0} if op == "pad" else parameters
    return dialect.expected(op, (u,), plain, claims, u.dtype)
