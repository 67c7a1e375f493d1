"""What the pictures have in common: how large a cell is, how wide a picture, the heat map."""

from __future__ import annotations

from collections.abc import Sequence

from convspec.svg import Drawing

from .palette import CELL, CELL_LINE, HEAT, HOT_INK, INK

LARGEST = 40
"""Cells along an axis beyond which a picture would show nothing."""

WIDE = 400
"""As wide as a picture gets if it can choose: a phone shows it with its text still legible."""


def side_for(longest: int) -> int:
    """The side of a cell, for so many along the longest axis."""
    return 30 if longest <= 10 else 24 if longest <= 15 else 16


def sizes_of(values: Sequence[int]) -> str:
    """3×4."""
    return "×".join(map(str, values))


def first_up(said: str) -> str:
    """The words as a sentence starts."""
    return said[:1].upper() + said[1:]


def heat(d: Drawing, x: float, y: float, side: float, count: int, most: int) -> None:
    """A cell of a heat map: the more of `most`, the deeper, with the number where it fits."""
    d.rect(x, y, side, side, CELL, stroke=CELL_LINE)
    share = count / most
    if count:
        d.rect(x, y, side, side, HEAT, fill_opacity=round(0.12 + 0.8 * share, 3))
    font = 11 if side >= 24 else 8
    if 0.6 * font * len(str(count)) + 3 < side:
        ink = HOT_INK if share > 0.6 else INK
        d.text(x + side / 2, y + side / 2 + 0.36 * font, str(count), font, "middle", ink)
