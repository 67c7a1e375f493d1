"""Annotations for GitHub's workflows: lines on stdout that become notes on a run's page.

A step shows ten errors at most and drops the rest without a word, so the tenth says how many
there are besides.
"""

from __future__ import annotations

from collections.abc import Sequence

from convspec.clause_results import ClauseResult
from convspec.failures import replay_line
from convspec.legible import legible
from convspec.report import Report

from .evidence import adapter_of, conditions, name_of, open_findings, short

MOST = 10
"""Annotations of a kind that are shown of a step."""


def render(reports: Sequence[Report]) -> str:
    """A line per failing clause and adapter, no more than are shown."""
    found = [(report, clause) for report in reports for clause in report.failing]
    cut = [report for report in reports if report.interrupted]
    lines = [_error(f"{name_of(report)}: cut short", "the run did not end") for report in cut]
    room = MOST - len(lines)
    shown = found if len(found) <= room else found[: max(room - 1, 0)]
    lines += [_annotation(report, clause) for report, clause in shown]
    left = len(found) - len(shown)
    if left:
        title = f"convspec: {left} more clauses fail"
        lines.append(_error(title, ", ".join(c.slug for _, c in found[len(shown) :])[:2000]))
    return "".join(f"{line}\n" for line in lines)


def _annotation(report: Report, clause: ClauseResult) -> str:
    said = [f"{clause.verdict}: {short(clause.remark, 500)}"]
    for found in open_findings(clause)[:1]:
        said += conditions(report.explanation(found))
        if found.failure.case:
            said += ["", replay_line(adapter_of(report), found.failure.case)]
    return _error(f"{clause.slug} ({name_of(report)})", "\n".join(said))


def _error(title: str, message: str) -> str:
    return f"::error title={_data(legible(title), ':,')}::{_data(legible(message))}"


def _data(text: str, more: str = "") -> str:
    """Text as a workflow command takes it; percent signs first, or they would be read twice."""
    for sign in f"%\r\n{more}":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text
