"""What of a failure has to be shown: which calls, and what their outcome should have been.

A law may combine several calls. Where all of them gave what the definition says, the law would
hold; so the first call that did not is what there is to show, alone if that is enough, else with
the calls before it. What an implementation does to its inputs or to earlier results, and what it
does differently a second time, is shown as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec import dialect
from convspec.adapters.opening import Adapter
from convspec.bounds import gradient_bounds, result_bound
from convspec.contents import EXACT_BITS
from convspec.events import ACCEPTS_INVALID, REJECTS
from convspec.numerics import Precision
from convspec.spec.groups import MAXIMA, ROUNDED
from convspec.spec.operations import OPERATIONS
from convspec.trial import wide
from convspec.verdicts import Crashed, InputChanged, Mismatch, TimedOut

from .calls import FORWARD, VJP, Call

Array = npt.NDArray[Any]

LONGEST = 12
"""Calls that a program makes before the one that it shows, at most: the last ones."""


@dataclass(frozen=True)
class Shown:
    """Calls to make, in order; what is shown is the outcome of the last.

    `check` says how: "value" (result number `result` is not `expected`, beyond `bound` if there
    is one), "raises" (an error instead of a result), "refuses" (a result instead of an error;
    `why`), "dies", "hangs", "input" (the input named by `why` is changed by the call), "repeats"
    (the same as the first call, with another result).
    """

    calls: tuple[Call, ...]
    check: str
    result: int = 0
    expected: Array | None = None
    bound: Array | None = None
    why: str = ""


def ways(calls: Sequence[Call], mismatch: Mismatch, adapter: Adapter) -> Iterator[Shown]:
    """Ways to show what the law found, the shortest first; not all of them may succeed alone."""
    found = list(_alone(calls, mismatch, adapter))
    yield from found
    for shown in found:
        before = _before(calls, shown.calls[-1])
        if before and len(shown.calls) == 1:
            yield replace(shown, calls=(*before, *shown.calls))


def _alone(calls: Sequence[Call], mismatch: Mismatch, adapter: Adapter) -> Iterator[Shown]:
    if not calls:
        return
    last = calls[-1]
    if isinstance(mismatch, (Crashed, TimedOut)):
        if not last.finished:
            yield Shown((last,), "hangs" if isinstance(mismatch, TimedOut) else "dies")
        return
    if mismatch.verdict == REJECTS and last.raised:
        expected = _defined(last, adapter)
        yield Shown((last,), "raises", expected=expected[0] if expected else None)
        return
    if mismatch.verdict == ACCEPTS_INVALID and last.results is not None:
        _, _, why = mismatch.message.partition("the spec refuses: ")
        yield Shown((last,), "refuses", why=why)
        return
    if isinstance(mismatch, InputChanged):
        yield from (Shown((c,), "input", why=name) for c in calls for name in c.changed)
    yield from _directly(calls, mismatch, adapter)
    for call in calls:
        yield from _by_definition(call, adapter)
    yield from _repeated(calls)


def _directly(calls: Sequence[Call], mismatch: Mismatch, adapter: Adapter) -> Iterator[Shown]:
    """The result that the law complained of is, as it stands, what one of the calls returned."""
    got, expected = mismatch.got, mismatch.expected
    if got is None or expected is None or got.size == 0:
        return
    for call in calls:
        for i, result in enumerate(call.results or ()):
            if result.shape == got.shape and np.array_equal(result, got, equal_nan=True):
                bounds = _bounds(call, adapter)
                bound = None
                if bounds is not None:
                    fits = i < len(bounds) and bounds[i].shape == got.shape
                    if not fits:
                        continue
                    # The expected numbers may be another answer of the implementation, and rounded.
                    bound = 2 * bounds[i]
                yield Shown((call,), "value", i, expected, bound)
                return


def _by_definition(call: Call, adapter: Adapter) -> Iterator[Shown]:
    """The results of a call that are not what the definition says."""
    if call.results is None:
        return
    defined = _defined(call, adapter)
    if defined is None:
        return
    bounds = _bounds(call, adapter)
    for i, (result, expected) in enumerate(zip(call.results, defined, strict=False)):
        bound = bounds[i] if bounds is not None and i < len(bounds) else None
        if not agree(result, expected, bound):
            yield Shown((call,), "value", i, expected, bound)


def _repeated(calls: Sequence[Call]) -> Iterator[Shown]:
    """The same call twice, with different results."""
    for j, later in enumerate(calls):
        for i, earlier in enumerate(calls[:j]):
            if _same_call(earlier, later) and not _same_results(earlier, later):
                between = tuple(calls[max(i + 1, j - LONGEST) : j])
                yield Shown((earlier, *between, later), "repeats")
                return


def agree(got: Array, expected: Array, bound: Array | None) -> bool:
    """Whether two results are the same, or within the bound; NaN agrees with NaN."""
    if got.shape != expected.shape:
        return False
    with np.errstate(all="ignore"):
        got, expected = np.asarray(got, np.float64), np.asarray(expected, np.float64)
        same = (got == expected) | (np.isnan(got) & np.isnan(expected))
        if bound is not None:
            same |= np.isfinite(expected) & (np.abs(got - expected) <= bound)
    return bool(same.all())


def _before(calls: Sequence[Call], shown: Call) -> tuple[Call, ...]:
    place = next(i for i, call in enumerate(calls) if call is shown)
    return tuple(calls[max(place - LONGEST, 0) : place])


def _defined(call: Call, adapter: Adapter) -> list[Array] | None:
    """What the definition says of a call, in the adapter's dialect; None if it gives no meaning."""
    arrays = [wide(stored.values) for stored in _inputs(call)]
    claims, parameters = adapter.claims, call.parameters
    rank = arrays[0].ndim - 2
    try:
        with np.errstate(all="ignore"):
            if call.which == FORWARD:
                dtype = _inputs(call)[0].values.dtype
                y = dialect.expected(call.op, arrays, parameters, claims, dtype)
                y = dialect.surface(call.op, y, rank, claims)
                if call.op != "max_pool_with_indices":
                    return [y]
                return [y, dialect.indices(arrays[0], parameters, claims)]
            g = dialect.received(call.op, wide(call.inputs["g"].values), rank, claims)
            if call.which == VJP:
                return list(dialect.gradients(call.op, arrays, g, parameters, claims))
            held = _held(call)
            return list(dialect.second_gradients(call.op, arrays, g, held, parameters, claims))
    except (ValueError, TypeError, Mismatch):
        return None


def _bounds(call: Call, adapter: Adapter) -> list[Array] | None:
    """How far rounding may take each result; None if the results have to be exact."""
    arrays = [wide(stored.values) for stored in _inputs(call)]
    dtype = str(_inputs(call)[0].values.dtype)
    claims, parameters = adapter.claims, call.parameters
    if arrays[0].dtype.kind != "f" or (call.which == FORWARD and call.op in MAXIMA):
        return None
    accumulator = claims.ops[call.op].accumulator(dtype, call.which != FORWARD)
    precision = Precision(dtype, accumulator, _terms(call, arrays))
    try:
        with np.errstate(all="ignore"):
            if call.which == FORWARD:
                if _exact(call, arrays, adapter):
                    return None
                bound = result_bound(call.op, arrays, parameters, precision, claims)
                return [dialect.surface(call.op, bound, arrays[0].ndim - 2, claims)]
            g = dialect.received(call.op, wide(call.inputs["g"].values), arrays[0].ndim - 2, claims)
            if call.which == VJP:
                bounds = gradient_bounds(call.op, arrays, g, parameters, precision, claims)
                return list(bounds)
            sizes = [np.abs(array) for array in arrays]
            held = [None if u is None else np.abs(u) for u in _held(call)]
            second = dialect.second_gradients(call.op, sizes, np.abs(g), held, parameters, claims)
            return [precision.sum(np.abs(magnitude)) for magnitude in second]
    except (ValueError, TypeError, NotImplementedError):
        return None


def _exact(call: Call, arrays: Sequence[Array], adapter: Adapter) -> bool:
    """Whether sums of these numbers are exact in any order."""
    if call.op in ROUNDED:
        return False
    if not all(np.isfinite(a).all() and (a == np.rint(a)).all() for a in arrays):
        return False
    dtype = str(_inputs(call)[0].values.dtype)
    sizes = [np.abs(array) for array in arrays]
    greatest = dialect.expected(call.op, sizes, call.parameters, adapter.claims, dtype)
    return bool(np.abs(greatest).max(initial=0) < 2.0 ** EXACT_BITS[dtype])


def _terms(call: Call, arrays: Sequence[Array]) -> int:
    """No fewer than the products that any result or gradient adds up."""
    x, *more = arrays
    inner = prod(more[0].shape[1:]) if more and more[0].ndim > 1 else prod(x.shape[1:])
    if call.op == "conv_transpose":
        inner = prod(more[0].shape) // max(more[0].shape[1], 1)
    outer = call.inputs["g"].values.size if "g" in call.inputs else 1
    return max(inner, outer, 1)


def _inputs(call: Call) -> list[Any]:
    return [call.inputs[name] for name in OPERATIONS[call.op].inputs if name in call.inputs]


def _held(call: Call) -> list[Array | None]:
    names = [name for name in OPERATIONS[call.op].inputs if name in call.inputs]
    held = [call.inputs.get(f"u_{name}") for name in names]
    return [None if u is None else wide(u.values) for u in held]


def _same_call(one: Call, other: Call) -> bool:
    return (
        (one.which, one.op, one.parameters) == (other.which, other.op, other.parameters)
        and one.inputs.keys() == other.inputs.keys()
        and all(
            a.values.dtype == b.values.dtype and np.array_equal(a.values, b.values, equal_nan=True)
            for a, b in zip(one.inputs.values(), other.inputs.values(), strict=True)
        )
    )


def _same_results(one: Call, other: Call) -> bool:
    if one.results is None or other.results is None:
        return one.raised == other.raised
    return len(one.results) == len(other.results) and all(
        agree(a, b, None) for a, b in zip(one.results, other.results, strict=True)
    )
