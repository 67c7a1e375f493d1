"""Marked blocks: the parts of a page that are generated."""

from __future__ import annotations

import re
from collections.abc import Callable

BEGIN = re.compile(r"^<!-- begin generated: (?P<words>[^>]+?) -->$", re.MULTILINE)
END = "<!-- end generated -->"

Render = Callable[[list[str]], str | None]
"""What stands in a block, from the words that name it; None to leave what does."""


def filled(text: str, render: Render) -> str:
    """A page with every block as it should be. Raises ``ValueError`` for a block without an end."""
    parts: list[str] = []
    at = 0
    while match := BEGIN.search(text, at):
        end = text.find(END, match.end())
        following = BEGIN.search(text, match.end())
        if end < 0 or (following and following.start() < end):
            raise ValueError(f"the block {match['words']!r} has no end")
        body = render(match["words"].split())
        body = (text[match.end() : end] if body is None else body).strip()
        parts += [text[at : match.end()], "\n", f"{body}\n" if body else "", END]
        at = end + len(END)
    return "".join([*parts, text[at:]])


def written(text: str) -> str:
    """A page without its blocks: what is written by hand."""
    return filled(text, lambda _: "")
