"""`convspec findings`: what was found wrong, and whether it still is."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import click

from convspec.problems import Problem, tell

if TYPE_CHECKING:
    from convspec.known.findings import Finding
    from convspec.known.running import Outcome


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--adapter", "globs", multiple=True, metavar="GLOB",
    help="Only those of this adapter, such as torch; may be repeated.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option(
    "--environments", "folders", multiple=True, metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder of virtual environments, for libraries that are not installed here.",
)  # fmt: skip
@click.option(
    "--write", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write the page of all findings as Markdown, and run nothing.",
)  # fmt: skip
@click.option(
    "--scripts", is_flag=True,
    help="Write the programs anew, of those whose library is installed here.",
)  # fmt: skip
def findings(
    names: tuple[str, ...],
    globs: tuple[str, ...],
    as_json: bool,
    folders: tuple[Path, ...],
    write: Path | None,
    scripts: bool,
) -> int:
    """Run the program of each recorded finding, and say whether it still fails.

    NAME is that of a finding, in full (torch/avg-pool-3d) or without its adapter; * and ? stand for
    anything. A program runs in a process of its own, where its library is installed; where it is
    not, that is said, with how to install it.

    Exit code 1 if a finding is fixed, so that its record has to change, or its program comes to no
    end; 4 if no library is there.

    \b
    Examples:
      convspec findings
      convspec findings --adapter torch
      convspec findings avg-pool-3d --json
      convspec findings --write FINDINGS.md
    """
    from convspec.known.finding_page import page
    from convspec.known.findings import findings as recorded
    from convspec.known.running import ABSENT, outcome, write_script
    from convspec.saving import write_text

    chosen = [
        finding
        for finding in recorded()
        if (not names or any(_called(finding, name) for name in names))
        and (not globs or any(fnmatchcase(finding.adapter, glob) for glob in globs))
    ]
    if not chosen and (names or globs):
        raise Problem(f"no finding is named {' or '.join((*names, *globs))}; see convspec findings")
    if write:
        try:
            write_text(write, page(recorded()))
        except OSError as error:
            raise Problem(f"cannot write {write}: {error.strerror or error}") from None
        return 0
    if scripts:
        written = [write_script(finding, tell) for finding in chosen]  # all of them
        return 0 if all(written) else 1
    outcomes = []
    for finding in chosen:
        found = outcome(finding, [folder.absolute() for folder in folders])
        outcomes.append(found)
        if not as_json:
            _show(found)
    if as_json:
        click.echo(json.dumps([_entry(found) for found in outcomes], indent=1, ensure_ascii=False))
    elif not outcomes:
        click.echo("none is recorded")
    if not all(found.as_recorded for found in outcomes):
        return 1
    return 4 if outcomes and all(found.says == ABSENT for found in outcomes) else 0


def _called(finding: Finding, name: str) -> bool:
    return fnmatchcase(finding.name, name) or fnmatchcase(finding.short, name)


def _show(found: Outcome) -> None:
    from rich.text import Text

    from convspec.console import console, copyable, indented
    from convspec.known.running import FIXED, STILL

    out = console()
    finding = found.finding
    version = f" {finding.adapter} {found.version}" if found.version else ""
    how = f": {found.how}" if found.how else ""
    style = {FIXED: "bold green", STILL: "red"}.get(found.says, "yellow")
    out.print(Text.assemble((finding.name, "bold"), "  ", (found.says, style)))
    if version or how:
        indented(out, Text(f"{version}{how}".strip()))
    indented(out, Text(finding.entries[0].reason, "dim"))
    copyable(out, f"  {finding.case.line}", "dim")


def _entry(found: Outcome) -> dict[str, object]:
    finding = found.finding
    return {
        "name": finding.name, "adapter": finding.adapter, "says": found.says,
        "version": found.version, "how": found.how, "reason": finding.does,
        "ops": finding.ops, "clause": finding.broken.slug if finding.broken else None,
        "case": finding.case.line,
        "regions": [
            {"when": str(e.when), "clauses": e.clauses, "verdicts": e.verdicts,
             "versions": str(e.versions), "witness": e.witness.line, "reason": e.reason}
            for e in finding.entries
        ],
        "confirmed": finding.confirmed, "tried": finding.tried, "upstream": finding.upstream,
        "script": finding.script,
    }  # fmt: skip
