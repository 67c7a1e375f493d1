"""An anchor put to the test: the suite on the old release, and on the newest."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from convspec.known.reading import BUILTIN
from convspec.saving import file_name
from convspec.spec.case import Case

from .reading import Anchor, Fault

FAILS = frozenset({"deviates", "crashes", "times-out", "rejects", "accepts-invalid"})


class NoRun(RuntimeError):  # noqa: N818 - it names what happened
    """The suite could not be run somewhere; the message says why, in one line."""


@dataclass(frozen=True)
class Found:
    """A failing case of a clause: on what release, and what came of it."""

    clause: str
    verdict: str
    case: str
    message: str


@dataclass(frozen=True)
class Verdict:
    """What became of a fault: the case that shows it on the old release, if one was found, and
    one that shows it on the newest, if it still does. `newest` is None if that was not run."""

    fault: Fault
    old: Found | None
    newest: str | None = None
    still: Found | None = None

    @property
    def right(self) -> bool:
        """Whether the old release was found out, and nothing is held against the newest."""
        return self.old is not None and self.still is None


def report_of(
    python: Path, anchor: Anchor, *, profile: str, seed: int, jobs: int | None,
    known: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """The JSON report of the clauses concerned, run by another interpreter, with the laws that
    finished. Raises NoRun."""
    with tempfile.TemporaryDirectory(prefix="convspec-") as folder:
        words = [str(python), "-m", "convspec", "check", anchor.adapter, "--profile", profile]
        words += ["--seed", str(seed), "--no-conditions", "--report", "json", "--out", folder]
        words += [word for glob in anchor.clauses for word in ("--clause", glob)]
        words += [word for file in known for word in ("--known", file)]
        words += ["--jobs", str(jobs)] if jobs else []
        own = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            check=False, env=own, cwd=folder,
        )  # fmt: skip
        file = Path(folder) / file_name(anchor.adapter)
        if not file.is_file():
            lines = done.stdout.decode(errors="replace").strip().splitlines()
            raise NoRun(
                lines[-1].removeprefix("convspec: ") if lines else f"exit {done.returncode}"
            )
        report: dict[str, Any] = json.loads(file.read_text("utf-8"))
        # The report keeps the smallest failure of each kind; every law's own are in the events.
        events = Path(folder) / file_name(anchor.adapter, ".events.jsonl")
        found = map(json.loads, events.read_text("utf-8").splitlines())
        report["laws_finished"] = [event for event in found if event["kind"] == "law-finished"]
        return report


def version_in(report: Mapping[str, Any]) -> str:
    """The version of the library that a run had."""
    return str(report["adapter"]["version"])


def shown(fault: Fault, report: Mapping[str, Any]) -> Found | None:
    """The smallest failing case of the fault's clauses that satisfies its condition and bears its
    sign."""
    found = []
    for law in report["laws_finished"]:
        slug = law["clause"]
        if not any(fnmatchcase(slug, glob) for glob in fault.clauses):
            continue
        for failure in law["failures"]:
            if failure["verdict"] not in FAILS or not failure["case"]:
                continue
            case = Case.parse(failure["case"])
            if fault.sign in failure["message"] and fault.when.holds(case):
                one = Found(slug, failure["verdict"], case.line, failure["message"])
                found.append((case.cells, len(case.line), one))
    return min(found, key=lambda each: each[:2])[2] if found else None


def check(
    anchor: Anchor, old: Path, newest: Path | None, *, profile: str = "quick", seed: int = 0,
    jobs: int | None = None,
) -> list[Verdict]:  # fmt: skip
    """Run the suite on the old release, and on the newest if there is one; judge each fault.

    `old` and `newest` are interpreters. What is known of the newest release is let pass there, so
    that other faults of it are not taken for this one. Raises NoRun.
    """
    before = report_of(old, anchor, profile=profile, seed=seed, jobs=jobs)
    if not version_in(before).startswith(anchor.version):
        raise NoRun(f"the environment holds {version_in(before)}, not {anchor.version}")
    after = None
    if newest is not None:
        after = report_of(newest, anchor, profile=profile, seed=seed, jobs=jobs, known=(BUILTIN,))
    return [
        Verdict(
            fault, shown(fault, before), None if after is None else version_in(after),
            None if after is None else shown(fault, after),
        )
        for fault in anchor.faults
    ]  # fmt: skip
