"""The failing window as grids of cells: input, kernel, what was expected, what came.

The cells that the worst cell of the result reads are marked, those in the padding among them. They
follow from the index relation, so they are only shown where the arrays that did not agree are known
to be the result, or a gradient, of the case's own call: a law may compare other calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from math import prod

from convspec.events import ACCEPTS_INVALID, Failure
from convspec.matrices import Array, told_apart, write
from convspec.spec.case import Case

from .reading import Index, Reading, backward, forward
from .subject import DEFINED, EXPECTED, Subject, arrays_of, case_of, subject_of

PLANES = 3
"""Planes shown of one array."""

ROWS, COLUMNS = 9, 13
"""Cells shown of one plane; a larger one is cut around the window."""

OUTSIDE, OVERHANG, READ, WORST, DIFFERS, OWN = "p", "h", "r", "w", "d", "m"
"""What a cell is, as the page's styles name it."""


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


def picture(failure: Failure) -> Picture | None:
    """The failing window; None if there is no array to show."""
    case = case_of(failure)
    arrays = arrays_of(failure, case) if case else {}
    expected, got = Array.read(failure.expected), Array.read(failure.got)
    subject = Subject(None, expected, got, failure.worst, found=False)
    if case and failure.verdict != ACCEPTS_INVALID and arrays:
        subject = subject_of(case, arrays, subject, failure.message)
    reading = _reading(case, subject) if case and subject.found else None
    inputs, left_out = _inputs(arrays, reading, case)
    results = _results(subject)
    if not inputs and not results:
        return None
    return Picture(_caption(case, subject, reading), tuple(inputs), tuple(results), left_out)


def _reading(case: Case, subject: Subject) -> Reading | None:
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


def _results(subject: Subject) -> list[Grid]:
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


def _caption(case: Case | None, subject: Subject, reading: Reading | None) -> str:
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


def _by_definition(subject: Subject) -> str:
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
