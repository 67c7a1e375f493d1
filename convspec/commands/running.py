"""`convspec check` and `convspec replay`: what runs the laws."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import (
    clause_option,
    isolation,
    jobs_option,
    known_option,
    op_option,
    out_option,
    profile_option,
    report_option,
    seed_option,
    verbose_option,
)
from .told import gravest, told

if TYPE_CHECKING:
    from convspec.journal import Journal, Saved
    from convspec.report import Report
    from convspec.resuming import OneRun


@click.command()
@click.argument("adapters", nargs=-1, metavar="ADAPTER...")
@profile_option
@clause_option
@op_option
@jobs_option
@seed_option
@report_option
@out_option
@click.option(
    "--resume", type=click.Path(path_type=Path), metavar="FILE",
    help="Go on with a run that was cut short: its events, or the folder they are in.",
)  # fmt: skip
@known_option
@click.option(
    "--update-known", "draft", type=click.Path(path_type=Path), metavar="FILE",
    help="Append a draft for each new failure to FILE, which is also read.",
)  # fmt: skip
@click.option(
    "--conditions/--no-conditions", default=True,
    help="Look for the condition of each failure.  [default: yes, but not in smoke]",
)  # fmt: skip
@verbose_option
@isolation
def check(
    adapters: tuple[str, ...],
    profile: str,
    clauses: tuple[str, ...],
    ops: tuple[str, ...],
    jobs: int | None,
    seed: int,
    formats: str | None,
    out: Path | None,
    resume: Path | None,
    known: tuple[str, ...],
    draft: Path | None,
    conditions: bool,
    verbose: bool,
    apart: dict[str, Any],
) -> int:
    """Run the laws of the specification against implementations.

    ADAPTER is a built-in name (convspec list adapters), path/to/file.py, or package.module:Name.
    A file with one function named conv in it is a complete adapter.

    With --report or --out, every event is written to NAME.events.jsonl as it comes; convspec report
    reads it, and --resume goes on from it.

    \b
    Examples:
      convspec check torch --profile smoke
      convspec check my_kernels.py --op max_pool -v
      convspec check numpy torch --report json,html --out reports
      convspec check --resume reports/torch.events.jsonl
    """
    from convspec.choices import known_clauses, known_ops
    from convspec.known.asked import known_files

    wanted = {
        "profile": profile, "seed": seed, "jobs": jobs,
        "ops": known_ops(ops), "clauses": known_clauses(clauses),
        "known": known_files(known, draft), "conditions": conditions, **apart,
    }  # fmt: skip
    if resume is not None:
        from convspec.resuming import runs_to_resume

        asked = runs_to_resume(resume, adapters, wanted, formats, out, _given())
    elif adapters:
        from convspec.output import Output
        from convspec.resuming import Asked

        asked = Asked.anew(adapters, wanted, Output.asked(adapters, formats, out))
    else:
        raise click.UsageError("Missing argument 'ADAPTER...'.", click.get_current_context())
    codes = []
    reports = {}
    for number, one in enumerate(asked.runs):
        report, code = _check_one(one, draft, verbose)
        codes.append(code)
        if report is not None:
            reports[number] = report
        if code == 130:
            break
    if asked.output and reports and not asked.output.write([*reports.values()], [*reports]):
        codes.append(2)
    return gravest(*codes)


def _given() -> set[str]:
    """The options that were typed."""
    context = click.get_current_context()
    typed = click.core.ParameterSource.COMMANDLINE
    return {name for name in context.params if context.get_parameter_source(name) is typed}


def _check_one(one: OneRun, draft: Path | None, verbose: bool) -> tuple[Report | None, int]:
    """Run one adapter, with its events on disk, and show what came of it."""
    from convspec.console import console
    from convspec.journal import Journal
    from convspec.known.asked import append_drafts, tell_of_others
    from convspec.terminal import show

    if one.events is None:
        report, code = _run(one.adapter, one.wanted, verbose)
    else:
        with Journal(one.events, one.before) as journal:
            report, code = _run(one.adapter, one.wanted, verbose, journal, one.before)
        if journal.problem:
            code = gravest(2, code)
    if report is not None:
        show(console(), report, one.adapter, verbose=verbose)
        if verbose:
            tell_of_others(one.wanted["known"], report)
        if draft and not append_drafts(draft, report):
            code = gravest(2, code)
    return report, code


def _run(
    adapter: str,
    wanted: dict[str, Any],
    verbose: bool = False,
    journal: Journal | None = None,
    before: Saved | None = None,
) -> tuple[Report | None, int]:
    """Run one adapter; see `told`. `before` is the run that this one goes on from."""
    from convspec.engine import run
    from convspec.progress import Watch

    if before:
        wanted = {**wanted, "resume": before.events}
    return told(
        adapter, Watch(adapter), lambda listen: run(adapter, listener=listen, **wanted),
        journal=journal, before=before, verbose=verbose,
    )  # fmt: skip


@click.command()
@click.argument("adapter")
@click.argument("case", metavar="CASE-or-FILE")
@isolation
def replay(adapter: str, case: str, apart: dict[str, Any]) -> int:
    """Run one case again, with the full explanation.

    CASE-or-FILE is a case line (quote it), a file that holds case lines, a case as JSON, a report
    of check or its events, or - for standard input. Of a report, every failing case is run.

    \b
    Examples:
      convspec replay torch 'max_pool window=2 x=1x1x4:float32:ramp@0'
      convspec replay torch convspec-report/torch.json
    """
    from convspec.choices import read_cases
    from convspec.console import console, copyable
    from convspec.terminal import show

    codes = []
    out = console()
    for line in read_cases(case):
        report, code = _run(adapter, {"case": line, **apart}, verbose=True)
        if report is not None:
            ran = tuple(c for c in report.clauses if c.cases or c.failing)
            copyable(out, f"\n{line}", "bold")
            show(out, replace(report, clauses=ran), adapter, verbose=True)
        codes.append(code)
        if code == 130:
            break
    return gravest(*codes)
