"""`convspec fuzz`: random runs that keep what they find."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from convspec.problems import fault, tell

from .running import GRAVEST, isolation

if TYPE_CHECKING:
    from convspec.events import Event


@click.command()
@click.argument("adapter")
@click.option(
    "--minutes", type=click.FloatRange(0, min_open=True), default=5.0, show_default=True,
    help="How long to go on drawing cases.",
)  # fmt: skip
@click.option(
    "--clause", "clauses", multiple=True, metavar="GLOB",
    help="Only clauses whose slug matches; may be repeated.",
)  # fmt: skip
@click.option(
    "--op", "ops", multiple=True, metavar="OP", help="Only this operation; may be repeated."
)
@click.option(
    "-j", "--jobs", type=click.IntRange(1), metavar="N",
    help="Processes that draw.  [default: one per core]",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0), help="What cases follow from.  [default: random]")
@click.option(
    "--corpus", type=click.Path(path_type=Path), metavar="DIR",
    help="Where failures are kept, a file each.  [default: convspec-fuzz]",
)  # fmt: skip
@click.option(
    "--known", multiple=True, metavar="FILE",
    help="Failures known already, as for check; may be repeated.",
)  # fmt: skip
@click.option("--report", "formats", metavar="FORMATS", help="Write reports, as for check.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder for reports and events."
)
@click.option("-v", "--verbose", is_flag=True, help="A row per clause, and every failure in full.")
@isolation
def fuzz(
    adapter: str,
    minutes: float,
    clauses: tuple[str, ...],
    ops: tuple[str, ...],
    jobs: int | None,
    seed: int | None,
    corpus: Path | None,
    known: tuple[str, ...],
    formats: str | None,
    out: Path | None,
    verbose: bool,
    apart: dict[str, Any],
) -> int:
    """Put random cases to an implementation until the time is up.

    Failures of earlier runs come first. Each new one is written to a file at once, smallest case
    and all, which convspec replay takes; it is tried again next time, until it is deleted.

    \b
    Examples:
      convspec fuzz torch --minutes 10
      convspec fuzz my_kernels.py --op conv --corpus tests/found
      convspec replay my_kernels.py convspec-fuzz/my_kernels.py/conv.stride-1c7d03b2.case
    """
    from convspec.choices import known_clauses, known_ops
    from convspec.known.asked import known_files
    from convspec.output import Output

    output = Output.asked((adapter,), formats, out)
    drawn = secrets.randbelow(1 << 31) if seed is None else seed
    wanted = {
        "seed": drawn, "jobs": jobs or os.cpu_count() or 1, "ops": known_ops(ops),
        "clauses": known_clauses(clauses), "known": known_files(known, None), "corpus": corpus,
        **apart,
    }  # fmt: skip
    return _fuzz(adapter, minutes * 60, wanted, output, verbose)


def _fuzz(adapter: str, seconds: float, wanted: dict[str, Any], output: Any, verbose: bool) -> int:
    from convspec.adapters.opening import AdapterError, UnknownAdapter
    from convspec.console import console
    from convspec.engine import NothingToRun
    from convspec.fuzzing.run import run
    from convspec.fuzzing.watch import FuzzWatch, summed_up
    from convspec.journal import Journal
    from convspec.report import Report
    from convspec.spec.case import CaseError
    from convspec.terminal import show

    events: list[Event] = []
    code, tally = None, None
    journal = Journal(output.events(0), None) if output else None
    with FuzzWatch(adapter, seconds) as watch:

        def listen(event: Event) -> None:
            events.append(event)
            if journal is not None and not journal.problem:
                journal(event)
                if journal.problem:
                    watch.aside(journal.problem)

        try:
            _, tally = run(adapter, seconds, listener=listen, tick=watch.tick, **wanted)
            problem = ""
        except (UnknownAdapter, CaseError) as error:
            code, problem = 2, str(error)
        except AdapterError as error:
            code, problem = 3, str(error)
        except NothingToRun as error:
            code, problem = 4, str(error)
        except KeyboardInterrupt:
            code, problem = 130, f"{adapter}: interrupted"
        except OSError as error:
            code, problem = 2, f"cannot keep what was found: {error}"
        except Exception as error:
            code, problem = 3, f"{adapter}: {fault(error)}"
    if problem:
        tell(problem)
    if not any(event.kind == "run-started" for event in events):
        return 4 if code is None else code
    report = Report.from_events(events)
    show(console(), report, adapter, verbose=verbose)
    summed_up(console(), tally or watch.tally, adapter, wanted["seed"])
    if output and not output.write([report], [0]):
        code = min(2, report.exit_code if code is None else code, key=GRAVEST.index)
    return report.exit_code if code is None else code
