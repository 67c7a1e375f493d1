"""Failures for a person to understand: the clause, the smallest case, the arrays, the replay."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence

from rich.console import Console
from rich.text import Text

from .clause_results import ClauseResult, Finding, one_line
from .console import copyable, indented, look
from .diagnosis.words import alike_lines, condition_lines
from .events import Explained, Failure
from .legible import legible
from .matrices import beside, pair, plain
from .scripts.naming import pytest_id

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
            _in_full(out, clause, finding, adapter, others, explained=told(finding), whole=True)
            for found in further:
                _in_full(out, clause, found, adapter, explained=told(found), whole=True)
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
    *,
    whole: bool = False,
) -> None:
    """One failure. `whole`: with the program that shows it, too."""
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
    if whole:
        item = pytest_id(found.law, found.op, found.rank)
        if item:
            copyable(out, f"  {pytest_line(adapter, item, failure.case)}")
        _program(out, explained)


def pytest_line(adapter: str, item: str, case: str) -> str:
    """The same through pytest: one law, in this case."""
    options = f"--adapter {shlex.quote(adapter)} --convspec-case {shlex.quote(case)}"
    return f"pytest --pyargs {shlex.quote(item)} {options}"


def _program(out: Console, explained: Explained | None) -> None:
    """The program that shows the failure without us."""
    if explained is None or explained.script is None:
        return
    code = explained.script_exit
    how = f"exits with {code}" if code is None or code >= 0 else f"dies of signal {-code}"
    out.print()
    indented(out, Text(f"Without convspec (this program {how}):"))
    for line in explained.script.splitlines():
        copyable(out, f"    {legible(line)}".rstrip(), "dim")


def _explanation(out: Console, explained: Explained | None) -> None:
    condition, alike = condition_lines(explained), alike_lines(explained)
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
