"""What `check` was asked for: runs from the start, or the rest of runs that were cut short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .journal import SUFFIX, BrokenFile, Saved, read
from .output import Output, chosen
from .problems import Problem


@dataclass(frozen=True)
class OneRun:
    """One adapter to run. `events`: where its events go; `before`: what was run already."""

    adapter: str
    wanted: dict[str, Any]
    events: Path | None = None
    before: Saved | None = None


@dataclass(frozen=True)
class Asked:
    """The runs, and where their reports go, if anywhere."""

    runs: tuple[OneRun, ...]
    output: Output | None

    @classmethod
    def anew(cls, adapters: Sequence[str], wanted: dict[str, Any], output: Output | None) -> Asked:
        """A run from the start for each adapter."""
        return cls(
            tuple(
                OneRun(adapter, wanted, output.events(number) if output else None)
                for number, adapter in enumerate(adapters)
            ),
            output,
        )


def runs_to_resume(
    where: Path,
    adapters: Sequence[str],
    wanted: Mapping[str, Any],
    formats: str | None,
    out: Path | None,
    given: set[str],
) -> Asked:
    """The rest of the run in a file, or of the runs in a folder, that were cut short.

    What was asked for then is asked for again; `given` are the options that were typed now, which
    may not say otherwise. Reports go where the events are, unless told otherwise.
    Raises Problem with a clear line.
    """
    runs = [_rest(saved, wanted, given) for saved in _cut_short(where, adapters)]
    output = None
    if formats or out:
        folder = out or runs[0].events.parent if runs[0].events else out
        names = [run.events.name.removesuffix(SUFFIX) for run in runs if run.events]
        made = Output.asked(names, formats, folder)
        assert made is not None
        output = Output(made.folder, chosen(formats), tuple(names))
    return Asked(tuple(runs), output)


def _cut_short(where: Path, adapters: Sequence[str]) -> list[Saved]:
    files = sorted(where.glob(f"*{SUFFIX}")) if where.is_dir() else [where]
    if not files:
        raise Problem(f"--resume: there is no run in {where}: no file *{SUFFIX}")
    found = []
    for file in files:
        try:
            found.append(read(file))
        except BrokenFile as error:
            raise Problem(f"--resume: {error}") from None
        except OSError as error:
            raise Problem(f"--resume: cannot read {file}: {error.strerror or error}") from None
    if adapters:
        names = {saved.head.asked.get("adapter") for saved in found}
        for adapter in adapters:
            if adapter not in names:
                here = ", ".join(map(str, sorted(names, key=str)))
                raise Problem(f"--resume: no run of {adapter} is in {where}, but of {here}")
        found = [saved for saved in found if saved.head.asked.get("adapter") in adapters]
    cut = [saved for saved in found if saved.cut]
    if not cut:
        raise Problem(
            f"--resume: nothing is left to run: {where} was finished; convspec report shows it"
        )
    return cut


def _rest(saved: Saved, wanted: Mapping[str, Any], given: set[str]) -> OneRun:
    """What was asked for when the run began."""
    head = saved.head
    if not head.asked.get("adapter"):
        raise Problem(f"--resume: {saved.path} does not say which adapter was asked for")
    before = {
        "profile": head.profile, "seed": head.seed, "ops": head.asked.get("ops") or None,
        "clauses": head.asked.get("clauses") or None,
        "known": tuple(head.asked.get("known") or ()),
    }  # fmt: skip
    for name, value in before.items():
        now = wanted[name]
        now = sorted(now) if isinstance(now, list) else now
        if name in given and now != value:
            option = {"ops": "op", "clauses": "clause"}.get(name, name)
            said = " ".join(value) if isinstance(value, (list, tuple)) else str(value or "")
            was = said or "not given"
            raise Problem(f"--resume: --{option} was {was} in {saved.path}")
    return OneRun(str(head.asked["adapter"]), {**wanted, **before}, saved.path, saved)
