"""What an implementation has to answer in the dialect that it declares.

The definition is the reference's. Where an adapter declares another choice at a dialect point, the
expected values follow from the declared one, composed here of the reference and of the index
relation: forward and gradient, sizes, and what is refused. An operation at none of whose points
another choice is declared gets the reference itself.

All functions take wide arrays (float64, int64) as a `Trial` has them, or arrays as the
implementation gets them, and raise ``ValueError`` where the dialect gives a call no meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec import reference
from convspec.comparison import require_shape
from convspec.spec.case import Case
from convspec.spec.claims import Claims
from convspec.spec.groups import MAXIMA, POOLS

from . import convolutions, maxima, padding, pools
from .bins import along_axes
from .windows import Choices, outputs

Array = npt.NDArray[Any]

__all__ = [
    "bins_of",
    "empty_windows",
    "expected",
    "gradients",
    "indices",
    "received",
    "resized",
    "second_gradients",
    "splits_ties",
    "surface",
    "tie_of",
    "tied_cells",
]

_FORWARD: dict[str, Callable[[Sequence[Array], Mapping[str, Any], Choices], Array]] = {
    "conv": convolutions.conv,
    "conv_transpose": convolutions.conv_transpose,
    "pad": padding.pad,
    "avg_pool": pools.avg_pool,
    "lp_pool": pools.lp_pool,
    "adaptive_avg_pool": pools.adaptive_avg_pool,
    "global_avg_pool": pools.global_avg_pool,
    "global_sum_pool": pools.global_sum_pool,
    "softmax": pools.softmax,
    "log_softmax": pools.log_softmax,
    "cross_entropy": pools.cross_entropy,
}

_BACKWARD: dict[str, Callable[..., tuple[Array, ...]]] = {
    "conv": convolutions.conv_vjp,
    "conv_transpose": convolutions.conv_transpose_vjp,
    "pad": padding.pad_vjp,
    "max_pool": maxima.max_pool_vjp,
    "max_pool_with_indices": maxima.max_pool_vjp,
    "adaptive_max_pool": maxima.adaptive_max_pool_vjp,
    "global_max_pool": maxima.global_max_pool_vjp,
    "avg_pool": pools.avg_pool_vjp,
    "lp_pool": pools.lp_pool_vjp,
    "adaptive_avg_pool": pools.adaptive_avg_pool_vjp,
}


def expected(
    op: str,
    arrays: Sequence[Array],
    parameters: Mapping[str, Any],
    claims: Claims,
    dtype: npt.DTypeLike,
) -> Array:
    """The result; of max pooling with indices, the values. `dtype` is the implementation's."""
    if op == "network":
        from .composed import composition  # which is made of the functions here

        return composition(claims, dtype).network(*arrays, **parameters)
    if op in MAXIMA:
        return maxima.maximum(op, arrays[0], parameters, claims, np.dtype(dtype))
    if op in claims.departing and op in _FORWARD:
        return _FORWARD[op](arrays, parameters, claims.dialect)
    result: Array = getattr(reference, op)(*arrays, **parameters)
    return result


def gradients(
    op: str,
    arrays: Sequence[Array],
    cotangent: Array,
    parameters: Mapping[str, Any],
    claims: Claims,
) -> tuple[Array, ...]:
    """The gradients, one per array that has one."""
    if op == "network":
        from .composed import composition

        return composition(claims).gradients(arrays, cotangent, **parameters)
    if op in claims.departing and op in _BACKWARD:
        return _BACKWARD[op](arrays, cotangent, parameters, claims.dialect)
    return reference.vjp(op, tuple(arrays), cotangent, **parameters)


def second_gradients(
    op: str,
    arrays: Sequence[Array],
    cotangent: Array,
    held: Sequence[Array | None],
    parameters: Mapping[str, Any],
    claims: Claims,
) -> tuple[Array, ...]:
    """The gradients of Σ⟨gradient, held⟩: one per array, then that of the cotangent."""
    from . import composed

    if op == "network":
        nets = composed.composition(claims)
        return nets.second_gradients(arrays, cotangent, held, **parameters)
    return composed.second_gradients(op, arrays, cotangent, held, parameters, claims)


def indices(x: Array, parameters: Mapping[str, Any], claims: Claims) -> Array:
    """Where the maximum of each window stands: −1 for one without a real cell."""
    if "max_pool_with_indices" not in claims.departing:
        return reference.max_pool_with_indices(x, **parameters)[1]
    return maxima.indices(x, parameters, claims.dialect)


def resized(case: Case, claims: Claims) -> tuple[int, ...] | None:
    """The shape of a valid case's result where the dialect decides about it, else None."""
    op = case.op.name
    if op not in claims.departing or op not in POOLS:
        return None
    shape, p = case["x"].shape, case.op.arguments()
    return (*shape[:2], *outputs(op, shape[2:], p["window"], p, claims.dialect))


def surface(op: str, result: Array, rank: int, claims: Claims) -> Array:
    """A result as the adapter's function returns it: global pools may keep the rank."""
    if op.startswith("global") and claims.dialect["global_pool.rank"] == "keep":
        return result.reshape(*result.shape[:2], *(1,) * rank)
    return result


def received(op: str, result: Array, rank: int, claims: Claims) -> Array:
    """The inverse of `surface`. Raises WrongShape if the rank is not what the dialect says."""
    if op.startswith("global") and claims.dialect["global_pool.rank"] == "keep":
        require_shape(result, (*result.shape[:2], *(1,) * rank), "y")
        return result.reshape(result.shape[:2])
    return result


def empty_windows(case: Case, claims: Claims) -> Array:
    """True for each output whose window lies wholly in the padding: (1, 1, *o)."""
    return maxima.empty_windows(case["x"].shape[2:], case.op.arguments(), claims.dialect)


def bins_of(case: Case, claims: Claims) -> tuple[tuple[range, ...], ...]:
    """The bins of an adaptive pool along each axis: for every output the cells it reads."""
    return along_axes(case["x"].shape[2:], case.op.arguments()["output_size"], claims.dialect)


def tied_cells(op: str, x: Array, parameters: Mapping[str, Any], claims: Claims) -> Array:
    """True for each cell of x that is the maximum, or one of equals, of some window or bin."""
    choices = {**claims.dialect, "max_pool.tie": "split", "adaptive_max_pool.tie": "split"}
    if op == "adaptive_max_pool":
        ones = np.ones(x.shape[:2] + parameters["output_size"])
        return maxima.adaptive_max_pool_vjp([x], ones, parameters, choices)[0] > 0
    counts = outputs("max_pool", x.shape[2:], parameters["window"], parameters, choices)
    ones = np.ones((*x.shape[:2], *counts))
    return maxima.max_pool_vjp([x], ones, parameters, choices)[0] > 0


def splits_ties(op: str, claims: Claims) -> bool:
    """Whether the gradient of tied maxima is divided, and so rounds."""
    return tie_of(op, claims) in ("split", "axis-by-axis")


def tie_of(op: str, claims: Claims) -> str | None:
    """Who of tied maxima gets an operation's gradient; None if it takes no maxima."""
    return claims.dialect.get(f"{'max_pool' if op.startswith('max_pool') else op}.tie")
