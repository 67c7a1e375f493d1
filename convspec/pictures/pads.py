"""Pictures of padding: every cell of the result with the input cell that it copies."""

from __future__ import annotations

from math import prod
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from convspec import reference
from convspec.problems import Problem
from convspec.reference.pad import Mode
from convspec.spec.relation import Pair
from convspec.svg import Drawing

from .frame import LARGEST, WIDE, side_for, sizes_of
from .palette import CELL, CELL_LINE, DARK, FAINT, INK, TAP_INK, TAP_OUTSIDE, WINDOW

BEYOND = {
    "constant": "the constant",
    "reflect": "the mirror image, the edge being the mirror",
    "symmetric": "the mirror image, the edge included",
    "replicate": "the edge, over and over",
    "circular": "the input from its other end",
}
"""Mode → what the new cells hold."""

Numbers = npt.NDArray[Any]


def draw(sizes: tuple[int, ...], padding: tuple[Pair, ...], mode: str) -> str:
    """Padding an input whose cells are named by letters, by numbers if there are more than 26.

    Raises Problem for more than two axes or large ones, and for what the reference refuses.
    """
    if len(sizes) > 2:
        raise Problem(f"pictures have one or two spatial axes, not {len(sizes)}")
    grown = [n + max(low, 0) + max(high, 0) for n, (low, high) in zip(sizes, padding, strict=True)]
    if max(grown) > LARGEST:
        raise Problem(f"pictures are for 1 to {LARGEST} cells along an axis, padding included")
    source = np.arange(1, prod(sizes) + 1).reshape(1, 1, *sizes)
    try:
        result = reference.pad(source, padding=padding, mode=cast(Mode, mode))
    except ValueError as error:
        raise Problem(str(error)) from None
    pairs = ((0, 0), *padding)[-2:]
    before, after = _plane(source), _plane(result)
    copied = tuple(
        range(max(low, 0), size - max(high, 0))
        for size, (low, high) in zip(after.shape, pairs, strict=True)
    )
    kept = tuple(
        range(max(-low, 0), size - max(-high, 0))
        for size, (low, high) in zip(before.shape, pairs, strict=True)
    )
    d = Drawing()
    d.text(16, 26, f"pad: {mode}", 15, bold=True)
    side = side_for(max(*before.shape, *after.shape))
    bottom = _grid(d, before, kept, 52, f"input {sizes_of(sizes)}", side, False)
    outputs = result.shape[2:]
    bottom = _grid(d, after, copied, bottom + 28, f"result {sizes_of(outputs)}", side, True)
    said = [f"{sizes_of(sizes)} becomes {sizes_of(outputs)}. The frame is the input."]
    if any(amount < 0 for pair in padding for amount in pair):
        said[0] = f"{sizes_of(sizes)} becomes {sizes_of(outputs)}. The frame is what crops leave."
    said.append(f"Around it, mode {mode} puts {BEYOND[mode]}.")
    d.paragraph(16, bottom + 26, " ".join(said), max(WIDE, d.width) - 16, fill=INK)
    return d.document(f"pad, mode {mode}", " ".join(said), DARK)


def _plane(x: Numbers) -> Numbers:
    """Rows and columns; one row if there is one axis."""
    plane: Numbers = x[0, 0].reshape((1, *x.shape[2:])[-2:])
    return plane


def _grid(
    d: Drawing, cells: Numbers, frame: tuple[range, ...], y: float, title: str, side: int,
    padded: bool,
) -> float:  # fmt: skip
    """Cells with their names, those beyond the frame in the colour of padding; its lower edge."""
    d.text(16, y, title, 12, bold=True)
    top, many = y + 12.0, int(cells.max(initial=0))
    rows, columns = frame
    for i in range(cells.shape[0]):
        for j in range(cells.shape[1]):
            within = i in rows and j in columns
            new, cut = padded and not within, not padded and not within
            style: dict[str, object] = {"stroke": CELL_LINE}
            if cut:
                style["stroke_dasharray"] = "3 3"
            d.rect(16 + j * side, top + i * side, side, side, TAP_OUTSIDE if new else CELL, **style)
            ink = TAP_INK if new else FAINT if cut else INK
            name = _name(int(cells[i, j]), many)
            d.text(16 + (j + 0.5) * side, top + (i + 0.5) * side + 4, name, 11, "middle", ink)
    if len(rows) and len(columns):
        d.rect(16 + columns.start * side, top + rows.start * side, len(columns) * side,
               len(rows) * side, "none", stroke=WINDOW, stroke_width=2.5)  # fmt: skip
    return top + len(cells) * side


def _name(number: int, many: int) -> str:
    """A cell of the input by its letter; 0 is the constant."""
    return str(number) if many > 26 or not number else chr(ord("a") + number - 1)
