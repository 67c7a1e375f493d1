"""``python -m convspec.pages``: say which pages are out of date; with ``--write``, mend them."""

from __future__ import annotations

import sys

import click

from .blocks import outdated, strays
from .layout import FOLDER


@click.command()
@click.option("--write", is_flag=True, help="Write what is out of date.")
def main(write: bool) -> None:
    """Check the generated parts of the specification's pages, in a checkout."""
    found = outdated()
    for file, text in found.items():
        click.echo(f"{'written' if write else 'out of date'}: {file.relative_to(FOLDER)}")
        if write:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8")
    unmade = strays()
    for file in unmade:
        click.echo(f"nothing makes {file.relative_to(FOLDER)}; remove it")
    if not found and not unmade:
        click.echo("the pages are up to date")
    sys.exit(bool(unmade) or (bool(found) and not write))


if __name__ == "__main__":
    main()
