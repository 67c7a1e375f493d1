"""What there is to say of a failure, in plain lines; every format that is read by people has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from convspec.clause_results import ClauseResult, Finding, one_line
from convspec.diagnosis.words import alike_lines, condition_lines
from convspec.events import CONFORMS, KNOWN, UNSUPPORTED, VERDICTS, Explained
from convspec.failures import replay_line
from convspec.legible import legible
from convspec.matrices import beside, pair, plain
from convspec.report import Report

WIDTH = 100
"""Columns that arrays may take."""

MOST = 20_000
"""Characters of what an implementation raised that are kept, the last ones."""


def short(text: str, most: int = 200) -> str:
    """The text on one line of so many characters at most."""
    line = one_line(text)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def adapter_of(report: Report) -> str:
    """The adapter as it was typed, so that a command can be typed once more."""
    return str(report.head.asked.get("adapter") or report.head.adapter)


def name_of(report: Report) -> str:
    """Adapter and version of its library."""
    return legible(f"{report.head.adapter} {report.head.version}".strip())


def counts(totals: dict[str, int]) -> str:
    """Clauses per verdict in words: what conforms first, what is not claimed always beside it."""
    order = (CONFORMS, *(v for v in VERDICTS if v not in (CONFORMS, UNSUPPORTED)), UNSUPPORTED)
    always = (CONFORMS, UNSUPPORTED)
    return ", ".join(f"{totals.get(v, 0)} {v}" for v in order if v in totals or v in always)


def conditions(explained: Explained | None) -> list[str]:
    """The condition under which it fails, and what it looks like, a line each."""
    return [*condition_lines(explained), *alike_lines(explained)]


def lines_of(report: Report, found: Finding, *, brief: bool = False) -> list[str]:
    """Everything about one failure, with the command that shows it again at the end.

    `brief`: without arrays, and without what was raised.
    """
    failure = found.failure
    lines = [f"{failure.kind}: {failure.message}", failure.case, ""]
    if not failure.repeats:
        lines.insert(1, "it did not fail again when repeated: state or chance plays a part")
    lines += conditions(report.explanation(found))
    if failure.tensors and not brief:
        columns = [plain(name, value, WIDTH) for name, value in failure.tensors.items()]
        lines += [*_texts(beside(columns, WIDTH)), ""]
    if not brief and (failure.expected is not None or failure.got is not None):
        lines += [*_texts(pair(failure.expected, failure.got, failure.worst, WIDTH)), ""]
    if failure.details and not brief:
        kept = failure.details[-MOST:]
        left = len(failure.details) - len(kept)
        lines += [f"… {left:,} characters left out"] * bool(left) + kept.rstrip().splitlines()
    if failure.case:
        lines.append(replay_line(adapter_of(report), failure.case))
    return [legible(line) for line in lines]


def open_findings(clause: ClauseResult) -> Sequence[Finding]:
    """The failures that are not known ones."""
    return [found for found in clause.findings if found.failure.verdict != KNOWN]


def _texts(lines: Iterable[object]) -> list[str]:
    return [str(line) for line in lines]
