"""Pictures of a layer, drawn from the index relation itself.

Three grids: the input with its padding and the window of one output, the output with that cell
marked, and how many windows read each input cell. Bars beside the input show where every window
lies, so that stride and overlap can be seen.
"""

from __future__ import annotations

from convspec.layers import Layer, headline
from convspec.problems import Problem
from convspec.spec.relation import Axis
from convspec.svg import Drawing
from convspec.worked import signed

from .frame import LARGEST, WIDE, first_up, heat, side_for, sizes_of
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
    PAD,
    PAD_LINE,
    TAP,
    TAP_INK,
    TAP_OUTSIDE,
    WINDOW,
)

LANES = 6
"""Bars side by side, at most; where more windows overlap, only the chosen one's neighbours are
drawn."""

PALE = 4
"""Counts below this are not drawn as deep as can be: nothing is much covered by one window."""

ONE = Axis(1, 1)
"""The missing axis of a picture in one dimension."""


def draw(layer: Layer, chosen: tuple[int, ...]) -> str:
    """The picture as SVG. Raises Problem for more than two axes, large ones or empty ones."""
    if len(layer.axes) > 2:
        raise Problem(f"pictures have one or two spatial axes, not {len(layer.axes)}")
    if max(_stop(a) + a.low for a in layer.axes) > LARGEST or any(
        a.out < 1 or a.out > LARGEST for a in layer.axes
    ):
        raise Problem(f"pictures are for 1 to {LARGEST} cells along an axis, padding included")
    rows, columns = (ONE, *layer.axes)[-2:]
    row, column = (0, *chosen)[-2:]
    return _Picture(layer, rows, columns, row, column).document()


def _stop(axis: Axis) -> int:
    """The position after the last cell drawn: of the padded input, or of the overhang."""
    return max(axis.size + axis.high, axis.reach - axis.low)


class _Picture:
    """One picture in the making: the layer as rows and columns, and the output chosen."""

    def __init__(self, layer: Layer, rows: Axis, columns: Axis, row: int, column: int) -> None:
        self.layer = layer
        self.rows, self.columns = rows, columns
        self.row, self.column = row, column
        self.flat = len(layer.axes) == 1
        self.side = side_for(max(_stop(columns) + columns.low, _stop(rows) + rows.low))
        self.drawing = Drawing()
        self.left = 0.0

    def document(self) -> str:
        """Draw everything, one grid beside the other as far as a small screen is wide."""
        d, top = self.drawing, 52.0
        written = self.layer.transposed
        what = "where input {} goes" if written else "the window of output {}"
        d.text(16, 26, f"{self.layer.op}: {what.format(self._name())}", 15, bold=True)
        big, small = ("output", "input") if written else ("input", "output")
        right, bottom = self._input(16, top, big)
        x, y = self._next(right, top, bottom, self._output_width(small))
        right, low = self._output(x, y, small)
        bottom = max(bottom, low)
        x, y = self._next(right, y, bottom, self._coverage_width())
        _, low = self._coverage(x, y)
        bottom = self._legend(16, max(bottom, low) + 18)
        said = self._caption()
        y = bottom + 22
        for sentence in said:
            y = d.paragraph(16, y, sentence, max(WIDE, d.width) - 16, fill=INK)
        return d.document(f"{self.layer.op}: {headline(self.layer)}", " ".join(said), DARK)

    def _next(self, right: float, top: float, bottom: float, width: float) -> tuple[float, float]:
        """Where the next grid starts: at the right if it fits, else below."""
        if not self.flat and right + 28 + width <= WIDE:
            return right + 28, top
        return 16, bottom + 26

    def _name(self) -> str:
        return str(self.column) if self.flat else f"({self.row}, {self.column})"

    def _caption(self) -> list[str]:
        said = [first_up(headline(self.layer)) + "."]
        parts = []
        for word, axis, o in (
            ("rows", self.rows, self.row),
            ("cells" if self.flat else "columns", self.columns, self.column),
        ):
            if word == "rows" and self.flat:
                continue
            cells = ", ".join(map(signed, axis.cells(o)))
            parts.append(f"{word} {cells}")
        verb = "is added into" if self.layer.transposed else "reads"
        cell = "Input" if self.layer.transposed else "Output"
        taps = self.rows.window * self.columns.window
        outside = taps - len(self.rows.real(self.row)) * len(self.columns.real(self.column))
        told = f"; {outside} of its {taps} cells lie outside" if outside else ""
        said.append(f"{cell} {self._name()} {verb} {' and '.join(parts)}{told}.")
        return said

    def _input(self, x: float, y: float, name: str) -> tuple[float, float]:
        """The padded input with bars, indices, taps and the window; its lower right corner."""
        d, side = self.drawing, self.side
        lanes_down = _lanes(self.columns)
        lanes_across = 0 if self.flat else _lanes(self.rows)
        d.text(x, y, self._titled(name), 12, bold=True)
        left, top = x + 22 + 7 * lanes_across, y + 12 + 7 * lanes_down
        self.left = left
        self._bars(left, top, lanes_down, lanes_across)
        rows = range(-self.rows.low, _stop(self.rows))
        columns = range(-self.columns.low, _stop(self.columns))
        taps_down = self.rows.cells(self.row)
        taps_across = self.columns.cells(self.column)

        def place(i: int, j: int) -> tuple[float, float]:
            return left + (j + self.columns.low) * side, top + (i + self.rows.low) * side

        for i in rows:
            for j in columns:
                self._cell(*place(i, j), i, j, i in taps_down and j in taps_across)
        for i, tap_i in enumerate(taps_down):
            for j, tap_j in enumerate(taps_across):
                cx, cy = place(tap_i, tap_j)
                said = str(j) if self.flat else f"{i},{j}"
                if len(said) * 6 < side:
                    d.text(cx + side / 2, cy + side / 2 + 4, said, 11, "middle", TAP_INK)
        cx, cy = place(taps_down[0], taps_across[0])
        d.rect(
            cx, cy, self.columns.extent * side, self.rows.extent * side, "none",
            stroke=WINDOW, stroke_width=2.5,
        )  # fmt: skip
        right, bottom = left + len(columns) * side, top + len(rows) * side
        step = 1 if side >= 24 else 2
        for j in (j for j in columns if j % step == 0):
            d.text(place(0, j)[0] + side / 2, bottom + 14, signed(j), 11, "middle", FAINT)
        if not self.flat:
            for i in (i for i in rows if i % step == 0):
                d.text(left - 7 * lanes_across - 6, place(i, 0)[1] + side / 2 + 4, signed(i), 11,
                       "end", FAINT)  # fmt: skip
        return right, bottom + 16

    def _titled(self, name: str) -> str:
        layer = self.layer
        return f"{name} {sizes_of(layer.sizes if name == 'input' else layer.result)}"

    def _cell(self, x: float, y: float, i: int, j: int, tapped: bool) -> None:
        within = 0 <= i < self.rows.size and 0 <= j < self.columns.size
        padded = i < self.rows.size + self.rows.high and j < self.columns.size + self.columns.high
        fill = (TAP if within else TAP_OUTSIDE) if tapped else CELL if within else PAD
        style: dict[str, object] = {"stroke": CELL_LINE if within else PAD_LINE}
        if not padded:
            style |= {"stroke_dasharray": "3 3", "stroke": FAINT}
        inset = 0 if padded else 1.5
        wide = self.side - 2 * inset
        self.drawing.rect(x + inset, y + inset, wide, wide, fill, **style)
        if not within and padded and not tapped:
            middle = self.side / 2
            self.drawing.rect(x + middle - 1.5, y + middle - 1.5, 3, 3, PAD_LINE)

    def _bars(self, left: float, top: float, lanes_down: int, lanes_across: int) -> None:
        """Where every window lies, along the columns above and along the rows at the left."""
        d, side = self.drawing, self.side
        for o in _barred(self.columns, self.column):
            start = left + (self.columns.cells(o)[0] + self.columns.low) * side
            y = top - 7 * (lanes_down - o % lanes_down) - 1
            fill = WINDOW if o == self.column else BAR
            d.rect(start + 1.5, y, self.columns.extent * side - 3, 4, fill, rx=2)
        if self.flat:
            return
        for o in _barred(self.rows, self.row):
            start = top + (self.rows.cells(o)[0] + self.rows.low) * side
            x = left - 7 * (lanes_across - o % lanes_across) - 1
            fill = WINDOW if o == self.row else BAR
            d.rect(x, start + 1.5, 4, self.rows.extent * side - 3, fill, rx=2)

    def _output_width(self, name: str) -> float:
        return max(self.columns.out * self.side, 7.5 * len(self._titled(name)))

    def _output(self, x: float, y: float, name: str) -> tuple[float, float]:
        """The output with the chosen cell marked; its lower right corner."""
        d, side = self.drawing, self.side
        d.text(x, y, self._titled(name), 12, bold=True)
        top = y + 12
        left = self.left if x == 16 else x
        for i in range(self.rows.out):
            for j in range(self.columns.out):
                d.rect(left + j * side, top + i * side, side, side, OUT, stroke=OUT_LINE)
        cx, cy = left + self.column * side, top + self.row * side
        d.rect(cx, cy, side, side, CHOSEN, stroke=CHOSEN_LINE, stroke_width=2.5)
        said = str(self.column) if self.flat else f"{self.row},{self.column}"
        if len(said) * 6 < side:
            d.text(cx + side / 2, cy + side / 2 + 4, said, 11, "middle", INK)
        return left + self._output_width(name), top + self.rows.out * side

    def _coverage_title(self) -> str:
        return f"windows that {'write' if self.layer.transposed else 'read'} a cell"

    def _coverage_width(self) -> float:
        return max(self.columns.size * self.side, 7.5 * len(self._coverage_title()))

    def _coverage(self, x: float, y: float) -> tuple[float, float]:
        """How many windows read each cell, as a heat map; its lower right corner."""
        d, side = self.drawing, self.side
        d.text(x, y, self._coverage_title(), 12, bold=True)
        top = y + 12
        # Below the input every cell stands under itself.
        left = self.left + self.columns.low * side if x == 16 else x
        down, across = self.rows.coverage(), self.columns.coverage()
        most = max(max(down, default=0) * max(across, default=0), PALE)
        for i, a in enumerate(down):
            for j, b in enumerate(across):
                heat(d, left + j * side, top + i * side, side, a * b, most)
        return left + len(across) * side, top + len(down) * side

    def _legend(self, x: float, y: float) -> float:
        """What the looks of cells mean, in as many lines as it takes; its lower edge."""
        d, start = self.drawing, x
        verb = "written" if self.layer.transposed else "read"
        place = "cell" if self.flat else "row, column"
        entries = [(TAP, CELL_LINE, "", f"{verb} ({place} of the window)")]
        if any(a.low or a.high for a in (self.rows, self.columns)):
            named = "cropped away" if self.layer.transposed else "padding"
            entries.append((PAD, PAD_LINE, "", named))
        if any(a.overhang for a in (self.rows, self.columns)):
            entries.append((PAD, FAINT, "3 3", "overhang of ceil mode"))
        some = any(_deep(a) > LANES for a in (self.rows, self.columns))
        windows = "this window and its neighbours" if some else "each window"
        entries.append((BAR, BAR, "", f"bars: where {windows} {'lie' if some else 'lies'}"))
        for fill, stroke, dashes, said in entries:
            wide = 18 + 6.8 * len(said)
            if x > start and x + wide > max(WIDE, d.width):
                x, y = start, y + 20
            bar = fill == BAR
            style: dict[str, object] = {"stroke": stroke}
            if dashes:
                style["stroke_dasharray"] = dashes
            d.rect(x, y + (4 if bar else 0), 12, 4 if bar else 12, fill, **style)
            if stroke == PAD_LINE:
                d.rect(x + 4.5, y + 4.5, 3, 3, PAD_LINE)
            d.text(x + 18, y + 10, said, 11, fill=FAINT)
            x += wide + 16
        return y + 12


def _lanes(axis: Axis) -> int:
    """How many rows of bars keep overlapping windows apart."""
    return max(1, min(_deep(axis), LANES - 1 if _deep(axis) > LANES else LANES))


def _deep(axis: Axis) -> int:
    """How many windows overlap at most, counting from the first's start to its end."""
    return min(-(-axis.extent // axis.stride), axis.out)


def _barred(axis: Axis, chosen: int) -> list[int]:
    """The windows that get a bar."""
    if _deep(axis) <= LANES:
        return list(range(axis.out))
    return [o for o in range(axis.out) if abs(o - chosen) <= LANES // 2 - 1]
