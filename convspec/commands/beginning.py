"""`convspec init`: a first adapter for a new backend."""

from __future__ import annotations

from pathlib import Path

import click

from convspec.problems import Problem


@click.command("init")
@click.argument("name")
@click.option(
    "--language", type=click.Choice(("python", "c")), default="python", show_default=True,
    help="Of the implementation: c also writes kernels in C, and calls them.",
)  # fmt: skip
def init(name: str, language: str) -> int:
    """Write a commented adapter to start from: NAME.py, in the current folder.

    It runs at once, and the first run says what to do next. Nothing is overwritten.

    \b
    Examples:
      convspec init my_kernels
      convspec init my_kernels --language c
    """
    from convspec.starting import CannotStart, start

    try:
        written = start(name, language, Path.cwd())
    except CannotStart as error:
        raise Problem(str(error)) from None
    adapter = written[0].name
    click.echo(f"written: {', '.join(path.name for path in written)}")
    click.echo("next, what everything else rests on:")
    click.echo(f"  convspec check {adapter} --clause conv.definition")
    click.echo("then all of it, and what the words of a report mean:")
    click.echo(f"  convspec check {adapter}")
    click.echo("  convspec explain conv.definition")
    return 0
