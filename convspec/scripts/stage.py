"""After the laws: a program for each failure that a report shows."""

from __future__ import annotations

from collections.abc import Iterator

from convspec.afterwards import Run
from convspec.events import Event, Explained
from convspec.report import Report

from .workshop import Program, write

MOST = 50
"""Programs of one run, for the most basic clauses; `replay` writes the others."""

PATIENCE = 5.0
"""Seconds after which a call that hung, which the program has to show once more, is given up."""


def write_programs(run: Run) -> Iterator[Event]:
    """A program for each failure, the most basic clauses first; one serves equal failures.

    An adapter that was given as an object has no name that a program could call it by.
    """
    if not isinstance(run.given, str):
        return
    report = Report.from_events(run.events)
    written: dict[tuple[str, str], Program | None] = {}
    for clause in report.failing:
        for finding in clause.findings:
            failure = finding.failure
            key = failure.case, failure.message
            if not failure.case or (key not in written and len(written) >= MOST):
                continue
            if key not in written:
                written[key] = write(
                    run.bench, finding.law, failure.case, clause.slug, failure.message, PATIENCE
                )
            program = written[key]
            if program is not None:
                yield Explained(
                    finding.law, finding.op, finding.rank, failure.case,
                    script=program.text, script_exit=program.exit,
                )  # fmt: skip
