"""Pictures of operations, drawn from the index relation, as SVG."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from convspec.layers import Layer, layer
from convspec.problems import Problem
from convspec.unwindowed import UNWINDOWED, Binned, Padded, unwindowed

from . import bins, pads, windows


def picture(op: str, output_cell: str | None = None, **numbers: Any) -> str:
    """The picture of an operation with the numbers of `layers.layer` or `unwindowed`."""
    read = unwindowed if op in UNWINDOWED else layer
    return draw(read(op, **numbers), output_cell)


def draw(given: Layer | Binned | Padded, output_cell: str | None = None) -> str:
    """The picture as SVG, of the window of one output. Raises Problem if it cannot be drawn."""
    if isinstance(given, Padded):
        if output_cell:
            raise Problem("--output-cell goes with windows and bins; all of pad is drawn")
        return pads.draw(given.sizes, given.padding, given.mode)
    if isinstance(given, Binned):
        chosen = chosen_cell(given.result, output_cell)
        return bins.draw(given.op, given.sizes, given.result, chosen)
    return windows.draw(given, chosen_cell(tuple(axis.out for axis in given.axes), output_cell))


def chosen_cell(outs: tuple[int, ...], text: str | None) -> tuple[int, ...]:
    """The output whose window is drawn: as asked for, or the last, where borders show."""
    if text is None:
        return tuple(out - 1 for out in outs)
    words = re.split(r"[x×,]", text.strip())
    cell = tuple(int(word) if re.fullmatch(r"\s*\d{1,9}\s*", word) else -1 for word in words)
    if len(cell) != len(outs) or not all(0 <= o < n for o, n in zip(cell, outs, strict=True)):
        last = ",".join(str(out - 1) for out in outs)
        first = ",".join("0" for _ in outs)
        raise Problem(f"--output-cell: expected a cell from {first} to {last}, not {text!r}")
    return cell


def write(file: Path, picture: str) -> None:
    """Put a picture into a file. Raises Problem if it cannot be written."""
    try:
        file.write_text(picture, encoding="utf-8")
    except OSError as error:
        raise Problem(f"cannot write {file}: {error.strerror or error}") from None
