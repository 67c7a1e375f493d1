"""Virtual environments of pinned versions: built once, and again when what they hold changes."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import IO, Any

from convspec.adapters.pins import canonical, lines, text, versions
from convspec.saving import write_text

from .children import Child
from .ourselves import Ourselves

STAMP = "convspec.json"
"""The file in an environment that says what it was built from."""


class CannotBuild(RuntimeError):  # noqa: N818 - it names what happened
    """An environment could not be built; the message says why, in one line."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment in `folder`, and what of its pins could not be installed, with why."""

    name: str
    folder: Path
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return _python(self.folder)

    @property
    def found(self) -> Mapping[str, str]:
        """What is installed in it: canonical name → version. Nothing is run to find out."""
        return installed_in(self.folder)

    @property
    def pins(self) -> Mapping[str, str]:
        """The versions that it should hold."""
        return versions(text(self.name) or "")


def installed_in(folder: Path) -> Mapping[str, str]:
    """Distribution, by canonical name → its version, in the environment in a folder."""
    places = [str(place) for place in folder.glob("[Ll]ib/**/site-packages")]
    found: dict[str, str] = {}
    for one in metadata.distributions(path=places):
        with contextlib.suppress(Exception):  # a record that is broken is none
            name, version = one.metadata["Name"], one.version
            if name and version:
                found.setdefault(canonical(name), version)
    return found


def ready(name: str, root: Path) -> Environment | None:
    """The environment of that name, if it was built there to its end; whether anew or not."""
    folder = root / name
    stamp = _stamp(folder)
    if not stamp or not _python(folder).exists():
        return None
    return Environment(name, folder, dict(stamp.get("missing") or {}))


class Builder:
    """Builds environments in a folder, with an interpreter. What pip says goes to NAME.log there.

    `children` gets every program that is begun, so that it can be ended from outside.
    """

    def __init__(
        self, root: Path, *, python: str = sys.executable, pip: Sequence[str] = (),
        anew: bool = False, children: list[Child] | None = None,
    ) -> None:  # fmt: skip
        self.root = root.absolute()
        self.python, self.pip, self.anew = python, tuple(pip), anew
        self.ours = Ourselves.found()
        self._children = [] if children is None else children

    def build(self, name: str) -> Environment:
        """The environment of that name, as its pins say; as it is if they have not changed.

        A distribution that cannot be installed is left out, and told in `missing`; it is tried
        again the next time. Raises CannotBuild where there is no use in going on.
        """
        pins = text(name)
        if pins is None:
            raise CannotBuild(f"no pins: there is no adapters/environments/{name}.txt")
        try:
            with self._alone(name):
                return self._build(name, pins)
        except OSError as error:
            raise CannotBuild(f"{error.filename or self.root}: {error.strerror or error}") from None

    def log(self, name: str) -> Path:
        """Where pip's words go."""
        return self.root / f"{name}.log"

    def _build(self, name: str, pins: str) -> Environment:
        folder, stamp = self.root / name, _stamp(self.root / name)
        digest = _digest([*sorted(lines(pins).values()), *self.ours.needs, _told(self.python)])
        here = stamp.get("pins") == digest and _python(folder).exists() and not self.anew
        missing = dict(stamp.get("missing") or {}) if here else {}
        ours = self.ours.digest
        if here and not missing and stamp.get("convspec") == ours:
            return Environment(name, folder)
        with self.log(name).open("wb") as log:
            pip = _Pip(_python(folder), self.pip, log, self._children)
            if not here:
                _unmake(folder)
                pip.run([self.python, "-m", "venv", str(folder)], "the environment cannot be made")
                missing = self._fill(pip, pins, folder)
            elif missing:
                missing = self._one_by_one(pip, {n: lines(pins)[n] for n in missing})
            if not here or stamp.get("convspec") != ours:
                self.ours.install(folder, pip.install)
        made = {"pins": digest, "convspec": ours, "missing": missing}
        write_text(folder / STAMP, json.dumps(made, indent=1) + "\n")
        return Environment(name, folder, missing)

    def _fill(self, pip: _Pip, pins: str, folder: Path) -> dict[str, str]:
        """Install everything at once; if that fails, what can be. Returns what cannot, and why."""
        wanted = lines(pins)
        limits = folder / "constraints.txt"
        write_text(limits, "\n".join(self.ours.constraints(wanted)) + "\n")
        every = [*wanted.values(), *self.ours.needs]
        why = pip.try_install([*every, "--constraint", str(limits)])
        # What we need need not be of the very versions that we have here.
        if why and "ResolutionImpossible" in why:
            why = pip.try_install(every)
        if not why:
            return {}
        # Without what we need ourselves nothing runs: where that fails, all is said.
        if self.ours.needs:
            pip.install([*self.ours.needs, *(wanted[n] for n in ("numpy",) if n in wanted)])
        return self._one_by_one(pip, wanted)

    @staticmethod
    def _one_by_one(pip: _Pip, wanted: Mapping[str, str]) -> dict[str, str]:
        """Install each distribution alone: the pins name all that they need."""
        tried = {name: pip.try_install(["--no-deps", line]) for name, line in wanted.items()}
        return {name: why for name, why in tried.items() if why}

    @contextlib.contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """Nobody else builds this environment meanwhile."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class _Pip:
    """pip in an environment; every word of it goes to a log."""

    def __init__(
        self, python: Path, options: Sequence[str], log: IO[bytes], children: list[Child]
    ) -> None:
        self._python, self._options, self._log = python, options, log
        self._children = children

    def install(self, what: Sequence[str]) -> None:
        """Install it. Raises CannotBuild with pip's last word."""
        if why := self.try_install(what):
            raise CannotBuild(why)

    def try_install(self, what: Sequence[str]) -> str:
        """Install it; pip's last word where that fails, else nothing."""
        command = [str(self._python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
        return self._tried([*command, "install", "--progress-bar", "off", *self._options, *what])

    def run(self, command: Sequence[str], failing: str) -> None:
        """Run something else. Raises CannotBuild, beginning with `failing`."""
        if why := self._tried(command):
            raise CannotBuild(f"{failing}: {why}")

    def _tried(self, command: Sequence[str]) -> str:
        begin = self._log.tell()
        own = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
        try:
            child = Child(command, self._log, {**own, "PIP_REQUIRE_VIRTUALENV": "0"})
        except OSError as error:
            return f"{command[0]}: {error.strerror or error}"
        self._children.append(child)
        code = child.wait()
        self._children.remove(child)
        self._log.seek(0, os.SEEK_END)
        if code == 0:
            return ""
        return last_word(Path(self._log.name), begin) or f"exit code {code}"


def last_word(log: Path, begin: int = 0) -> str:
    """The last line of a log that says what went wrong, else the last one."""
    with log.open("rb") as file:
        file.seek(begin)
        said = file.read().decode("utf-8", "replace")
    found = [line.strip() for line in re.sub(r"\x1b\[[\d;]*m", "", said).splitlines()]
    errors = [line for line in found if re.match(r"(ERROR|error|\w+Error)\b:?", line)]
    telling = [line for line in errors if "See above for" not in line]
    last = (telling or errors or [line for line in found if line] or [""])[-1]
    return " ".join(re.sub(r"^ERROR:\s*", "", last).split())


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"


def _stamp(folder: Path) -> dict[str, Any]:
    """What an environment was built from; empty if it was not built to its end."""
    try:
        found = json.loads((folder / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _unmake(folder: Path) -> None:
    """Remove what is left of an environment; nothing else that may stand there.

    Raises CannotBuild if it is no environment.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "pyvenv.cfg").exists():
        raise CannotBuild(f"{folder} is in the way: it is no virtual environment")
    # The stamp goes first: what is half removed is no environment.
    (folder / STAMP).unlink(missing_ok=True)
    if folder.exists():
        shutil.rmtree(folder)


def _told(python: str) -> str:
    """What tells one interpreter from another: of ours the version, wherever it was called."""
    if python != sys.executable:
        return python
    return f"{sys.implementation.cache_tag} {sys.base_prefix}"


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
