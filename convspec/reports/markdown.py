"""Markdown for the summary page of a CI run: tables open, failures folded.

A summary page takes 1 MiB and refuses more; what does not fit is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from convspec.clause_results import ClauseResult, Finding
from convspec.console import look
from convspec.events import CONFORMS, FIXED, KNOWN, UNSUPPORTED
from convspec.failures import replay_line
from convspec.legible import legible
from convspec.report import Report
from convspec.terminal import seconds

from .evidence import (
    adapter_of,
    counts,
    lines_of,
    name_of,
    open_findings,
    short,
)
from .matrix import matrix

LIMIT = 1_000_000
"""Bytes of the whole text."""

SPARE = 20_000
"""Bytes that are kept for what must be said at the end."""

ROWS = 1200
"""Rows of the tables of clauses, of all adapters together."""

_MEANT = re.compile(r"([\\`*_{}\[\]<>#|~&@$:])")


class Page:
    """Text that grows as long as there is room. `left_out` counts what there was none for."""

    def __init__(self, limit: int) -> None:
        self._room = limit
        self._blocks: list[str] = []
        self.left_out = 0

    def add(self, block: str, spare: int = SPARE) -> bool:
        """Add a block if `spare` bytes remain."""
        size = len(block.encode("utf-8", "replace")) + 2
        if size > self._room - spare:
            self.left_out += 1
            return False
        self._room -= size
        self._blocks.append(block)
        return True

    @property
    def text(self) -> str:
        """All of it."""
        return "\n\n".join(self._blocks) + "\n"


def render(reports: Sequence[Report], limit: int = LIMIT) -> str:
    """The page, of at most `limit` bytes: a table of all adapters, then each of them."""
    page = Page(limit)
    if len(reports) > 1:
        page.add(f"## convspec: {len(reports)} runs\n\n{side_by_side(reports)}")
    for report in reports:
        page.add(_head(report))
        for block in (
            _clauses(report, ROWS // len(reports)),
            _known(report),
            _fingerprints(report),
            _covered(report),
        ):
            if block:
                page.add(block, SPARE if limit > 2 * SPARE else 0)
    # The tables of all come before the failures of any: these may fill what there is.
    unseen: dict[str, int] = {}
    for report in reports:
        for number, clause in enumerate(report.failing):
            if not page.add(_folded(report, clause, len(reports) > 1)):
                unseen[name_of(report)] = len(report.failing) - number
                page.left_out += len(report.failing) - number - 1
                break
    if page.left_out:
        which = ", ".join(f"{n} of {inline(name)}" for name, n in list(unseen.items())[:50])
        page.add(
            f"**… {page.left_out:,} more, for which this page has no room**"
            + (f" (failing clauses: {which})" if which else "")
            + "; the JSON report and the file of events have all.",
            0,
        )
    return page.text


def side_by_side(reports: Sequence[Report], most: int = 400) -> str:
    """Clauses × adapters, without those that every run conforms to."""
    rows = [row for row in matrix(reports) if not row.calm]
    calm = len(matrix(reports)) - len(rows)
    names = [inline(name_of(report)) for report in reports]
    shown = [[code(row.slug), *(_sign(verdict) for verdict in row.verdicts)] for row in rows[:most]]
    totals = [["**clauses**", *(inline(counts(report.totals)) for report in reports)]]
    parts = [table(["clause", *names], [*shown, *totals])]
    if rows[most:]:
        parts.append(f"… {len(rows) - most:,} more clauses")
    if calm:
        parts.append(f"{calm:,} clauses more, to which every run conforms that claims them.")
    return "\n\n".join(parts)


def inline(text: str) -> str:
    """Text that means itself in a line of Markdown, in a table too."""
    return _MEANT.sub(r"\\\1", short(text, 2000)).replace("\\<", "&lt;").replace("\\&", "&amp;")


def code(text: str) -> str:
    """Text as it is typed, in a table too; the fence is longer than any within."""
    text = short(text, 2000)
    fence = "`" * (_longest(text) + 1)
    gap = " " if text[:1] == "`" or text[-1:] == "`" or not text else ""
    return f"{fence}{gap}{text}{gap}{fence}".replace("|", "\\|")


def fenced(lines: Iterable[str], language: str = "text") -> str:
    """Lines as they are; the fence is longer than any within."""
    text = legible("\n".join(lines))
    fence = "`" * max(3, _longest(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def html(text: str) -> str:
    """Text that means itself in HTML."""
    return legible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _longest(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _sign(verdict: str | None) -> str:
    return "" if verdict is None else f"{look(verdict)[0]} {verdict}"


def _distinct(report: Report) -> str:
    distinct = sum(report.configurations.values())
    return f" of {distinct:,} distinct configurations" if distinct else ""


def _head(report: Report) -> str:
    head = report.head
    sign = "✗" if report.exit_code == 1 else "✓" if report.exit_code == 0 else "!"
    lines = [
        f"## {sign} {inline(name_of(report))}",
        f"clauses: {inline(counts(report.totals))} · {report.cases:,} cases{_distinct(report)} in"
        f" {seconds(report.seconds)} · {inline(head.profile)} · seed {head.seed} · convspec"
        f" {inline(head.convspec)}, spec {inline(head.spec)}",
    ]
    if report.interrupted:
        lines.append("**The run was cut short:** clauses that are missing were not reached.")
    if report.exit_code == 4:
        lines.append("**Nothing was tested.**")
    return "\n\n".join(lines)


def _clauses(report: Report, most: int) -> str:
    rows = [
        [
            f"{_sign(clause.verdict)}", code(clause.slug), f"{clause.cases:,}",
            inline(short(clause.remark)),
        ]
        for clause in report.clauses
        if clause.verdict not in (CONFORMS, UNSUPPORTED)
    ]  # fmt: skip
    if not rows:
        return ""
    left = f"\n\n… {len(rows) - most:,} more clauses" if len(rows) > most else ""
    return table(["verdict", "clause", "cases", "remark"], rows[:most]) + left


def _known(report: Report) -> str:
    if not report.known:
        return ""
    rows = [
        [
            _sign(entry.verdict if entry.verdict == FIXED else KNOWN), code(entry.clause),
            code(entry.predicate), f"{entry.excused:.2%}",
            inline(short(" ".join(filter(None, (entry.note, entry.reason, entry.link))))),
        ]
        for entry in report.known
    ]  # fmt: skip
    return "Known failures\n\n" + table(
        ["witness", "clause", "where", "of the space", "reason"], rows
    )


def _fingerprints(report: Report) -> str:
    if not report.fingerprints:
        return ""
    rows = [[code(f.op), code(f.dtype), inline(f.text)] for f in report.fingerprints]
    return _fold("Precision", table(["operation", "dtype", "seen"], rows))


def _covered(report: Report) -> str:
    if not report.covered:
        return ""
    rows = [
        [
            code(c.op), f"{c.rank}-d", f"{c.cases:,}", f"{c.configurations:,}",
            "{:,} of {:,}".format(*c.pairs), "{:,} of {:,}".format(*c.triples),
        ]
        for c in report.covered
    ]  # fmt: skip
    head = ["operation", "axes", "cases", "configurations", "pairs", "triples"]
    each = ", ".join(f"{code(op)} {n:,}" for op, n in report.configurations.items())
    said = f"Distinct configurations per operation: {each}."
    return _fold("Coverage of the declared space", f"{table(head, rows)}\n\n{said}")


def _folded(report: Report, clause: ClauseResult, several: bool) -> str:
    """A failing clause, all of it behind one line."""
    whose = f"{html(name_of(report))}: " if several else ""
    sign = look(clause.verdict)[0]
    summary = (
        f"{sign} {whose}<code>{html(clause.slug)}</code> {clause.verdict}:"
        f" {html(short(clause.remark))}"
    )
    parts = [inline(f"{clause.level}: {clause.statement}")] if clause.statement else []
    found = open_findings(clause)
    parts += [_failure(report, finding, brief=i > 0) for i, finding in enumerate(found)]
    if not found:
        parts += [fenced(note.splitlines()) for note in clause.notes]
    return _fold(summary, "\n\n".join(parts))


def _failure(report: Report, found: Finding, *, brief: bool) -> str:
    lines = lines_of(report, found, brief=brief)
    parts = [fenced(lines[:-1] if found.failure.case else lines)]
    explained = report.explanation(found)
    if found.failure.case:
        parts.append(fenced([replay_line(adapter_of(report), found.failure.case)], "sh"))
    if explained and explained.script and explained.script_exit == 1:
        parts.append("Without convspec:\n\n" + fenced(explained.script.splitlines(), "python"))
    return "\n\n".join(parts)


def _fold(summary: str, body: str) -> str:
    """`summary` is HTML, `body` Markdown, which needs an empty line around it."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"
