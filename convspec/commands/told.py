"""One run of an adapter, of whatever kind: watched, kept, and told in one line where it fails."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from convspec.problems import fault, tell

if TYPE_CHECKING:
    from convspec.events import Event
    from convspec.fuzzing.watch import FuzzWatch
    from convspec.journal import Journal, Saved
    from convspec.progress import Watch
    from convspec.report import Report

GRAVEST = (130, 1, 3, 2, 4, 0)
"""Exit codes, gravest first."""


def gravest(*codes: int) -> int:
    """The exit code of several things."""
    return min(codes, key=GRAVEST.index)


def told(
    adapter: str,
    watch: Watch | FuzzWatch,
    go: Callable[[Callable[[Event], None]], object],
    *,
    journal: Journal | None = None,
    before: Saved | None = None,
    verbose: bool = False,
) -> tuple[Report | None, int]:
    """Run one adapter. The report is of what ran; None if nothing did, and a line has been said.

    `go` runs it; it is handed who is to hear of each event. `watch` shows them, `journal` keeps
    them as they come; `before` is the run that this one goes on from.
    """
    from convspec.adapters.opening import AdapterError, UnknownAdapter
    from convspec.engine import NothingToRun
    from convspec.events import RunFinished
    from convspec.fuzzing.corpus import CannotKeep
    from convspec.journal import CannotResume
    from convspec.known.reading import KnownFileError
    from convspec.report import Report
    from convspec.spec.case import CaseError

    events: list[Event] = list(before.events) if before else []
    old = len(events)
    code = None
    problem = trace = ""
    with watch:
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
            go(listen)
        except (UnknownAdapter, CaseError, CannotResume, CannotKeep, KnownFileError) as error:
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
