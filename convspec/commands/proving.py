"""`convspec mutants` and `convspec prove`: what goes through everything there is."""

from __future__ import annotations

from pathlib import Path

import click

from convspec.problems import Problem
from convspec.profiles import BUDGETS

from .options import jobs_option, op_option


@click.command()
@click.argument("globs", nargs=-1, metavar="[NAME...]")
@click.option(
    "--profile",
    type=click.Choice(tuple(BUDGETS)),
    default="quick",
    show_default=True,
    help="How many cases the laws get.",
)
@jobs_option
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

    from convspec.kill import as_markdown, names_for, run
    from convspec.kill_table import KillTable

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


@click.command()
@click.argument("adapter")
@op_option
@click.option(
    "--bound", type=click.Choice(("tiny", "small", "medium")), default="tiny", show_default=True,
    help="How far: seconds, minutes, hours.",
)  # fmt: skip
@jobs_option
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
    from convspec.proof.command import run

    return run(adapter, ops, bound, jobs, out, dtype)
