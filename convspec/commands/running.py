"""`convspec check` and `convspec replay`: what runs the laws."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from convspec.problems import fault, tell
from convspec.profiles import BUDGETS

if TYPE_CHECKING:
    from convspec.events import Event
    from convspec.report import Report

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
        show_default=True, help="How long a case may take there.",
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
@click.argument("adapters", nargs=-1, required=True, metavar="ADAPTER...")
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
    "--report", "formats", metavar="FORMATS", help="Write a report of each adapter: json."
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder for reports; alone, it asks for json.  [default: convspec-report]",
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
    verbose: bool,
    apart: dict[str, Any],
) -> int:
    """Run the laws of the specification against implementations.

    ADAPTER is a built-in name (convspec list adapters), path/to/file.py, or package.module:Name.
    A file with one function named conv in it is a complete adapter.

    \b
    Examples:
      convspec check torch --profile smoke
      convspec check my_kernels.py --op max_pool -v
      convspec check numpy torch --report json --out reports
    """
    from convspec.choices import known_clauses, known_ops, report_files

    files = report_files(adapters, formats, out)
    wanted = {
        "profile": profile, "seed": seed, "jobs": jobs,
        "ops": known_ops(ops), "clauses": known_clauses(clauses), **apart,
    }  # fmt: skip
    codes = []
    for adapter, file in zip(adapters, files, strict=True):
        codes.append(_check_one(adapter, wanted, file, verbose))
        if codes[-1] == 130:
            break
    return min(codes, key=GRAVEST.index)


def _check_one(adapter: str, wanted: dict[str, Any], file: Path | None, verbose: bool) -> int:
    from convspec.console import console
    from convspec.terminal import show

    report, code = _run(adapter, wanted, verbose)
    if report is None:
        return code
    show(console(), report, adapter, verbose=verbose)
    if file:
        try:
            report.write_json(file)
        except OSError as error:
            tell(f"cannot write the report {file}: {error.strerror or error}")
            return min(2, code, key=GRAVEST.index)
        tell(f"report written to {file}")
    return code


def _run(adapter: str, wanted: dict[str, Any], verbose: bool = False) -> tuple[Report | None, int]:
    """Run one adapter. The report is of what ran; None if nothing did, and a line has been said."""
    from convspec.adapters.opening import AdapterError, UnknownAdapter
    from convspec.engine import NothingToRun, run
    from convspec.progress import Watch
    from convspec.report import Report
    from convspec.spec.case import CaseError

    events: list[Event] = []
    code = None
    problem = trace = ""
    with Watch(adapter) as watch:

        def listen(event: Event) -> None:
            events.append(event)
            watch(event)

        try:
            events = list(run(adapter, listener=listen, **wanted))
        except (UnknownAdapter, CaseError) as error:
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
    if not any(event.kind == "run-started" for event in events):
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

    CASE-or-FILE is a case line (quote it), a file that holds case lines, a case as JSON or a report
    of check, or - for standard input. Of a report, every failing case is run.

    \b
    Examples:
      convspec replay torch 'max_pool window=2 x=1x1x4:float32:ramp@0'
      convspec replay torch convspec-report/torch.json
    """
    from dataclasses import replace

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
