"""`convspec matrix`: every adapter in an environment of its own, and all of them on one page."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from convspec.problems import Problem, tell

from .options import (
    clause_option,
    environments_option,
    op_option,
    pip_option,
    profile_option,
    seed_option,
)
from .told import gravest

if TYPE_CHECKING:
    from convspec.matrix.asked import Row
    from convspec.matrix.outcome import Outcome
    from convspec.matrix.running import Wanted

FOLDER = Path("convspec-matrix")
"""Where a matrix goes unless told otherwise."""


@click.command()
@click.argument("adapters", nargs=-1, metavar="[ADAPTER]...")
@profile_option
@click.option(
    "-j", "--jobs", type=click.IntRange(1), metavar="N",
    help="Processes at work at once, on as many rows.  [default: one per core]",
)  # fmt: skip
@seed_option
@click.option(
    "--known", "known", multiple=True, metavar="FILE", default=("builtin",),
    help="Failures known already, in TOML; builtin (the default): those that we know of.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", default=FOLDER, show_default=True,
    help="Folder for page, index and runs.",
)  # fmt: skip
@click.option(
    "--minutes", type=click.FloatRange(0, min_open=True), metavar="N", default=60.0,
    show_default=True, help="How long a row may take before it is killed.",
)  # fmt: skip
@environments_option
@op_option
@clause_option
@click.option("--rebuild", is_flag=True, help="Build the environments anew.")
@click.option(
    "--python", default=sys.executable, metavar="PATH",
    help="The interpreter of the environments.  [default: this one]",
)  # fmt: skip
@pip_option
@click.option("--merge", is_flag=True, help="Keep the other rows of the matrix in DIR.")
@click.option("--page", is_flag=True, help="Run nothing: write the page of what is in DIR anew.")
@click.option("--strict", is_flag=True, help="A row that does not run counts: exit code 3.")
def matrix(
    adapters: tuple[str, ...],
    profile: str,
    jobs: int | None,
    seed: int,
    known: tuple[str, ...],
    out: Path,
    minutes: float,
    environments: Path | None,
    ops: tuple[str, ...],
    clauses: tuple[str, ...],
    rebuild: bool,
    python: str,
    pip: str,
    merge: bool,
    page: bool,
    strict: bool,
) -> int:
    """Run every adapter that comes with us in an environment of its own; one page shows them all.

    ADAPTER is a row (torch:no-mkldnn), an adapter (keras), or a pattern ('torch*'); without any,
    all rows run. The environments hold pinned versions; they are built once, with pip, and again
    when the pins change. An adapter that cannot be installed or opened, that hangs or dies, is a
    row that says so. DIR then holds matrix.html, matrix.json, and in runs/ the events, the JSON
    report and the log of each row.

    Exit code: the gravest of the rows, as of check. Rows that did not run leave it alone, unless
    none ran.

    \b
    Examples:
      convspec matrix
      convspec matrix torch 'keras:*' --profile smoke
      convspec matrix onnxruntime --merge
    """
    from convspec.matrix.asked import rows_for

    if page:
        if adapters:
            raise Problem("--page runs nothing: give it no adapter")
        return _again(out)
    from rich.progress import TimeElapsedColumn

    from convspec.adapters.pins import folder
    from convspec.choices import known_clauses, known_ops
    from convspec.known.asked import known_files
    from convspec.matrix.children import ending
    from convspec.matrix.environments import Builder
    from convspec.matrix.running import Runs, Wanted
    from convspec.progress import Meter

    rows = rows_for(adapters)
    known_ops(ops), known_clauses(clauses)
    more = [word for op in ops for word in ("--op", op)]
    more += [word for glob in clauses for word in ("--clause", glob)]
    wanted = Wanted(
        out.absolute(), profile, seed, jobs or os.cpu_count() or 1, known_files(known, None),
        minutes * 60, tuple(more),
    )  # fmt: skip
    before = _before(out, rows) if merge else []
    _check(out)
    cut = False
    with ending() as children:
        runs = Runs(rows, wanted, children)
        builder = Builder(
            environments or folder(), python=python, pip=shlex.split(pip), anew=rebuild,
            children=children,
        )  # fmt: skip
        try:
            with Meter("matrix", TimeElapsedColumn(), counts="environments") as meter:
                runs.build(builder, meter)
                runs.run(meter)
        except KeyboardInterrupt:
            cut = True
    outcomes = [*before, *runs.outcomes.values()]
    order = [row.adapter for row in rows_for(())]
    outcomes.sort(key=lambda o: order.index(o.adapter) if o.adapter in order else len(order))
    code = _written(outcomes, out, _asked(adapters, wanted))
    if cut:
        tell("matrix: interrupted")
        return 130
    return gravest(code, _exit_code(list(runs.outcomes.values()), strict))


def _asked(adapters: tuple[str, ...], wanted: Wanted) -> dict[str, Any]:
    return {
        "adapters": list(adapters), "profile": wanted.profile, "seed": wanted.seed,
        "known": list(wanted.known), "more": list(wanted.more),
    }  # fmt: skip


def _check(out: Path) -> None:
    """Raises Problem if nothing can be written there."""
    from convspec.matrix.outcome import INDEX
    from convspec.saving import check_writable

    try:
        check_writable(out / INDEX)
    except OSError as error:
        raise Problem(f"cannot write to {out}: {error.strerror or error}") from None


def _before(out: Path, rows: list[Row]) -> list[Outcome]:
    """The rows of the matrix in a folder that are not run now."""
    from convspec.journal import BrokenFile
    from convspec.matrix.outcome import INDEX, read

    if not (out / INDEX).exists():
        return []
    try:
        kept, _, _ = read(out)
    except BrokenFile as error:
        raise Problem(str(error)) from None
    mine = {row.adapter for row in rows}
    return [outcome for outcome in kept if outcome.adapter not in mine]


def _again(out: Path) -> int:
    from convspec.journal import BrokenFile
    from convspec.matrix.outcome import read

    try:
        outcomes, asked, machine = read(out)
    except BrokenFile as error:
        raise Problem(str(error)) from None
    return _written(outcomes, out, asked, machine)


def _written(
    outcomes: list[Outcome], out: Path, asked: dict[str, Any], machine: dict[str, Any] | None = None
) -> int:
    """Show and write everything; 2 if that failed, of which a line has been said."""
    from rich.text import Text

    from convspec.console import console, indented
    from convspec.html.survey import render
    from convspec.matrix.outcome import INDEX, PAGE, machine_here, saved
    from convspec.matrix.showing import show, summary
    from convspec.saving import write_text

    about = machine or machine_here()
    show(console(), outcomes)
    indented(console(), Text(summary(outcomes)), 0)
    try:
        saved(outcomes, out, asked, about)
        write_text(out / PAGE, render(outcomes, asked, about))
    except OSError as error:
        tell(f"cannot write to {out}: {error.strerror or error}")
        return 2
    tell(f"matrix written to {out}: {PAGE}, {INDEX}, runs/")
    return 0


def _exit_code(outcomes: list[Outcome], strict: bool) -> int:
    """The gravest of the rows that ran; 3 if none did, or if one that did not counts."""
    from convspec.matrix.outcome import LEFT_OUT, NOTHING, RAN

    codes = {
        outcome.report.exit_code if outcome.status == RAN and outcome.report else 3
        for outcome in outcomes
        if outcome.status not in LEFT_OUT
    }
    out = [outcome for outcome in outcomes if outcome.status in LEFT_OUT]
    if not codes or (strict and out):
        codes.add(4 if out and all(outcome.status == NOTHING for outcome in out) else 3)
    return gravest(*codes)
