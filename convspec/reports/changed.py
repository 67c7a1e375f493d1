"""What changed between runs, as Markdown for a CI summary."""

from __future__ import annotations

from collections.abc import Sequence

from .diff import BETTER, OTHER, WORSE, Change, Difference
from .evidence import name_of
from .markdown import LIMIT, Page, code, inline, table

TITLES = {WORSE: "For the worse", BETTER: "For the better", OTHER: "Neither"}

ROWS = 1000
"""Rows of one table."""


def render(found: Sequence[Difference], alone: Sequence[str], limit: int = LIMIT) -> str:
    """The page, of at most `limit` bytes."""
    page = Page(limit)
    for one in found:
        sign = "✗" if one.worse else "✓"
        page.add(f"## {sign} {inline(name_of(one.old))} → {inline(name_of(one.new))}")
        if one.notes:
            page.add("\n".join(f"- {inline(note)}" for note in one.notes))
        if not one.changes:
            page.add("Nothing changed.")
    for way, title in TITLES.items():
        for one in found:
            changes = one.of(way)
            if changes:
                name = f" ({inline(name_of(one.new))})" if len(found) > 1 else ""
                page.add(f"### {title}{name}\n\n{_table(changes)}")
    if alone:
        page.add("\n".join(f"- {inline(line)}" for line in alone))
    if page.left_out:
        page.add(f"**… {page.left_out:,} parts more, for which this page has no room**", 0)
    return page.text


def _table(changes: Sequence[Change]) -> str:
    rows = [
        [code(c.subject), inline(c.what), code(c.case) if c.case else ""] for c in changes[:ROWS]
    ]
    left = f"\n\n… {len(changes) - ROWS:,} more" if len(changes) > ROWS else ""
    return table(["", "what", "case"], rows) + left
