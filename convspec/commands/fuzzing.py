"""`convspec fuzz`: random runs that keep what they find."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
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
    report_option,
    verbose_option,
)
from .told import gravest, told

if TYPE_CHECKING:
    from convspec.events import Event
    from convspec.output import Output


@click.command()
@click.argument("adapter")
@click.option(
    "--minutes", type=click.FloatRange(0, min_open=True), default=5.0, show_default=True,
    help="How long to go on drawing cases.",
)  # fmt: skip
@clause_option
@op_option
@jobs_option
@click.option("--seed", type=click.IntRange(0), help="What cases follow from.  [default: random]")
@click.option(
    "--corpus", type=click.Path(path_type=Path), metavar="DIR",
    help="Where failures are kept, a file each.  [default: convspec-fuzz]",
)  # fmt: skip
@known_option
@report_option
@out_option
@verbose_option
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


def _fuzz(
    adapter: str, seconds: float, wanted: dict[str, Any], output: Output | None, verbose: bool
) -> int:
    from convspec.console import console
    from convspec.fuzzing.run import run
    from convspec.fuzzing.watch import FuzzWatch, summed_up
    from convspec.journal import Journal
    from convspec.terminal import show

    watch = FuzzWatch(adapter, seconds)

    def go(listen: Callable[[Event], None]) -> object:
        return run(adapter, seconds, listener=listen, tick=watch.tick, **wanted)

    with contextlib.ExitStack() as stack:
        journal = stack.enter_context(Journal(output.events(0), None)) if output else None
        report, code = told(adapter, watch, go, journal=journal, verbose=verbose)
    if journal is not None and journal.problem:
        code = gravest(2, code)
    if report is None:
        return code
    show(console(), report, adapter, verbose=verbose)
    summed_up(console(), watch.tally, wanted["seed"])
    written = output is None or output.write([report], [0])
    return code if written else gravest(2, code)
