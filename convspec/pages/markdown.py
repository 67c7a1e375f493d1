"""The little Markdown that generated blocks are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a cell may hold any inline Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(cell, line))} |" for line in lines)


def cell(text: str) -> str:
    """Text that a table does not take for the end of a cell, or for more than one line."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """Text as it is typed; the fence is longer than any within."""
    fence = "`" if "`" not in text else "``"
    return f"{fence}{text}{fence}"


def plain(text: str) -> str:
    """Text whose stars and underscores are no emphasis."""
    for sign in ("*", "_", "<"):
        text = text.replace(sign, f"\\{sign}")
    return text
