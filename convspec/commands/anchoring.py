"""`convspec anchors`: old releases whose known faults the suite has to find unaided."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from convspec.problems import Problem, tell

from .options import environments_option, jobs_option, pip_option, profile_option, seed_option

if TYPE_CHECKING:
    from convspec.anchors.checking import Verdict
    from convspec.anchors.reading import Anchor


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@profile_option
@jobs_option
@seed_option
@environments_option
@pip_option
@click.option("--newest/--old-alone", default=True, help="Run the newest release, too.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--list", "list_", is_flag=True, help="Show the anchors, and run nothing.")
def anchors(
    names: tuple[str, ...],
    profile: str,
    jobs: int | None,
    seed: int,
    environments: Path | None,
    pip: str,
    newest: bool,
    as_json: bool,
    list_: bool,
) -> int:
    """Run the suite on old releases with faults known from their trackers.

    Each release is installed, once, in an environment of its own. The suite is told nothing of the
    fault but which clauses to run; it has to find a case that breaks one of them and meets the
    condition that the tracker tells of. The newest release, in the environment of the matrix, has
    to hold the same clauses there.

    NAME is that of an anchor; * and ? stand for anything. Exit code 1 if a fault is not found, or
    still there; 3 if a release cannot be installed or run.

    \b
    Examples:
      convspec anchors --list
      convspec anchors onnx-1.14.1
      convspec anchors 'onnxruntime-*' --json
    """
    from convspec.anchors.reading import anchors as every

    chosen = [a for a in every() if not names or any(fnmatchcase(a.name, n) for n in names)]
    if not chosen:
        known = ", ".join(anchor.name for anchor in every())
        raise Problem(f"no anchor is named {' or '.join(names)}; known are {known}")
    if list_:
        for anchor in chosen:
            _head(anchor)
            _list(anchor)
        return 0
    codes = []
    documents: list[dict[str, Any]] = []
    for anchor in chosen:
        code, document = _one(anchor, profile, jobs, seed, environments, pip, newest, as_json)
        codes.append(code)
        documents.append(document)
    if as_json:
        click.echo(json.dumps(documents, indent=1, ensure_ascii=False))
    return 1 if 1 in codes else max(codes)


def _one(
    anchor: Anchor, profile: str, jobs: int | None, seed: int, environments: Path | None, pip: str,
    newest: bool, as_json: bool,
) -> tuple[int, dict[str, Any]]:  # fmt: skip
    import shlex

    from convspec.adapters.pins import folder
    from convspec.anchors.checking import NoRun, check
    from convspec.matrix.environments import Builder, CannotBuild

    root = (environments or folder()).absolute()  # runs have a folder of their own
    if not as_json:
        _head(anchor)
    try:
        old = Builder(root, pip=shlex.split(pip)).build(anchor.name).python
        after = _newest(anchor.adapter, root) if newest else None
        verdicts = check(anchor, old, after, profile=profile, seed=seed, jobs=jobs)
    except (NoRun, CannotBuild) as error:
        tell(f"{anchor.name}: {error}")
        return 3, {"name": anchor.name, "error": str(error)}
    if not as_json:
        for verdict in verdicts:
            _show(verdict)
        if newest and after is None:
            tell(f"{anchor.name}: the newest release is absent: {_remedy(anchor.adapter)}")
    code = 0 if all(verdict.right for verdict in verdicts) else 1
    return code, _document(anchor, verdicts)


def _newest(adapter: str, root: Path) -> Path | None:
    """An interpreter that has the newest release: this one, or that of the matrix."""
    from convspec.known.running import where

    place = where(adapter, (root,))
    return None if place is None else Path(place.python)


def _remedy(adapter: str) -> str:
    from convspec.adapters.backends import BACKENDS

    return f"convspec matrix {adapter}, or {BACKENDS[adapter.partition(':')[0]].install}"


def _head(anchor: Anchor) -> None:
    from rich.text import Text

    from convspec.console import console

    console().print(Text.assemble((anchor.name, "bold"), f"  {anchor.adapter}"))
    sys.stdout.flush()


def _list(anchor: Anchor) -> None:
    from rich.text import Text

    from convspec.console import console, copyable, indented

    for fault in anchor.faults:
        indented(console(), Text(f"{fault.name}: {fault.what} ({', '.join(fault.clauses)})"))
        indented(console(), Text(f"where {fault.when}", "dim"))
        copyable(console(), f"  {fault.link}", "dim")


def _show(verdict: Verdict) -> None:
    from rich.text import Text

    from convspec.console import console, copyable, indented

    out, fault = console(), verdict.fault
    if verdict.old is None:
        indented(out, Text.assemble(("✗ ", "red"), f"{fault.name}: not found: {fault.what}"))
        return
    told = f"{fault.name}: {fault.what}: {verdict.old.clause} {verdict.old.verdict}"
    indented(out, Text.assemble(("✓ ", "green"), told))
    copyable(out, f"    {verdict.old.case}", "dim")
    if verdict.still is not None:
        indented(out, Text.assemble(("✗ ", "red"), f"still there in {verdict.newest}:"), 4)
        copyable(out, f"    {verdict.still.case}", "dim")
    elif verdict.newest is not None:
        indented(out, Text(f"gone in {verdict.newest}", "dim"), 4)


def _document(anchor: Anchor, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    return {
        "name": anchor.name, "adapter": anchor.adapter, "version": anchor.version,
        "faults": [
            {
                "name": v.fault.name, "what": v.fault.what, "when": str(v.fault.when),
                "link": v.fault.link, "found": v.old and asdict(v.old), "newest": v.newest,
                "still": v.still and asdict(v.still), "right": v.right,
            }
            for v in verdicts
        ],
    }  # fmt: skip
