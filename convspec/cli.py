"""The command ``convspec``: a thin face of the engine.

Only click is imported here; what a command needs, it imports when it runs, so that ``--help``
answers at once.

Exit codes: 0 conforms · 1 deviates · 2 usage · 3 the adapter could not be opened or fails its
smoke test · 4 nothing ran · 130 interrupted. Of several adapters the gravest counts: 130, then 1,
3, 2, 4.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from .encoding import tolerate
from .profiles import BUDGETS

if TYPE_CHECKING:
    from .events import Event
    from .report import Report

FORMATS = ("json",)
GRAVEST = (130, 1, 3, 2, 4, 0)
"""Exit codes, gravest first."""

EXAMPLES = """\b
Examples:
  convspec check torch
  convspec check numpy torch torch:no-mkldnn --report json
  convspec check my_kernels.py --op conv --clause '*.gradient*'
  convspec replay my_kernels.py 'conv x=1x1x3:float32:ramp@0 w=1x1x2:float32:ones@0'
  convspec list clauses
  convspec explain avg_pool

\b
Exit codes:
  0 conforms   1 deviates   2 usage   3 the adapter cannot be used   4 nothing ran
"""


class Problem(click.ClickException):
    """Something the user can mend: one line on stderr says what is wrong and what to do."""

    exit_code = 2


class NothingThere(Problem):
    """There is nothing to run."""

    exit_code = 4


class OneLineErrors(click.Group):
    """A group whose errors are one line and whose exit codes are ours."""

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run, then exit."""
        extra["standalone_mode"] = False
        extra["prog_name"] = "convspec"
        tolerate()
        try:
            code = super().main(*args, **extra)
            sys.stdout.flush()
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
            code = 2
        except click.UsageError as error:
            path = error.ctx.command_path if error.ctx else "convspec"
            tell(f"{error.format_message().rstrip('.')} (see {path} --help)")
            code = 2
        except click.ClickException as error:
            tell(error.format_message())
            code = error.exit_code
        except (KeyboardInterrupt, click.Abort):
            tell("interrupted")
            code = 130
        except BrokenPipeError:
            from .console import silence

            silence(sys.stdout)
            code = 0
        except Exception as error:
            tell(fault(error))
            code = 3  # Not 1: nothing has been found out about an implementation.
        sys.exit(code)


def tell(message: str) -> None:
    """One line on stderr."""
    with suppress(OSError):
        click.echo(f"convspec: {' '.join(message.split())}", err=True)


def fault(error: Exception) -> str:
    """What to say of an error that only a mistake of ours can lead to."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"a fault of convspec itself, please report it: {type(error).__name__}: {error}"
        f" ({Path(frame.filename).name}:{frame.lineno})"
    )


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from . import __version__

        click.echo(f"convspec {__version__}")
        ctx.exit()


@click.group(
    cls=OneLineErrors, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
    help="Show the version and exit.",
)  # fmt: skip
def cli() -> None:
    """Hold an implementation of convolution, padding and pooling to its specification."""


@cli.command()
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
    from .choices import known_clauses, known_ops, report_files

    files = report_files(adapters, formats, out)
    wanted = {
        "profile": profile, "seed": seed, "jobs": jobs,
        "ops": known_ops(ops), "clauses": known_clauses(clauses),
    }  # fmt: skip
    codes = []
    for adapter, file in zip(adapters, files, strict=True):
        codes.append(_check_one(adapter, wanted, file, verbose))
        if codes[-1] == 130:
            break
    return min(codes, key=GRAVEST.index)


def _check_one(adapter: str, wanted: dict[str, Any], file: Path | None, verbose: bool) -> int:
    from .console import console
    from .terminal import show

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
    from .adapters.opening import AdapterError, UnknownAdapter
    from .engine import NothingToRun, run
    from .progress import Watch
    from .report import Report
    from .spec.case import CaseError

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


@cli.command()
@click.argument("adapter")
@click.argument("case", metavar="CASE-or-FILE")
def replay(adapter: str, case: str) -> int:
    """Run one case again, with the full explanation.

    CASE-or-FILE is a case line (quote it), a file that holds case lines, a case as JSON or a report
    of check, or - for standard input. Of a report, every failing case is run.

    \b
    Examples:
      convspec replay torch 'max_pool window=2 x=1x1x4:float32:ramp@0'
      convspec replay torch convspec-report/torch.json
    """
    from dataclasses import replace

    from .choices import read_cases
    from .console import console, copyable
    from .terminal import show

    codes = []
    out = console()
    for line in read_cases(case):
        report, code = _run(adapter, {"case": line}, verbose=True)
        if report is not None:
            ran = tuple(c for c in report.clauses if c.cases or c.failing)
            copyable(out, f"\n{line}", "bold")
            show(out, replace(report, clauses=ran), adapter, verbose=True)
        codes.append(code)
        if code == 130:
            break
    return min(codes, key=GRAVEST.index)


@cli.command("list", short_help="Show what there is: clauses, laws, claims, dialects, mutants …")
@click.argument(
    "what", type=click.Choice(("clauses", "laws", "claims", "dialects", "adapters", "mutants"))
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_(what: str, as_json: bool) -> int:
    """Show what there is: clauses, laws, claims (of the source notes, with the clauses and laws
    they became), dialects (points where the field differs, and who chooses what), adapters or
    mutants (planted faults). Exit code 1 if a claim has no clause or no law.
    """
    from .catalogues import as_document, as_table, entries

    found = entries(what)
    if as_json:
        click.echo(as_document(found))
    else:
        from .console import console

        as_table(console(), found)
    bare = [entry["id"] for entry in found if not entry.get("complete", True)]
    if bare:
        tell(f"without a clause or a law: {', '.join(bare)}")
    return 1 if bare else 0


@cli.command()
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@click.option("--input", "sizes", metavar="5x5", help="Spatial extents of the input.")
@click.option("--kernel", "--window", "window", metavar="3x3", help="Extents of the window.")
@click.option("--stride", default="1", metavar="2x2", help="One number stands for every axis.")
@click.option(
    "--padding", default="0", metavar="1,1",
    help="Or low:high pairs 0:1,1:2, or same_upper, same_lower, valid.",
)  # fmt: skip
@click.option("--dilation", default="1", metavar="2x2", help="Distance of the window's cells.")
@click.option("--ceil", is_flag=True, help="Ceil mode (pools).")
@click.option("--groups", type=click.IntRange(1), default=1, metavar="G", help="Of channels.")
@click.option("--output-padding", default="0", metavar="1,1", help="For conv_transpose.")
@click.option("--output-size", metavar="3x3", help="For adaptive pools.")
@click.option("--mode", metavar="WORD", help="For pad: constant, reflect, symmetric …")
@click.option(
    "--svg", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write the picture.",
)  # fmt: skip
@click.option("--output-cell", metavar="1,2", help="The output drawn.  [default: the last]")
def explain(
    words: tuple[str, ...],
    sizes: str | None,
    window: str | None,
    svg: Path | None,
    output_cell: str | None,
    **numbers: Any,
) -> None:
    """Look things up: a clause, an operation, a topic, or a layer with numbers.

    With --input and --kernel (or --output-size, or --mode), WORDS is an operation, and its sizes,
    windows and coverage are worked out, with who would do otherwise.

    \b
    Examples:
      convspec explain conv.output-size
      convspec explain avg_pool
      convspec explain ceil_mode
      convspec explain why is the corner pixel weaker
      convspec explain output size of k=3, s=2 on 6x6 with ceil mode
      convspec explain dialects
      convspec explain conv --input 5x5 --kernel 3x3 --stride 2x2 --padding 1,1
      convspec explain max_pool --input 6x6 --kernel 3 --stride 2 --ceil --svg pool.svg
      convspec explain adaptive_avg_pool --input 7x7 --output-size 3
      convspec explain pad --input 4 --padding 2:3 --mode reflect
    """
    from .asked import numbers_in
    from .console import console
    from .explain import show
    from .explain_numbers import given_layer, show_numbers
    from .lookup import subject

    if output_cell and not svg:
        raise Problem("--output-cell says what is drawn; it goes with --svg FILE")
    asked = numbers_in(words) if sizes is None and window is None else None
    if asked:
        about, found = asked
        sizes, window = found.pop("sizes"), found.pop("window")
        numbers |= found
    else:
        about = subject(words)
    layer = given_layer(about, sizes, window, svg is not None, numbers)
    if layer is None:
        show(console(), about)
        return
    if svg:
        from .pictures import draw, write

        write(svg, draw(layer, output_cell))
    show_numbers(console(), layer)
    if svg:
        tell(f"picture written to {svg}")


@cli.command()
@click.argument("globs", nargs=-1, metavar="[NAME...]")
@click.option(
    "--profile",
    type=click.Choice(tuple(BUDGETS)),
    default="quick",
    show_default=True,
    help="How many cases the laws get.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="Worker processes.  [default: one per core]",
)
@click.option(
    "--write",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the table as Markdown, too.",
)
def mutants(globs: tuple[str, ...], profile: str, jobs: int | None, write: Path | None) -> int:
    """Run the suite against planted faults and show what caught each.

    NAME may hold * and ?; without one, all are run. Exit code 1 if a fault escapes its law.

    \b
    Examples:
      convspec mutants
      convspec mutants 'conv-dx-*'
      convspec check mutant:conv-pads-swapped
    """
    import os

    from .kill import as_markdown, names_for, run
    from .kill_table import KillTable

    names = names_for(globs)
    if not names:
        raise Problem(f"no planted fault is named {' or '.join(globs)}; see convspec list mutants")
    with KillTable(len(names)) as table:
        kills = run(names, profile, jobs or os.cpu_count() or 1, table)
    table.show(kills, profile)
    if write:
        try:
            write.write_text(as_markdown(kills, profile), encoding="utf-8")
        except OSError as error:
            raise Problem(f"cannot write {write}: {error.strerror or error}") from None
    return 0 if all(k.as_named for k in kills) else 1


@cli.command()
@click.argument("adapter")
@click.option(
    "--op", "ops", multiple=True, metavar="OP", help="Only this operation; may be repeated."
)
@click.option(
    "--bound", type=click.Choice(("tiny", "small", "medium")), default="tiny", show_default=True,
    help="How far: seconds, minutes, hours.",
)  # fmt: skip
@click.option(
    "-j", "--jobs", type=click.IntRange(1), metavar="N",
    help="Worker processes.  [default: one per core]",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder for a JSON document, and for what an interrupted run goes on from.",
)  # fmt: skip
@click.option(
    "--dtype", type=click.Choice(("float32", "float64")), default="float32", show_default=True,
    help="Element type of all arrays.",
)  # fmt: skip
def prove(
    adapter: str,
    ops: tuple[str, ...],
    bound: str,
    jobs: int | None,
    out: Path | None,
    dtype: str,
) -> int:
    """Decide every configuration up to a bound, each for all inputs.

    Linear operations are known by their response to impulses. What is verified, what fails and
    under which condition, and what that rests on is printed. An interrupted run goes on when
    started again.

    \b
    Examples:
      convspec prove numpy
      convspec prove torch:no-mkldnn --op conv --bound small
      convspec prove my_kernels.py --op max_pool --out reports
    """
    import os

    # Calls are small and workers many: threads of a library's own would only compete. Set before
    # any library is loaded; whoever has set them has decided otherwise.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    from .proof.command import run

    return run(adapter, ops, bound, jobs, out, dtype)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The entry point of the command."""
    cli.main(args=None if arguments is None else list(arguments))
