"""`convspec report`: saved runs, shown, compared, and written in other formats."""

from __future__ import annotations

from pathlib import Path

import click

from convspec.problems import Problem, tell


@click.command()
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@click.option("--diff", is_flag=True, help="FILE is OLD NEW: what changed from one to the other.")
@click.option(
    "--report", "formats", metavar="FORMATS", help="Also write: html, json, junit, md; or github."
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder for them.  [default: convspec-report]",
)  # fmt: skip
@click.option("-v", "--verbose", is_flag=True, help="Everything, at whatever length.")
def report(
    files: tuple[Path, ...], diff: bool, formats: str | None, out: Path | None, verbose: bool
) -> int:
    """Show saved runs, compare them, or write them in another format.

    FILE is what check --out left: a file of events (NAME.events.jsonl), a JSON report, or a folder
    of them. One run is shown as check shows it, several side by side. A run that was cut short is
    shown as far as it came.

    With --diff, the exit code is 1 if anything got worse, else 0; without, it is 0.

    \b
    Examples:
      convspec report convspec-report
      convspec report convspec-report --report html,junit --out site
      convspec report last-week/torch.events.jsonl torch.json --diff
    """
    from convspec.journal import BrokenFile

    if diff and len(files) != 2:
        raise Problem("--diff compares two: convspec report OLD NEW --diff")
    try:
        return _compare(files, formats, out, verbose) if diff else _show(
            files, formats, out, verbose
        )  # fmt: skip
    except BrokenFile as error:
        raise Problem(str(error)) from None


def _show(files: tuple[Path, ...], formats: str | None, out: Path | None, verbose: bool) -> int:
    from convspec.comparing import side_by_side
    from convspec.console import console
    from convspec.output import Output
    from convspec.reports.evidence import adapter_of
    from convspec.saved import reports_in
    from convspec.terminal import show

    reports = reports_in(files)
    output = Output.asked([adapter_of(report) for report in reports], formats, out)
    if len(reports) == 1:
        show(console(), reports[0], adapter_of(reports[0]), verbose=verbose)
    else:
        side_by_side(console(), reports, verbose=verbose)
    return 0 if output is None or output.write(reports) else 2


def _compare(files: tuple[Path, ...], formats: str | None, out: Path | None, verbose: bool) -> int:
    from convspec.choices import OUT
    from convspec.comparing import changes
    from convspec.console import console
    from convspec.output import chosen
    from convspec.reports import changed
    from convspec.reports.diff import document, pairs
    from convspec.saved import reports_in
    from convspec.saving import write_json, write_text

    wanted = chosen(formats, ("json", "md")) if formats or out else ()
    old, new = (reports_in([file]) for file in files)
    found, alone = pairs(old, new)
    if not found:
        raise Problem(f"no adapter is in both runs: {'; '.join(alone)}")
    for one in found:
        changes(console(), one, verbose=verbose)
    for line in alone:
        tell(line)
    folder = out or OUT
    try:
        if "json" in wanted:
            write_json(folder / "diff.json", document(found, alone))
        if "md" in wanted:
            write_text(folder / "diff.md", changed.render(found, alone))
    except OSError as error:
        raise Problem(f"cannot write to {folder}: {error.strerror or error}") from None
    if wanted:
        tell(f"written to {folder}: {', '.join(f'diff.{word}' for word in wanted)}")
    return 1 if any(one.worse for one in found) else 0
