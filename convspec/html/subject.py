"""What the arrays are that a failure tells of: the result of the case's own call, a gradient, or
those of another call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec.events import Failure
from convspec.matrices import Array, told_apart
from convspec.spec.case import Case, CaseError

from .reading import Index

FILLED = 4_000
"""Cells up to which inputs that an event does not hold are made again from their recipe."""

EXPECTED, DEFINED = "expected", "by the definition"

Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class Subject:
    """What did not agree: the result (None) or the gradient of the input `of`."""

    of: str | None
    expected: Array | None
    got: Array | None
    worst: Index | None
    right: str = EXPECTED
    found: bool = True
    defined: float | None = None
    """What the definition gives for the worst cell, where that is not what the law expected."""


def case_of(failure: Failure) -> Case | None:
    """The case; None if this version cannot read it."""
    try:
        return Case.parse(failure.case)
    except CaseError:  # of another version, perhaps: the arrays can be shown all the same
        return None


def arrays_of(failure: Failure, case: Case) -> dict[str, Array]:
    """Its inputs, as the event holds them or made again; without those that do not fit."""
    held: Mapping[str, Any] = failure.tensors or {}
    if not held and case.cells <= FILLED:
        from convspec.contents import filled

        held = {name: array.tolist() for name, array in filled(case).items()}
    read = {name: Array.read(value) for name, value in held.items()}
    shapes = {t.name: t.shape for t in case.tensors}
    return {n: a for n, a in read.items() if a is not None and a.shape == shapes.get(n)}


def subject_of(
    case: Case, arrays: Mapping[str, Array], given: Subject, message: str
) -> Subject:  # fmt: skip
    """What the arrays that did not agree are, found by computing the call's own results."""
    if given.expected is None and given.got is None:
        # Too large to be kept: the message says what and where.
        fits = given.worst is not None and "g" not in case and message.startswith("y[")
        return replace(given, found=fits)
    for of, result in _results_of(case, arrays):
        shape = result.shape
        if given.expected is None and given.got is not None:
            whose = f"{'y' if of is None else f'd{of}'} has shape "
            right = f", expected {'×'.join(map(str, shape)) or 'scalar'}"
            if message.startswith(whose) and message.endswith(right):
                worst = _missing(shape, given.got.shape)
                whole = Array.read(_plain(result))
                return Subject(of, whole, given.got, worst, DEFINED)
        elif given.expected is not None and given.expected.shape == shape:
            told = _numbers(given.expected)
            # Another dialect, or rounding, may change some cells: most tell what it is.
            if told is not None and _near(told, result):
                worst = given.worst or _first(given)
                defined = None if worst is None else _other(told[worst], result[worst])
                return replace(given, of=of, worst=worst, found=True, defined=defined)
    return given


def _results_of(case: Case, arrays: Mapping[str, Array]) -> list[tuple[str | None, Numbers]]:
    """The call's own results by the definition: the forward one, or each gradient by its input."""
    from convspec import reference
    from convspec.validity import is_valid

    if case.op.name == "network" or set(arrays) != {t.name for t in case.tensors}:
        return []
    numbers = {name: _numbers(array) for name, array in arrays.items()}
    if any(array is None for array in numbers.values()) or not is_valid(case):
        return []
    if "labels" in numbers:
        numbers["labels"] = np.asarray(numbers["labels"], np.int64)
    inputs = [numbers[t.name] for t in case.tensors if t.name != "g"]
    parameters = case.op.arguments()
    with np.errstate(all="ignore"):
        if "g" not in case:
            result = getattr(reference, case.op.name)(*inputs, **parameters)
            return [(None, one) for one in (result if isinstance(result, tuple) else (result,))]
        found = reference.vjp(case.op.name, inputs, numbers["g"], **parameters)  # type: ignore[arg-type]
    names = [t.name for t in case.tensors if t.name not in ("g", *case.op.constant)]
    return list(zip(names, found, strict=True))


def _numbers(array: Array) -> Numbers | None:
    """The cells as float64; None if one is no number. NaN and infinities may be spelt out."""
    try:
        cells = [float(cell) for cell in array.cells.values()]  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return np.array(cells, np.float64).reshape(array.shape)


def _near(told: Numbers, result: Numbers) -> bool:
    agree = np.isclose(told, result.astype(np.float64), rtol=0.01, atol=1e-6, equal_nan=True)
    return bool(agree.size and agree.mean() >= 0.5)


def _other(told: Any, result: Any) -> float | None:
    """What the definition gives, unless it is what was expected but for rounding."""
    return None if np.isclose(told, result, rtol=0.01, atol=1e-6, equal_nan=True) else float(result)


def _plain(result: Numbers) -> Any:
    whole = np.isfinite(result).all() and (result == np.floor(result)).all()
    return (result.astype(np.int64) if whole else result).tolist()


def _missing(shape: Index, got: Index) -> Index | None:
    """A cell that is not there, if one is not."""
    if len(shape) != len(got) or all(n <= m for n, m in zip(shape, got, strict=True)):
        return None
    return tuple(n - 1 if n > m else 0 for n, m in zip(shape, got, strict=True))


def _first(given: Subject) -> Index | None:
    """The first cell that differs."""
    if given.expected is None or given.got is None or given.expected.shape != given.got.shape:
        return None
    return min(told_apart(given.expected, given.got)[0], default=None)
