"""Failures for a person to understand: the clause, the smallest case, the arrays, the replay."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence

from rich.console import Console
from rich.text import Text

from .console import copyable, indented, look
from .diagnosis.words import alike_lines, condition_lines
from .events import Explained, Failure
from .legible import legible
from .matrices import beside, pair, plain
from .report import ClauseResult, Finding, one_line

DETAIL_LINES = 8
"""Lines shown of what an implementation raised, the last ones."""


Explain = Callable[[Finding], Explained | None]


def failures(
    out: Console, clauses: Sequence[ClauseResult], adapter: str, *, limit: int | None,
    explain: Explain = lambda _: None,
) -> None:  # fmt: skip
    """The failing clauses, most basic first: up to `limit` cases in full, then a line each.

    `explain` tells what was found out about a failure.
    """
    groups: dict[object, list[tuple[ClauseResult, Finding | None]]] = {}
    for clause in clauses:
        first = clause.findings[0] if clause.findings else None
        groups.setdefault(first.failure.case if first else clause.slug, []).append((clause, first))
    rest = list(groups.values())
    full = rest if limit is None else rest[:limit]
    rest = rest[len(full) :]

    def told(found: Finding | None) -> Explained | None:
        return None if found is None else explain(found)

    for group in full:
        (clause, finding), *others = group
        further = clause.findings[1:]
        if limit is None:
            _in_full(out, clause, finding, adapter, others, explained=told(finding))
            for found in further:
                _in_full(out, clause, found, adapter, explained=told(found))
        else:
            _in_full(out, clause, finding, adapter, others, further, told(finding))
    if rest:
        left = sum(map(len, rest))
        out.print()
        noun = "clause fails" if left == 1 else "clauses fail"
        indented(
            out, Text(f"{left} more {noun}; -v shows all in full, --report json keeps them:"), 0
        )
        for clause, finding in (entry for group in rest for entry in group):
            if finding:
                _in_brief(out, clause.slug, finding)
            else:
                indented(out, Text(f"{clause.slug}: {clause.remark or clause.verdict}"))


def replay_line(adapter: str, case: str) -> str:
    """The command that runs one case again."""
    return f"convspec replay {shlex.quote(adapter)} {shlex.quote(case)}"


def _in_full(
    out: Console,
    clause: ClauseResult,
    found: Finding | None,
    adapter: str,
    others: Sequence[tuple[ClauseResult, Finding | None]] = (),
    further: Sequence[Finding] = (),
    explained: Explained | None = None,
) -> None:
    symbol, style = look(clause.verdict)
    out.print()
    title = Text.assemble((f"{symbol} {clause.slug}", style), f"  {clause.verdict} ")
    out.print(title.append("─" * max(0, out.width - title.cell_len), "dim"))
    if clause.statement:
        indented(out, Text(f"{clause.level}: {clause.statement}".removeprefix(": "), "dim"))
    if found is None:
        indented(out, Text(clause.remark or "the law could not be run"))
        for note in clause.notes:
            _details(out, note if "\n" in note.strip() else None)
        return
    failure = found.failure
    out.print()
    indented(out, Text(f"{failure.kind}: {one_line(failure.message)}", "bold"))
    if not failure.repeats:
        indented(out, Text("it did not fail again when repeated: state or chance plays a part"))
    copyable(out, f"  {failure.case}", "cyan")
    _arrays(out, failure)
    _details(out, failure.details)
    _explanation(out, explained)
    if others:
        out.print()
        indented(out, Text(f"also breaks: {', '.join(other.slug for other, _ in others)}"))
    if further:
        out.print()
        indented(out, Text("and fails in another way:"))
        for other in further:
            _in_brief(out, other.failure.kind, other)
    out.print()
    copyable(out, f"  {replay_line(adapter, failure.case)}")


def _explanation(out: Console, explained: Explained | None) -> None:
    if explained is None:
        return
    condition, alike = condition_lines(explained.condition), alike_lines(explained.looks_like)
    if condition or alike:
        out.print()
    for line in condition:
        indented(out, Text(line, "yellow"))
    for line in alike:
        indented(out, Text(line))


def _in_brief(out: Console, name: str, found: Finding) -> None:
    message = Text.assemble((f"{name}: ", "bold"), one_line(found.failure.message))
    message.truncate(out.width - 2, overflow="ellipsis")
    indented(out, message)
    copyable(out, f"    {found.failure.case}", "cyan")


def _arrays(out: Console, failure: Failure) -> None:
    width = out.width - 2
    if failure.tensors:
        columns = [plain(name, value, width) for name, value in failure.tensors.items()]
        _lines(out, beside(columns, width))
    if failure.expected is not None or failure.got is not None:
        _lines(out, pair(failure.expected, failure.got, failure.worst, width))


def _lines(out: Console, lines: Iterable[Text]) -> None:
    out.print()
    for line in lines:
        out.print(Text("  ").append_text(line), no_wrap=True, overflow="ellipsis", crop=True)


def _details(out: Console, details: str | None) -> None:
    lines = legible(details or "").rstrip().splitlines()
    if not lines:
        return
    out.print()
    if len(lines) > DETAIL_LINES:
        out.print(Text(f"  … lines left out: {len(lines) - DETAIL_LINES}", "dim"))
    for line in lines[-DETAIL_LINES:]:
        out.print(Text(f"  {line}", "dim"), no_wrap=True, overflow="ellipsis", crop=True)
