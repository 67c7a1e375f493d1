"""Whether findings still fail: their programs run again, each where the library is installed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from packaging.version import InvalidVersion, Version

from convspec.adapters.backends import BACKENDS
from convspec.adapters.errors import AdapterError

from .findings import Finding, script_path

STILL = "still fails"
FIXED = "fixed"
NOT_HERE = "passes here"
ABSENT = "absent"
WRONG = "wrong version"
BROKEN = "no answer"
"""What can be said of a finding. `NOT_HERE`: it is one that depends on the machine, or on chance;
`WRONG`: the version that is installed is not one that the record is about; `BROKEN`: its program
came to no end."""

ATTEMPTS = 3
"""Times a program has to pass before its fault counts as fixed: chance may play a part."""

LIMIT = 120.0
"""Seconds that a program may take; a call that hangs gives up by itself long before."""

_ASK = """
import importlib.metadata as metadata, importlib.util as util, json, sys
modules, packages = sys.argv[1].split(), sys.argv[2:]
try:
    there = all(util.find_spec(module) is not None for module in modules)
except ImportError:
    there = False
version = ""
for package in packages if there else ():
    try:
        version = metadata.version(package.partition("[")[0])
        break
    except metadata.PackageNotFoundError:
        pass
print(json.dumps([there, version]))
"""


@dataclass(frozen=True)
class Outcome:
    """What became of a finding: one of the words above, the `version` it ran on, and how."""

    finding: Finding
    says: str
    version: str = ""
    how: str = ""

    @property
    def as_recorded(self) -> bool:
        """Whether the record need not be changed for it."""
        return self.says not in (FIXED, BROKEN)


@dataclass(frozen=True)
class Place:
    """An interpreter that has a library, and in which version."""

    python: str
    version: str


def outcome(finding: Finding, environments: Iterable[Path] = ()) -> Outcome:
    """Run a finding's program in the first place that has its library (see `where`)."""
    backend = finding.backend
    place = where(finding.adapter, tuple(environments)) if backend else None
    if place is None:
        install = backend.installing(finding.adapter.partition(":")[2]) if backend else ""
        return Outcome(finding, ABSENT, how=f"to install: {install}" if install else "")
    if not finding.script:
        return Outcome(
            finding, BROKEN, place.version, "it has no program; convspec replay shows it"
        )
    try:
        needed = backend.surroundings(place.python) if backend else {}
    except AdapterError as error:
        return Outcome(finding, BROKEN, place.version, str(error))
    code, printed = 0, ""
    for _ in range(ATTEMPTS):
        code, printed = attempt(str(script_path(finding)), place.python, needed)
        if code:
            break
    failed, how = said(code, printed)
    if not concerns(finding, place.version):
        word = {True: "fails", False: "passes", None: "comes to no end"}[failed]
        return Outcome(finding, WRONG, place.version, f"there its program {word}")
    if failed is None:
        return Outcome(finding, BROKEN, place.version, how)
    if failed:
        return Outcome(finding, STILL, place.version, how)
    return Outcome(finding, NOT_HERE if finding.sometimes else FIXED, place.version, how)


def said(code: int, printed: str) -> tuple[bool | None, str]:
    """Whether a program showed its fault, None if it came to no end, and how that went.

    It prints what it expects and what it got, and exits with 1 where these differ.
    """
    if code == 0:
        return False, "its program passes"
    if code < 0:
        return True, f"dies of {_signal(-code)}"
    expected = next((line for line in printed.splitlines() if line.startswith("expected: ")), "")
    if expected.startswith("expected: an answer within") and "got:" not in printed:
        return True, "hangs"
    if code == 1 and "got:" in printed:
        return True, ""
    lines = [line for line in printed.splitlines() if line.strip()]
    if expected == "expected: a result, or an error" and "Traceback" not in printed:
        return True, f"ends its process with exit code {code}"
    return None, lines[-1] if lines else f"exit code {code}"


def concerns(finding: Finding, version: str) -> bool:
    """Whether the record is about that version of the library."""
    try:
        Version(version)
    except InvalidVersion:
        return True
    return any(entry.about(version) for entry in finding.entries)


def where(adapter: str, environments: tuple[Path, ...] = ()) -> Place | None:
    """The first interpreter that has the library of an adapter, and what its option needs beside
    it: this one, or that of a virtual environment in one of the folders, called as in the table of
    adapters."""
    name, _, option = adapter.partition(":")
    backend = BACKENDS[name]
    pythons = [sys.executable]
    for folder in environments:
        for environment in dict.fromkeys(backend.runs.values()):
            pythons += [str(folder / environment / "bin" / "python")]
    for python in pythons:
        version = _has(python, backend.modules(option), backend.packages)
        if version is not None:
            return Place(python, version)
    return None


@cache
def _has(python: str, modules: tuple[str, ...], packages: tuple[str, ...]) -> str | None:
    """The version of the library that an interpreter has; None if it lacks one of the modules."""
    if not os.path.exists(python):
        return None
    if not modules:
        return ""
    done = subprocess.run(
        [python, "-c", _ASK, " ".join(modules), *packages], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=LIMIT, check=False,
    )  # fmt: skip
    if done.returncode:
        return None
    there, version = json.loads(done.stdout)
    return str(version) if there else None


def attempt(
    file: str, python: str = sys.executable, needed: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """The exit code of a program, minus the signal it died of, and what it printed.

    `needed`: variables of its environment that the library needs.
    """
    # One thread, as the adapters have: what a library does may depend on how many it has.
    threads = {f"{word}_NUM_THREADS": "1" for word in ("OMP", "MKL", "OPENBLAS")}
    try:
        done = subprocess.run(
            [python, file], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=LIMIT, check=False,
            env={**threads, **os.environ, **(needed or {})},
        )  # fmt: skip
    except subprocess.TimeoutExpired as expired:
        return -signal.SIGKILL, (expired.stdout or b"").decode(errors="replace")
    return done.returncode, done.stdout.decode(errors="replace")


def write_script(finding: Finding, tell: Callable[[str], None]) -> bool:
    """Write a finding's program anew with the library that is installed here.

    False if none could be written. One that says `BY_HAND` is left as it is.
    """
    from convspec.engine import run
    from convspec.events import Explained
    from convspec.report import Report
    from convspec.saving import write_text
    from convspec.scripts.stage import write_programs

    path = Path(str(script_path(finding)))
    if path.is_file() and BY_HAND in path.read_text("utf-8"):
        tell(f"{finding.name}: its program was written by hand")
        return True
    entry = finding.entries[0]
    try:
        events = run(
            finding.adapter, case=finding.case.line, clauses=entry.clauses, conditions=False,
            after=(write_programs,), jobs=1,
        )  # fmt: skip
    except AdapterError as error:
        tell(f"{finding.name}: {error}")
        return False
    order = [f.law for c in Report.from_events(events).failing for f in c.findings]
    written = {e.law: e.script for e in events if isinstance(e, Explained) and e.script}
    script = next((written[law] for law in order if law in written), None)
    if script is None:
        tell(f"{finding.name}: no program shows it here")
        return False
    write_text(path, script)
    tell(f"{finding.name}: written to {path}")
    return True


BY_HAND = "# Written by hand:"
"""What a program says in a comment that is not to be written anew."""


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
