"""`convspec check` and `convspec replay`: what runs the laws."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from convspec.problems import fault, tell
from convspec.profiles import BUDGETS

if TYPE_CHECKING:
    from convspec.events import Event
    from convspec.journal import Journal, Saved
    from convspec.report import Report
    from convspec.resuming import OneRun

GRAVEST = (130, 1, 3, 2, 4, 0)
"""Exit codes, gravest first."""


def isolation(command: Callable[..., int]) -> Callable[..., int]:
    """The options on where the implementation runs and what it may use up; as one, `apart`."""

    @click.option(
        "--isolate/--no-isolate", default=True, show_default=True,
        help="Run it in processes of its own, which may die, or in this one.",
    )  # fmt: skip
    @click.option(
        "--limit", type=click.FloatRange(0, min_open=True), metavar="SECONDS", default=20.0,
        show_default=True,
        help="How long a case may take there; six times that if it compiles for each shape.",
    )  # fmt: skip
    @click.option(
        "--memory", type=click.IntRange(0), metavar="MIB", default=4096, show_default=True,
        help="What it may take there beside the library; 0: no limit.",
    )  # fmt: skip
    @functools.wraps(command)
    def with_options(isolate: bool, limit: float, memory: int, **given: Any) -> int:
        from convspec.isolation import Limits

        apart = {"isolate": isolate, "limits": Limits(limit, memory or None)}
        return command(apart=apart, **given)

    return with_options


@click.command()
@click.argument("adapters", nargs=-1, metavar="ADAPTER...")
@click.option(
    "--profile", type=click.Choice(tuple(BUDGETS)), default="quick", show_default=True,
    help="How many cases: a few seconds, a minute, or many.",
)  # fmt: skip
@click.option(
    "--clause",
    "clauses",
    multiple=True,
    metavar="GLOB",
    help="Only clauses whose slug matches; may be repeated.",
)
@click.option(
    "--op", "ops", multiple=True, metavar="OP", help="Only this operation; may be repeated."
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="Worker processes.  [default: one per core]",
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="All cases follow from it."
)
@click.option(
    "--report", "formats", metavar="FORMATS",
    help="Write reports: html, json, junit, md (with commas between); or github, on stdout.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder for reports and events; alone, it asks for json.  [default: convspec-report]",
)  # fmt: skip
@click.option(
    "--resume", type=click.Path(path_type=Path), metavar="FILE",
    help="Go on with a run that was cut short: its events, or the folder they are in.",
)  # fmt: skip
@click.option(
    "--known",
    "known",
    multiple=True,
    metavar="FILE",
    help="Failures known already, as regions of cases, in TOML; builtin: those that we know of."
    " May be repeated.",
)
@click.option(
    "--update-known", "draft", type=click.Path(path_type=Path), metavar="FILE",
    help="Append a draft for each new failure to FILE, which is also read.",
)  # fmt: skip
@click.option(
    "--conditions/--no-conditions", default=True,
    help="Look for the condition of each failure.  [default: yes, but not in smoke]",
)  # fmt: skip
@click.option("-v", "--verbose", is_flag=True, help="A row per clause, and every failure in full.")
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
    return min(codes, key=GRAVEST.index)


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
            code = min(2, code, key=GRAVEST.index)
    if report is not None:
        show(console(), report, one.adapter, verbose=verbose)
        if verbose:
            tell_of_others(one.wanted["known"], report)
        if draft and not append_drafts(draft, report):
            code = min(2, code, key=GRAVEST.index)
    return report, code


def _run(
    adapter: str,
    wanted: dict[str, Any],
    verbose: bool = False,
    journal: Journal | None = None,
    before: Saved | None = None,
) -> tuple[Report | None, int]:
    """Run one adapter. The report is of what ran; None if nothing did, and a line has been said.

    `journal` gets the events as they come; `before` is the run that this one goes on from.
    """
    from convspec.adapters.opening import AdapterError, UnknownAdapter
    from convspec.engine import NothingToRun, run
    from convspec.events import RunFinished
    from convspec.journal import CannotResume
    from convspec.known.reading import KnownFileError
    from convspec.progress import Watch
    from convspec.report import Report
    from convspec.spec.case import CaseError

    events: list[Event] = list(before.events) if before else []
    old = len(events)
    code = None
    problem = trace = ""
    if before:
        wanted = {**wanted, "resume": before.events}
    with Watch(adapter) as watch:
        for event in events:
            watch(event)

        def listen(event: Event) -> None:
            if before and isinstance(event, RunFinished):
                event = replace(event, seconds=event.seconds + before.at)
            events.append(event)
            watch(event)
            if journal is not None and not journal.problem:
                journal(event)
                if journal.problem:
                    watch.aside(journal.problem)

        try:
            run(adapter, listener=listen, **wanted)
        except (UnknownAdapter, CaseError, CannotResume, KnownFileError) as error:
            code, problem = 2, str(error)
        except AdapterError as error:
            code, problem = 3, str(error)
        except NothingToRun as error:
            code, problem = 4, str(error)
        except KeyboardInterrupt:
            code, problem = 130, f"{adapter}: interrupted"
        except Exception as error:
            # A fault of ours must not cost the user what has been found so far.
            code, problem = 3, f"{adapter}: {fault(error)}"
            trace = traceback.format_exc() if verbose else ""
    if trace:
        click.echo(trace, err=True, nl=False)
    if problem:
        tell(problem)
    if not any(event.kind == "run-started" for event in events[old:]):
        return None, 4 if code is None else code
    report = Report.from_events(events)
    if code is None and report.exit_code == 4:
        tell(f"{adapter}: nothing ran")
    return report, report.exit_code if code is None else code


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
    return min(codes, key=GRAVEST.index)
