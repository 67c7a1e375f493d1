"""Second gradients of the NumPy operations: gathers and products once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from .numpy_adaptive import bins_of
from .numpy_checks import Array, like
from .numpy_classifier import relu_gradient
from .numpy_columns import Columns
from .numpy_gradients import vjp
from .numpy_plans import maps_of, pool_plan, winners_of

_WEIGHTED = ("conv", "conv_transpose", "dense")
_LINEAR = ("pad", "avg_pool", "adaptive_avg_pool", "global_avg_pool", "global_sum_pool")


Forward = Mapping[str, Callable[..., Array]]


def double_vjp_of(forward: Forward) -> Callable[..., tuple[Array, ...]]:
    """The function `double_vjp` of the adapter whose operations are `forward`."""
    return partial(_double_vjp, forward)


def _double_vjp(
    forward: Forward,
    op: str,
    inputs: Sequence[Array],
    cotangent: Array,
    cotangents: Sequence[Array | None],
    **params: Any,
) -> tuple[Array, ...]:
    """One gradient per input of Σ⟨vjp_i(inputs, cotangent), cotangents_i⟩, then the cotangent's.

    A None among `cotangents` leaves its term out. Raises ValueError where `vjp` would, for
    cotangents that do not fit, and for operations whose gradient is not linear in pieces.
    """
    if op not in (*_WEIGHTED, *_LINEAR, *_PICKING):
        raise ValueError(f"there is no second gradient of {op!r}")
    if len(cotangents) != len(inputs):
        raise ValueError(f"{len(inputs)} gradients need as many cotangents: {len(cotangents)}")
    for array, given in zip(inputs, cotangents, strict=True):
        if given is not None:
            like("a cotangent of a gradient", given, array.shape, array.dtype)
    if op in _WEIGHTED:
        return _weighted(forward[op], op, inputs, cotangent, cotangents, params)
    (x,), (u,) = inputs, cotangents
    vjp(op, inputs, cotangent, **params)  # for its checks
    if u is None:
        dg = np.zeros_like(cotangent)
    elif op in _PICKING:
        dg = _PICKING[op](x, u, **params)
    else:
        dg = forward[op](u, **params | ({"value": 0} if op == "pad" else {}))
    return np.zeros_like(x), dg


def _weighted(
    function: Callable[..., Array],
    op: str,
    inputs: Sequence[Array],
    g: Array,
    cotangents: Sequence[Array | None],
    params: dict[str, Any],
) -> tuple[Array, ...]:
    x, w = inputs[:2]
    u, v = cotangents[:2]
    t = cotangents[2] if len(cotangents) == 3 else None
    results = [np.zeros_like(array) for array in inputs]
    dg = np.zeros_like(g)
    if u is not None:
        results[1] = vjp(op, (u, w), g, **params)[1]
        dg += function(u, w, **params)
    if v is not None:
        results[0] = vjp(op, (x, v), g, **params)[0]
        dg += function(x, v, **params)
    if t is not None:
        dg += t.reshape(-1, *(1,) * (g.ndim - 2))
    if u is None and v is None:
        vjp(op, inputs, g, **params)  # for its checks
    return (*results, dg)


def _picked(plan: Columns, x: Array, u: Array) -> Array:
    """What u holds in the cells that x has its maxima in; 0 where these are padding."""
    _, winners = winners_of(plan, x)
    cells = np.concatenate((maps_of(u), np.zeros((*u.shape[:2], 1), u.dtype)), axis=2)
    taken: Array = np.take_along_axis(cells, winners, axis=2)
    return taken.reshape(*u.shape[:2], *plan.out)


def _picked_globally(x: Array, u: Array) -> Array:
    places = maps_of(x).argmax(axis=2)[:, :, None]
    taken: Array = np.take_along_axis(maps_of(u), places, axis=2)
    return taken[:, :, 0]


_PICKING: dict[str, Callable[..., Array]] = {
    "relu": relu_gradient,
    "max_pool": lambda x, u, **p: _picked(pool_plan(x, **p)[0], x, u),
    "max_pool_with_indices": lambda x, u, **p: _picked(pool_plan(x, **p)[0], x, u),
    "adaptive_max_pool": lambda x, u, **p: _picked(bins_of(x.shape[2:], **p), x, u),
    "global_max_pool": _picked_globally,
}
