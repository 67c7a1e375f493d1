"""A report as it is shown: a table of clauses, the failures in full, one line that sums up.

Reads without colour and fits 80 columns; only a case, which is made to be copied, is never broken
into lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from textwrap import wrap

from rich.console import Console
from rich.text import Text

from .clause_results import ClauseResult, one_line
from .console import copyable, indented, look
from .coverage_table import coverage
from .events import (
    ACCEPTS_INVALID,
    CONFORMS,
    CRASHES,
    DEVIATES,
    ERROR,
    FIXED,
    KNOWN,
    REJECTS,
    TIMES_OUT,
    UNSUPPORTED,
    VACUOUS,
    VERDICTS,
)
from .failures import failures
from .known.showing import known_failures
from .report import Report
from .spec.dialects import DIALECT_POINTS

PHRASES = {
    CONFORMS: ("conforms", "conform"),
    DEVIATES: ("deviates", "deviate"),
    REJECTS: ("rejects", "reject"),
    ACCEPTS_INVALID: ("accepts invalid", "accept invalid"),
    CRASHES: ("crashes", "crash"),
    TIMES_OUT: ("times out", "time out"),
    ERROR: ("could not be judged", "could not be judged"),
    KNOWN: ("known", "known"),
    FIXED: ("fixed", "fixed"),
    VACUOUS: ("vacuous", "vacuous"),
    UNSUPPORTED: ("unsupported", "unsupported"),
}

IN_FULL = 5
"""Failures shown in full unless all are asked for."""


def show(out: Console, report: Report, adapter: str, *, verbose: bool = False) -> None:
    """Everything about a run. `adapter` is what the user typed; replay lines name it so."""
    if report.clauses:
        out.print()
        for line in table(report, out.width, compact=not verbose):
            out.print(line, no_wrap=True)
    failures(
        out, report.failing, adapter, limit=None if verbose else IN_FULL, explain=report.explanation
    )
    known_failures(out, report.known, verbose=verbose)
    undeclared(out, report)
    precision(out, report)
    coverage(out, report.covered, verbose=verbose)
    summary(out, report)


def table(report: Report, width: int, *, compact: bool = True) -> Iterable[Text]:
    """Every clause, family by family; if `compact`, a line each only for those to look at."""
    wide = max(len(clause.slug) for clause in report.clauses)
    kept = [c for c in report.clauses if c.verdict == CONFORMS]
    name_wide = max((len(c.name) for c in kept), default=0)
    cases_wide = max(len(f"{clause.cases:,}") for clause in report.clauses)
    for family, group in groupby(report.clauses, lambda clause: clause.family):
        clauses = list(group)
        yield Text.assemble((family, "bold"), (f"  {_family_counts(clauses)}", "dim"))
        rows = [c for c in clauses if not compact or c.verdict not in (CONFORMS, UNSUPPORTED)]
        verdict_wide = max((len(clause.verdict) for clause in rows), default=0)
        for clause in rows:
            symbol, style = look(clause.verdict)
            line = Text.assemble(
                (f"  {symbol} ", style),
                (clause.slug.ljust(wide + 2), "bold" if clause.failing else ""),
                (clause.verdict.ljust(verdict_wide + 1), style),
                (f"{clause.cases:,}".rjust(cases_wide), "dim"),
                (f"  {clause.remark}".rstrip(), "dim"),
            )
            line.truncate(width, overflow="ellipsis")
            yield line
        if compact:
            yield from _conforming(clauses, width, name_wide, cases_wide)
            yield from _unsupported(clauses, width)


def _conforming(
    clauses: Iterable[ClauseResult], width: int, name_wide: int, cases_wide: int
) -> Iterable[Text]:
    cells = [c for c in clauses if c.verdict == CONFORMS]
    columns = max(1, width // (name_wide + cases_wide + 5))
    symbol, style = look(CONFORMS)
    for first in range(0, len(cells), columns):
        line = Text()
        for clause in cells[first : first + columns]:
            line.append(f"  {symbol} ", style).append(clause.name.ljust(name_wide))
            line.append(f" {clause.cases:,}".rjust(cases_wide + 1), "dim")
        yield line


def _unsupported(clauses: Sequence[ClauseResult], width: int) -> Iterable[Text]:
    """Those not claimed, together, unless that is the whole family: its heading says so."""
    by_remark: dict[str, list[str]] = {}
    for clause in clauses:
        if clause.verdict == UNSUPPORTED:
            by_remark.setdefault(clause.remark, []).append(clause.name)
    if list(map(len, by_remark.values())) == [len(clauses)]:
        return
    symbol, style = look(UNSUPPORTED)
    for remark, names in by_remark.items():
        said = f"unsupported: {', '.join(names)}" + (f" ({remark})" if remark else "")
        for i, line in enumerate(wrap(said, width - 4, break_on_hyphens=False)):
            yield Text(f"    {line}" if i else f"  {symbol} {line}", style)


def undeclared(out: Console, report: Report) -> None:
    """Where the implementation makes another choice than is declared, and what to declare."""
    if not report.undeclared:
        return
    out.print()
    indented(out, Text("Dialect: choices observed, but not declared", "bold"), 0)
    declared = report.head.claims.get("dialect", {})
    for point, seen in report.undeclared.items():
        said = f"declared {declared.get(point)}"
        if said.endswith(f" {DIALECT_POINTS[point].default}"):
            said = f"{declared.get(point)} expected"
        if seen["choice"] is None:
            got = "; ".join(map(one_line, seen["got"]))
            indented(out, Text(f"{point}: none of the named choices ({said}): got {got}"))
        else:
            indented(out, Text(f"{point}: observed {seen['choice']}, {said}"))
    named = {p: s["choice"] for p, s in report.undeclared.items() if s["choice"] is not None}
    if named:
        entries = ", ".join(f'"{point}": "{choice}"' for point, choice in named.items())
        out.print(Text("To be held to them, add to the adapter's claims:", "dim"))
        copyable(out, f'  claims["dialect"] = {{{entries}}}')
        first = next(iter(named))
        out.print(Text(f"What they mean: convspec explain {first}", "dim"))


def precision(out: Console, report: Report) -> None:
    """What was seen of how precisely it works: a line for every type and way."""
    ways: dict[tuple[str, str], list[str]] = {}
    for seen in report.fingerprints:
        if seen.text != "exact" and not seen.text.startswith("errors"):
            ways.setdefault((seen.dtype, seen.text), []).append(seen.op)
    if not ways:
        return
    out.print()
    indented(out, Text("Precision as observed", "bold"), 0)
    for (dtype, text), ops in ways.items():
        indented(out, Text.assemble(f"{dtype}: {text}", (f" ({', '.join(ops)})", "dim")))


def summary(out: Console, report: Report) -> None:
    """The run in one line, two where it does not fit; never one percentage."""
    head = report.head
    counts = ", ".join(_counts(report.totals)) or "no clause was reached"
    distinct = sum(report.configurations.values())
    of = f" of {_count(distinct, 'configuration')}" if distinct else ""
    lines = [
        f"{head.adapter} {head.version} · {head.profile} · seed {head.seed} · clauses: {counts}",
        f"{_count(report.cases, 'case')}{of} in {seconds(report.seconds)}"
        f" ({report.cases_per_second:,.0f}/s)",
    ]
    if report.interrupted:
        lines.append("interrupted")
    style = {0: "bold green", 1: "bold red"}.get(report.exit_code, "bold yellow")
    out.print()
    if len(" · ".join(lines)) <= out.width:
        lines = [" · ".join(lines)]
    indented(out, Text(lines[0], style), 0)
    if lines[1:]:
        indented(out, Text(" · ".join(lines[1:]), style))
    slowest = sorted(report.seconds_by_law.items(), key=lambda entry: -entry[1])[:4]
    spent = ", ".join(f"{law} {seconds(s)}" for law, s in slowest if s >= 1)
    if spent:
        indented(out, Text(f"most time, all processes: {spent}", "dim"), 0)


def seconds(span: float) -> str:
    """A length of time: 0.4 s, 48 s, 3 min 20 s."""
    if span < 9.95:
        return f"{span:.1f} s"
    minutes, left = divmod(round(span), 60)
    return f"{minutes} min {left} s" if minutes else f"{left} s"


def _family_counts(clauses: Sequence[ClauseResult]) -> str:
    totals = Counter(clause.verdict for clause in clauses)
    if list(totals) == [UNSUPPORTED]:
        return f"unsupported ({_count(len(clauses), 'clause')})"
    return ", ".join(_counts(totals))


def _counts(totals: Mapping[str, int]) -> Iterable[str]:
    # What holds comes first, then what does not; what was not claimed is always beside it.
    between = (v for v in VERDICTS if v not in (CONFORMS, UNSUPPORTED))
    for verdict in (CONFORMS, *between, UNSUPPORTED):
        number = totals.get(verdict, 0)
        if number or verdict == CONFORMS:
            one, many = PHRASES.get(verdict, (verdict, verdict))
            yield f"{number} {one if number == 1 else many}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
