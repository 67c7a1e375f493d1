"""Pictures of pools that take no window: the bins of adaptive pools, the whole map of global ones.

Both are drawn from `spec.relation.adaptive_bins`: a global pool has one bin, which is the map.
"""

from __future__ import annotations

from convspec.problems import Problem
from convspec.spec.relation import adaptive_bins
from convspec.svg import Drawing

from .frame import LARGEST, WIDE, heat, side_for, sizes_of
from .palette import (
    BAR,
    CELL,
    CELL_LINE,
    CHOSEN,
    CHOSEN_LINE,
    DARK,
    FAINT,
    INK,
    OUT,
    OUT_LINE,
    TAP,
    WINDOW,
)


def draw(op: str, sizes: tuple[int, ...], outputs: tuple[int, ...], chosen: tuple[int, ...]) -> str:
    """The input with the bin of one output, the output, and how many bins hold each cell.

    Raises Problem for more than two axes or large ones.
    """
    if len(sizes) > 2:
        raise Problem(f"pictures have one or two spatial axes, not {len(sizes)}")
    if max(*sizes, *outputs) > LARGEST:
        raise Problem(f"pictures are for 1 to {LARGEST} cells along an axis")
    down, across = adaptive_bins((1, *sizes)[-2:], (1, *outputs)[-2:])
    row, column = (0, *chosen)[-2:]
    flat, whole = len(sizes) == 1, op.startswith("global")
    side = side_for(max(*sizes, *outputs))
    d = Drawing()
    name = str(column) if flat else f"({row}, {column})"
    title = f"{op}: all of the map" if whole else f"{op}: the bin of output {name}"
    d.text(16, 26, title, 15, bold=True)
    d.text(16, 52, f"input {sizes_of(sizes)}", 12, bold=True)
    left, top = 38 + (0 if flat else 14), 52.0 + 12 + 14
    _bars(d, across, column, left, top, side, False)
    if not flat:
        _bars(d, down, row, top, left, side, True)
    height, width = down[-1].stop, across[-1].stop
    for i in range(height):
        for j in range(width):
            held = i in down[row] and j in across[column]
            d.rect(left + j * side, top + i * side, side, side, TAP if held else CELL,
                   stroke=CELL_LINE)  # fmt: skip
    bin_i, bin_j = down[row], across[column]
    d.rect(left + bin_j.start * side, top + bin_i.start * side, len(bin_j) * side,
           len(bin_i) * side, "none", stroke=WINDOW, stroke_width=2.5)  # fmt: skip
    bottom = top + height * side
    for j in range(0, width, 1 if side >= 24 else 2):
        d.text(left + (j + 0.5) * side, bottom + 14, str(j), 11, "middle", FAINT)
    if not flat:
        for i in range(0, height, 1 if side >= 24 else 2):
            d.text(left - 20, top + (i + 0.5) * side + 4, str(i), 11, "end", FAINT)
    y = bottom + 16 + 26
    shape = "one number" if whole else sizes_of(outputs)
    d.text(16, y, f"output: {shape}", 12, bold=True)
    for i in range(len(down)):
        for j in range(len(across)):
            d.rect(left + j * side, y + 12 + i * side, side, side, OUT, stroke=OUT_LINE)
    d.rect(left + column * side, y + 12 + row * side, side, side, CHOSEN, stroke=CHOSEN_LINE,
           stroke_width=2.5)  # fmt: skip
    y += 12 + len(down) * side
    if not whole:
        y += 26
        d.text(16, y, "bins that hold a cell", 12, bold=True)
        counts = [[_holding(down, i) * _holding(across, j) for j in range(width)]
                  for i in range(height)]  # fmt: skip
        most = max(*map(max, counts), 4)
        for i, counted in enumerate(counts):
            for j, count in enumerate(counted):
                heat(d, left + j * side, y + 12 + i * side, side, count, most)
        y += 12 + height * side
    said = _caption(sizes, outputs, name, bin_i, bin_j, flat, whole)
    y += 26
    for sentence in said:
        y = d.paragraph(16, y, sentence, max(WIDE, d.width) - 16, fill=INK)
    about = f"{op}: input {sizes_of(sizes)}, output {'1 number' if whole else sizes_of(outputs)}"
    return d.document(about, " ".join(said), DARK)


def _bars(
    d: Drawing,
    bins: tuple[range, ...],
    chosen: int,
    start: float,
    end: float,
    side: int,
    down: bool,
) -> None:
    """Where every bin lies; neighbours overlap by a cell at most, so two lanes are enough."""
    for o, cells in enumerate(bins):
        at, lane = start + cells.start * side + 1.5, end - 7 * (2 - o % 2) - 1
        fill = WINDOW if o == chosen else BAR
        long = len(cells) * side - 3
        x, y, wide, high = (lane, at, 4, long) if down else (at, lane, long, 4)
        d.rect(x, y, wide, high, fill, rx=2)


def _holding(bins: tuple[range, ...], cell: int) -> int:
    return sum(cell in cells for cells in bins)


def _caption(
    sizes: tuple[int, ...], outputs: tuple[int, ...], name: str, down: range, across: range,
    flat: bool, whole: bool,
) -> list[str]:  # fmt: skip
    if whole:
        many = down.stop * across.stop
        return [f"All {many} cells of the map go into one number: where they stood is lost."]
    kinds = [("cells", across)] if flat else [("rows", down), ("columns", across)]
    parts = " and ".join(f"{word} {r.start} to {r.stop - 1}" for word, r in kinds)
    n, o = sizes[-1], outputs[-1]
    rest = "" if n % o else "; here every bin has the same size and none overlap"
    return [
        f"Input {sizes_of(sizes)} in {sizes_of(outputs)} bins; the bin of output {name} holds"
        f" {parts}.",
        f"Bin i of {o} over {n} cells starts at ⌊i·{n}/{o}⌋ and ends before"
        f" ⌈(i + 1)·{n}/{o}⌉{rest}.",
    ]
