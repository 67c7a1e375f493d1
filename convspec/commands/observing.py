"""`convspec observe`: what is answered at the dialect points, against what is declared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from convspec.problems import Problem, tell


@click.command()
@click.argument("adapters", nargs=-1, metavar="[ADAPTER]...")
@click.option(
    "--runs", "runs", multiple=True, type=click.Path(path_type=Path, exists=True), metavar="FILE",
    help="A JSON report of check, or a folder of them: what these runs observed.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def observe(adapters: tuple[str, ...], runs: tuple[Path, ...], as_json: bool) -> int:
    """Compare what implementations do at the dialect points with what their adapters declare.

    Each point has a call or two that tell its choices apart; ADAPTER is asked them. The tables of
    the pages are made of what is declared, so they are right where nothing differs. A known failure
    (see convspec findings) is no choice, and told as such. Exit code 1 if something differs.

    \b
    Examples:
      convspec observe torch
      convspec observe my_kernels.py --json
      convspec observe --runs convspec-matrix
    """
    if not adapters and not runs:
        raise click.UsageError("Missing argument 'ADAPTER...'.", click.get_current_context())
    documents = []
    codes = [0]
    for name in adapters:
        found = _ask(name)
        if found is None:
            codes.append(3)
        else:
            documents.append({"adapter": name, **found})
    documents += [found for path in runs for found in _saved(path)]
    if runs and not documents:
        raise Problem(f"no JSON report of check in {', '.join(map(str, runs))}")
    if as_json:
        click.echo(json.dumps(documents, indent=1, ensure_ascii=False))
    else:
        for found in documents:
            _show(found)
    codes += [1 for found in documents if found["differing"]]
    return 1 if 1 in codes else max(codes)


def _ask(name: str) -> dict[str, Any] | None:
    from convspec.adapters.opening import AdapterError, UnknownAdapter
    from convspec.probes import observe_known

    try:
        adapter, seen = observe_known(name)
    except UnknownAdapter as error:
        raise Problem(str(error)) from None
    except AdapterError as error:
        tell(str(error))
        return None
    return _compared(adapter.version, adapter.claims.dialect, seen)


def _saved(path: Path) -> Iterator[dict[str, Any]]:
    files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
    for file in files:
        try:
            report = json.loads(file.read_text("utf-8"))
            adapter, dialect = report["adapter"], report["dialect"]
            yield {
                "adapter": adapter["name"],
                **_compared(adapter["version"], dialect["declared"], dialect["observed"]),
            }
        except (ValueError, KeyError, TypeError):
            if not path.is_dir():
                raise Problem(f"{file}: not a JSON report of check") from None


def _compared(
    version: str, declared: Mapping[str, str], observed: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    from convspec.declared import differing

    return {
        "version": version,
        "points": {
            point: {"declared": declared.get(point), "observed": seen["choice"],
                    "known": seen.get("known")}
            for point, seen in observed.items()
        },
        "differing": differing(declared, observed),
    }  # fmt: skip


def _show(found: Mapping[str, Any]) -> None:
    from rich.text import Text

    from convspec.console import console, indented

    out = console()
    out.print(Text.assemble((found["adapter"], "bold"), f"  {found['version']}"))
    for point, choice in found["differing"].items():
        declared = found["points"][point]["declared"]
        said = f"{choice} observed" if choice else "answers like none of the choices"
        indented(out, Text.assemble(("✗ ", "red"), f"{point}: {declared} declared, {said}"))
    failures = {point: seen["known"] for point, seen in found["points"].items() if seen["known"]}
    for point, reason in failures.items():
        indented(out, Text.assemble(("~ ", "yellow"), f"{point}: a known failure: {reason}"))
    count, wrong = len(found["points"]), len(found["differing"])
    indented(out, Text(f"{count - wrong - len(failures)} of {count} points as declared"))
