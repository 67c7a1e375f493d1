"""Several runs on a terminal: side by side, or what changed from one to the other."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from .clause_results import one_line
from .console import copyable, indented, look
from .report import Report
from .reports.diff import BETTER, OTHER, WORSE, Change, Difference
from .reports.evidence import counts, name_of
from .reports.matrix import Row, matrix

HEADINGS = {
    WORSE: ("For the worse", "bold red", "✗"),
    BETTER: ("For the better", "bold green", "✓"),
    OTHER: ("Neither", "bold", "·"),
}

MOST = 40
"""Changes of a kind, and rows of a matrix, that are shown unless all are asked for."""


def side_by_side(out: Console, reports: Sequence[Report], *, verbose: bool = False) -> None:
    """Clauses × adapters. Adapters have numbers, which the lines above the table explain."""
    rows = matrix(reports)
    shown = rows if verbose else [row for row in rows if not row.calm][:MOST]
    out.print()
    for number, report in enumerate(reports, 1):
        cut = " · cut short" if report.interrupted else ""
        said = (
            f"{number:>2}  {name_of(report)} · {report.head.profile}: {counts(report.totals)}{cut}"
        )
        style = {0: "green", 1: "red"}.get(report.exit_code, "yellow")
        for i, line in enumerate(Text(said).wrap(out, out.width - 4)):
            line.rstrip()
            out.print(Text("    " if i else "").append_text(line), style=style, no_wrap=True)
    if shown:
        out.print()
        _table(out, shown, len(reports))
    calm = sum(row.calm for row in rows)
    left = len(rows) - len(shown) - (0 if verbose else calm)
    if left:
        out.print(Text(f"  … {left} more clauses; -v shows all", "dim"))
    if calm and not verbose:
        noun = "clause" if calm == 1 else "clauses"
        said = f"  {calm:,} {noun} more, to which every run conforms that claims them"
        out.print(Text(said, "dim"), no_wrap=True)


def _table(out: Console, rows: Sequence[Row], runs: int) -> None:
    wide = min(max(len(row.slug) for row in rows), max(out.width - 24, 20))
    at_once = max(1, (out.width - wide - 4) // 4)
    for first in range(0, runs, at_once):
        here = range(first, min(runs, first + at_once))
        out.print(Text(" " * (wide + 4) + "".join(f"{i + 1:>4}" for i in here), "bold"))
        for row in rows:
            slug = row.slug if len(row.slug) <= wide else f"{row.slug[: wide - 1]}…"
            line = Text(f"  {slug.ljust(wide + 2)}")
            for i in here:
                verdict = row.verdicts[i]
                symbol, style = (" ", "") if verdict is None else look(verdict)
                line.append(symbol.rjust(4), style)
            line.rstrip()
            out.print(line, no_wrap=True)


def changes(out: Console, found: Difference, *, verbose: bool = False) -> None:
    """What changed, for the worse first, and one line that sums up."""
    out.print()
    for line in Text(f"{name_of(found.old)}  →  {name_of(found.new)}", "bold").wrap(out, out.width):
        out.print(line, no_wrap=True)
    for note in found.notes:
        indented(out, Text(one_line(note), "yellow"))
    for way, (heading, style, sign) in HEADINGS.items():
        mine = found.of(way)
        if not mine:
            continue
        shown = mine if verbose else mine[:MOST]
        out.print()
        out.print(Text(f"{heading} ({len(mine):,})", style))
        for change in shown:
            _change(out, change, sign, style, verbose or way == WORSE)
        if mine[len(shown) :]:
            out.print(Text(f"  … {len(mine) - len(shown):,} more; -v shows all", "dim"))
    out.print()
    kinds = [f"{len(found.of(way)):,} {way}" for way in (WORSE, BETTER)]
    said = "nothing changed" if not found.changes else f"clauses and entries: {', '.join(kinds)}"
    style = "bold red" if found.worse else "bold green"
    out.print(Text(f"{name_of(found.new)}: {said}", style), soft_wrap=False)


def _change(out: Console, change: Change, sign: str, style: str, with_case: bool) -> None:
    line = Text.assemble(
        (f"{sign} ", style), (change.subject, "bold"), f"  {one_line(change.what)}"
    )
    indented(out, line)
    if with_case and change.case:
        copyable(out, f"    {change.case}", "cyan")
