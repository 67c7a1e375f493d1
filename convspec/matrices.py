"""Small arrays as lines of text: matrices, one block for each index of the leading axes.

An array is a nested list here, as events hold it. Where two arrays are set side by side, a cell
that differs is followed by ``*`` and the worst one stands in brackets, so that the picture reads
without colour too::

    expected        got
    [0, 1, :, :]    [0, 1, :, :]
      1   2   3       1   2   3
      4   5   6       4  [9]  6*
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product, zip_longest

from rich.text import Text

GAP = 4
"""Columns between two arrays that stand side by side."""

ROWS = 24
"""Lines of one array that are shown before blocks are left out."""

Index = tuple[int, ...]


@dataclass(frozen=True)
class Array:
    """A nested list with its shape; `cells` maps an index to what is there."""

    shape: Index
    cells: Mapping[Index, object]

    @classmethod
    def read(cls, nested: object) -> Array | None:
        """The array, or None if the lists are ragged or this is no list or number at all."""
        shape: list[int] = []
        level = nested
        while isinstance(level, (list, tuple)):
            shape.append(len(level))
            level = level[0] if level else None
        cells: dict[Index, object] = {}
        if shape or isinstance(nested, (int, float)):
            try:
                _fill(cells, nested, (), shape)
            except ValueError:
                return None
            return cls(tuple(shape), cells)
        return None


def _fill(cells: dict[Index, object], level: object, index: Index, shape: Sequence[int]) -> None:
    """Put all cells under their indices. Raises ValueError if the lists are ragged."""
    if len(index) == len(shape):
        if isinstance(level, (list, tuple)):
            raise ValueError("ragged")
        cells[index] = level
        return
    if not isinstance(level, (list, tuple)) or len(level) != shape[len(index)]:
        raise ValueError("ragged")
    for i, entry in enumerate(level):
        _fill(cells, entry, (*index, i), shape)


def pair(expected: object, got: object, worst: Index | None, width: int) -> list[Text]:
    """`expected` and `got` side by side, or one under the other where `width` is too small."""
    both = Array.read(expected), Array.read(got)
    differ: set[Index] = set()
    digits = 6
    if both[0] and both[1] and both[0].shape == both[1].shape:
        differ, digits = told_apart(both[0], both[1])
    room = max((width - GAP) // 2, 24)
    columns = [
        _column(name, nested, array, worst, differ, digits, style, room)
        for name, nested, array, style in (
            ("expected", expected, both[0], "green"), ("got", got, both[1], "red"),
        )
    ]  # fmt: skip
    return beside(columns, width)


def told_apart(expected: Array, got: Array) -> tuple[set[Index], int]:
    """The cells in which two arrays of one shape differ, and the digits it takes to see it."""
    here, there = expected.cells, got.cells
    differ = {index for index in here if not _same(here[index], there[index])}
    for digits in (6, 9, 12):
        if all(write(here[i], digits) != write(there[i], digits) for i in differ):
            return differ, digits
    return differ, 17


def plain(name: str, nested: object, width: int) -> list[Text]:
    """One array under its name and shape, nothing marked."""
    return _column(name, nested, Array.read(nested), None, set(), 6, "", width)


def beside(columns: Sequence[Sequence[Text]], width: int) -> list[Text]:
    """Blocks of lines next to each other as long as they fit, then below."""
    lines: list[Text] = []
    row: list[Sequence[Text]] = []
    used = 0
    for column in columns:
        wide = max((line.cell_len for line in column), default=0)
        if row and used + GAP + wide > width:
            lines += [*_joined(row), Text()]
            row, used = [], 0
        used += (GAP if row else 0) + wide
        row.append(column)
    return [*lines, *_joined(row)]


def write(cell: object, digits: int = 6) -> str:
    """A cell as a person writes it: 3, -2.5, nan, inf."""
    if not isinstance(cell, float):
        return str(cell)
    if math.isfinite(cell) and cell == int(cell) and abs(cell) < 1e7:
        return "-0" if cell == 0 and math.copysign(1, cell) < 0 else str(int(cell))
    return f"{cell:.{digits}g}"


def _same(a: object, b: object) -> bool:
    return a == b or (a != a and b != b)


def _joined(columns: Sequence[Sequence[Text]]) -> list[Text]:
    widths = [max((line.cell_len for line in column), default=0) for column in columns]
    lines = []
    for parts in zip_longest(*columns):
        line = Text()
        for part, wide in zip(parts, widths, strict=True):
            part = part or Text()
            if line.cell_len or line.plain:
                line.append(" " * GAP)
            line.append_text(part).append(" " * (wide - part.cell_len))
        line.rstrip()
        lines.append(line)
    return lines


def _column(
    name: str,
    nested: object,
    array: Array | None,
    worst: Index | None,
    differ: set[Index],
    digits: int,
    style: str,
    width: int,
) -> list[Text]:
    if array is None:
        text = Text(str(nested))
        text.truncate(width, overflow="ellipsis")
        return [Text(name, style="bold"), text]
    head = Text(name, style="bold")
    if len(array.shape) > 1:
        head.append(f"  {'×'.join(map(str, array.shape))}", style="not bold dim")
    if not array.cells:
        return [head, Text("no cells", style="dim")]
    cell_width = max(len(write(cell, digits)) for cell in array.cells.values()) + 2
    lines = [head]
    blocks = list(product(*map(range, array.shape[:-2])))
    rows = array.shape[-2] if len(array.shape) > 1 else 1
    shown, left_out = _chosen(blocks, worst, max(1, ROWS // (rows + 1)))
    for block in shown:
        if array.shape[:-2]:
            label = ", ".join([*map(str, block), ":", ":"])
            lines.append(Text(f"[{label}]", style="dim"))
        for row in range(rows):
            head_index = (*block, row) if len(array.shape) > 1 else block
            lines.append(_row(array, head_index, worst, differ, digits, cell_width, style, width))
    if left_out:
        lines.append(Text(f"… {left_out} more", style="dim"))
    return lines


def _chosen(blocks: list[Index], worst: Index | None, most: int) -> tuple[list[Index], int]:
    """At most so many blocks, the one with the worst cell among them."""
    shown = blocks[:most]
    here = worst[: len(blocks[0])] if worst else None
    if here in blocks and here not in shown:
        shown = [*shown[: most - 1], here]
    return shown, len(blocks) - len(shown)


def _row(
    array: Array,
    head: Index,
    worst: Index | None,
    differ: set[Index],
    digits: int,
    cell_width: int,
    style: str,
    width: int,
) -> Text:
    line = Text()
    if not array.shape:
        indices: list[Index] = [()]
        cut = (False, False)
    else:
        first, last = _span(array.shape[-1], worst, max(1, (width - 2) // cell_width))
        indices = [(*head, i) for i in range(first, last)]
        cut = (first > 0, last < array.shape[-1])
    if cut[0]:
        line.append("…", style="dim")
    for index, text in _texts(array, indices, digits):
        if index == worst:
            line.append(f"[{text}]".rjust(cell_width), style=f"bold reverse {style}".strip())
        elif index in differ:
            line.append(f"{text}*".rjust(cell_width), style=f"bold {style}".strip())
        else:
            line.append(f"{text} ".rjust(cell_width), style="dim" if text == "0" else "")
    if cut[1]:
        line.append("…", style="dim")
    return line


def _texts(array: Array, indices: list[Index], digits: int) -> Iterator[tuple[Index, str]]:
    for index in indices:
        yield index, write(array.cells[index], digits)


def _span(n: int, worst: Index | None, most: int) -> tuple[int, int]:
    """Which of n columns to show if no more than `most` fit: those around the worst cell."""
    if n <= most:
        return 0, n
    centre = worst[-1] if worst else 0
    first = min(max(0, centre - most // 2), n - most)
    return first, first + most
