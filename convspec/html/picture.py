"""The failing window as grids of cells: input, kernel, what was expected, what came.

The cells that the worst cell of the result reads are marked, those in the padding among them. They
follow from the index relation, so they are only shown where the arrays that did not agree are known
to be the result, or a gradient, of the case's own call: a law may compare other calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec.events import ACCEPTS_INVALID, Failure
from convspec.matrices import Array, told_apart, write
from convspec.spec.case import Case, CaseError

from .reading import Index, Reading, backward, forward

PLANES = 3
"""Planes shown of one array."""

ROWS, COLUMNS = 9, 13
"""Cells shown of one plane; a larger one is cut around the window."""

FILLED = 4_000
"""Cells up to which inputs that an event does not hold are made again from their recipe."""

OUTSIDE, OVERHANG, READ, WORST, DIFFERS, OWN = "p", "h", "r", "w", "d", "m"
"""What a cell is, as the page's styles name it."""

EXPECTED, DEFINED = "expected", "by the definition"

Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class Cell:
    """One cell: its number as text, and what it is."""

    text: str
    looks: str = ""


@dataclass(frozen=True)
class Grid:
    """A plane of an array. `where` says which; `rows` begin with the index of the row."""

    name: str
    where: str
    columns: tuple[int, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    cut: bool = False
    right: bool = False
    """Whether it holds what should have come."""


@dataclass(frozen=True)
class Picture:
    """Grids side by side, and the sentence under them."""

    caption: str
    inputs: tuple[Grid, ...]
    results: tuple[Grid, ...]
    left_out: int = 0


@dataclass(frozen=True)
class _Subject:
    """What did not agree: the result (None) or the gradient of the input `of`."""

    of: str | None
    expected: Array | None
    got: Array | None
    worst: Index | None
    right: str = EXPECTED
    found: bool = True
    defined: float | None = None
    """What the definition gives for the worst cell, where that is not what the law expected."""


def picture(failure: Failure) -> Picture | None:
    """The failing window; None if there is no array to show."""
    case = _case(failure)
    arrays = _arrays(failure, case) if case else {}
    expected, got = Array.read(failure.expected), Array.read(failure.got)
    subject = _Subject(None, expected, got, failure.worst, found=False)
    if case and failure.verdict != ACCEPTS_INVALID and arrays:
        subject = _subject(case, arrays, subject, failure.message)
    reading = _reading(case, subject) if case and subject.found else None
    inputs, left_out = _inputs(arrays, reading, case)
    results = _results(subject)
    if not inputs and not results:
        return None
    return Picture(_caption(case, subject, reading), tuple(inputs), tuple(results), left_out)


def _case(failure: Failure) -> Case | None:
    try:
        return Case.parse(failure.case)
    except CaseError:  # of another version, perhaps: the arrays can be shown all the same
        return None


def _arrays(failure: Failure, case: Case) -> dict[str, Array]:
    held: Mapping[str, Any] = failure.tensors or {}
    if not held and case.cells <= FILLED:
        from convspec.contents import filled

        held = {name: array.tolist() for name, array in filled(case).items()}
    read = {name: Array.read(value) for name, value in held.items()}
    shapes = {t.name: t.shape for t in case.tensors}
    return {n: a for n, a in read.items() if a is not None and a.shape == shapes.get(n)}


def _subject(
    case: Case, arrays: Mapping[str, Array], given: _Subject, message: str
) -> _Subject:  # fmt: skip
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
                return _Subject(of, whole, given.got, worst, DEFINED)
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


def _first(given: _Subject) -> Index | None:
    """The first cell that differs."""
    if given.expected is None or given.got is None or given.expected.shape != given.got.shape:
        return None
    return min(told_apart(given.expected, given.got)[0], default=None)


def _reading(case: Case, subject: _Subject) -> Reading | None:
    if subject.worst is None:
        return None
    try:
        if subject.of is None:
            return forward(case, subject.worst)
        return backward(case, subject.of, subject.worst)
    except (ValueError, IndexError):  # a cell, or a call, that the definition does not have
        return None


def _inputs(
    arrays: Mapping[str, Array], reading: Reading | None, case: Case | None
) -> tuple[list[Grid], int]:
    grids, left_out = [], 0
    for name in (t.name for t in case.tensors) if case else ():
        if name not in arrays:
            continue
        array = arrays[name]
        read = reading.cells.get(name) if reading else None
        own = reading.own.get(name) if reading else None
        planes = list(_planes(array.shape, read or tuple([i] for i in own or ())))
        left_out += max(len(planes) - PLANES, 0)
        grids += [
            _grid(_title(name), array, plane, reading=reading, read=read, own=own)
            for plane in planes[:PLANES]
        ]
    return grids, left_out


def _title(name: str) -> str:
    words = {"x": "input x", "w": "kernel w", "b": "bias b", "g": "cotangent g"}
    return words.get(name, name)


def _planes(shape: Index, read: Sequence[Sequence[int]]) -> list[Index]:
    """The leading indices of the planes that are read; the first plane if none is."""
    leading = shape[:-2]
    lists = read[: len(leading)] if read else [[0]] * len(leading)
    real = [[i for i in some if 0 <= i < n] for some, n in zip(lists, leading, strict=True)]
    if prod(leading) == 0:
        return []
    return list(islice(product(*real), 1000)) or [(0,) * len(leading)]


def _results(subject: _Subject) -> list[Grid]:
    differ: set[Index] = set()
    digits = 6
    both = subject.expected, subject.got
    if both[0] and both[1] and both[0].shape == both[1].shape:
        differ, digits = told_apart(both[0], both[1])
    elif both[0] and both[1]:
        differ = both[0].cells.keys() ^ both[1].cells.keys()
    grids = []
    for name, array in zip((subject.right, "got"), both, strict=True):
        if array is None or not array.cells:
            continue
        within = subject.worst is not None and len(subject.worst) == len(array.shape)
        worst = subject.worst if within else None
        plane = worst[:-2] if worst else (0,) * len(array.shape[:-2])
        if any(i >= n for i, n in zip(plane, array.shape[:-2], strict=True)):
            plane, worst = (0,) * len(plane), None
        grids.append(_grid(name, array, plane, worst=worst, differ=differ, digits=digits))
    return grids


def _grid(
    name: str,
    array: Array,
    plane: Index,
    *,
    reading: Reading | None = None,
    read: Sequence[Sequence[int]] | None = None,
    own: Index | None = None,
    worst: Index | None = None,
    differ: set[Index] | frozenset[Index] = frozenset(),
    digits: int = 6,
) -> Grid:
    """One plane of an array, with a margin for what is read outside it."""
    rank = len(array.shape)
    sizes = (1, 1, *array.shape)[-2:]
    taken = read and all(i in some for i, some in zip(plane, read, strict=False))
    lists = ((range(1), range(1), *read)[-2:]) if read and taken else ((), ())
    centre = worst or (own if own and own[: len(plane)] == plane else None)
    padded = (reading.padded if reading and name == _title("x") else ())[-2:]
    beyond = (None,) * (2 - len(padded)) + padded
    spans = []
    for axis, (n, some, most) in enumerate(zip(sizes, lists, (ROWS, COLUMNS), strict=True)):
        focus = [*some] or [(0, 0, *(centre or (0, 0)))[-2:][axis]]
        spans.append(_span(beyond[axis] or range(n), focus, most))
    rows = []
    for i in spans[0]:
        cells = []
        for j in spans[1]:
            index = (*plane, i, j)[-rank:] if rank else ()
            looks = []
            if i in lists[0] and j in lists[1]:
                looks.append(READ)
            if index in array.cells:
                text = write(array.cells[index], digits)
                looks += [WORST] if index == worst else [DIFFERS] if index in differ else []
                looks += [OWN] if index == own else []
            elif any(b is not None and at not in b for b, at in zip(beyond, (i, j), strict=True)):
                text = ""
                looks.append(OVERHANG)
            else:
                text = reading.outside if reading else ""
                looks.append(OUTSIDE)
            cells.append(Cell(text, " ".join(looks)))
        rows.append((i, tuple(cells)))
    shape = "×".join(map(str, array.shape)) or "one number"
    where = f"[{', '.join([*map(str, plane), ':', ':'])}] of {shape}" if rank > 2 else shape
    cut = any(len(span) < n for span, n in zip(spans, sizes, strict=True))
    return Grid(name, where, tuple(spans[1]), tuple(rows), cut, name in (EXPECTED, DEFINED))


def _span(whole: range, focus: Sequence[int], most: int) -> range:
    """The positions shown of an axis: all, and what is read beyond, or so many around that."""
    first, stop = min(whole.start, *focus), max(whole.stop, max(focus) + 1)
    if stop - first <= most:
        return range(first, stop)
    middle = (min(focus) + max(focus)) // 2
    start = min(max(first, middle - most // 2), stop - most)
    return range(start, start + most)


def _caption(case: Case | None, subject: _Subject, reading: Reading | None) -> str:
    if subject.worst is None:
        return ""
    cell = f"[{', '.join(map(str, subject.worst))}]" if subject.worst else ""
    if reading is None or case is None:
        said = f"The worst cell is {cell}." if cell else ""
        if case is not None and not subject.found and subject.expected is not None:
            said += " These are not results of the case’s own call, so no window is marked."
        return said.strip()
    if subject.of is not None:
        of = subject.of
        told = [_said(name, read) for name, read in reading.cells.items()]
        return f"d{of}{cell} follows from {' and '.join(told)}.{_by_definition(subject)}"
    told = [_said(name, reading.cells[name]) for name in reading.cells if name in ("x", "logits")]
    said = f"y{cell} reads {' and '.join(told)}"
    sizes = case["x"].shape[2:] if "x" in case else ()
    outside = reading.beyond(sizes) if sizes else 0
    if outside == reading.taps:
        said += ", all of it outside the input" if outside else ""
    elif outside:
        lie = "lies" if outside == 1 else "lie"
        said += f"; {outside} of {reading.taps} cells {lie} outside the input"
    return f"{said}.{_by_definition(subject)}"


def _by_definition(subject: _Subject) -> str:
    """What the cell should be, where the law compared two answers that may both be wrong."""
    if subject.defined is None:
        return ""
    return f" In the specification’s own dialect it is {write(subject.defined)}."


def _said(name: str, read: Sequence[Sequence[int]]) -> str:
    """x[0, 0–2, −1–1, 3–5]"""
    return f"{name}[{', '.join(map(_listed, read))}]"


def _listed(some: Sequence[int]) -> str:
    numbers = [str(i).replace("-", "−") for i in some]
    if not numbers:
        return "none"
    if len(some) > 2 and list(some) == list(range(some[0], some[0] + len(some))):
        return f"{numbers[0]}…{numbers[-1]}"
    if len(numbers) > 6:
        numbers = [*numbers[:3], "…", numbers[-1]]
    return numbers[0] if len(numbers) == 1 else "{" + ", ".join(numbers) + "}"
