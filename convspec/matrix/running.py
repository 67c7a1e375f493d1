"""The rows of a matrix, run side by side: each a program that may die, hang or not even begin."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from convspec.adapters.installed import wrong_versions
from convspec.adapters.pins import canonical
from convspec.processes import how_it_ended
from convspec.progress import Meter

from .asked import Row
from .children import Child
from .environments import Builder, CannotBuild, Environment
from .follow import Follower
from .outcome import ABSENT, CUT, DIED, KILLED, NOTHING, RAN, RUNS, UNUSABLE, Outcome

POLL = 0.2
"""Seconds between two looks at the programs that run."""


@dataclass(frozen=True)
class Wanted:
    """How rows are run. `jobs`: processes at work at once; `seconds`: how long one row may take."""

    folder: Path
    profile: str = "quick"
    seed: int = 0
    jobs: int = 1
    known: tuple[str, ...] = ("builtin",)
    seconds: float = 3600.0
    more: tuple[str, ...] = ()

    def command(self, row: Row, python: Path, jobs: int) -> list[str]:
        """The program that runs one row."""
        words = [str(python), "-m", "convspec", "check", row.adapter, "--profile", self.profile]
        words += ["--seed", str(self.seed), "--jobs", str(jobs), "--report", "json"]
        words += ["--out", str((self.folder / RUNS).absolute())]
        for file in self.known:
            words += ["--known", file if file == "builtin" else str(Path(file).absolute())]
        return [*words, *self.more]


@dataclass
class _Running:
    """A row whose program runs."""

    outcome: Outcome
    child: Child
    log: IO[bytes]
    began: float
    follower: Follower = field(init=False)

    def __post_init__(self) -> None:
        self.follower = Follower(self.outcome.events)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


class Runs:
    """Runs rows, one after the other or several at once. `outcomes` has what is known so far."""

    def __init__(self, rows: Sequence[Row], wanted: Wanted, children: list[Child]) -> None:
        self.wanted = wanted
        self.outcomes = {
            row.adapter: Outcome(row.adapter, row.environment, folder=wanted.folder) for row in rows
        }
        self._rows = list(rows)
        self._children = children
        self._running: list[_Running] = []
        self._environments: dict[str, Environment | str] = {}

    def build(self, builder: Builder, meter: Meter) -> None:
        """The environments of all rows, one after the other: pip needs the whole line."""
        names = list(dict.fromkeys(row.environment for row in self._rows))
        for number, name in enumerate(names):
            told = f"environment {name}"
            meter.say(f"{told} …")
            if meter.bar:
                meter.show(told, number, len(names), "building", "")
            try:
                made = builder.build(name)
                self._environments[name] = made
                for package, why in made.missing.items():
                    meter.aside(f"{told}: {package} is left out: {why}")
            except CannotBuild as error:
                self._environments[name] = f"{error} (pip's words: {builder.log(name)})"
                meter.aside(f"{told}: {error}")

    def run(self, meter: Meter) -> None:
        """Run every row whose library is there."""
        waiting = list(self._ready())
        at_once = max(1, min(self.wanted.jobs, len(waiting)))
        jobs = max(1, self.wanted.jobs // at_once)
        done, every = len(self._rows) - len(waiting), len(self._rows)
        try:
            while waiting or self._running:
                while waiting and len(self._running) < at_once:
                    self._begin(*waiting.pop(0), jobs)
                time.sleep(POLL)
                for one in [r for r in self._running if self._has_ended(r)]:
                    done += 1
                    outcome = self.outcomes[one.outcome.adapter]
                    meter.aside(_ended(outcome))
                self._show(meter, done, every)
        except BaseException:
            for one in self._running:
                one.child.interrupt()
            for one in list(self._running):
                self._end(one, CUT, "it was interrupted")
            raise

    # One row -----------------------------------------------------------------------------

    def _ready(self) -> Iterator[tuple[Row, Environment]]:
        """The rows that can be begun; what is wrong with the others is noted."""
        for row in self._rows:
            made = self._environments[row.environment]
            if isinstance(made, str):
                self._note(row, status=ABSENT, why=made)
                continue
            packages = [canonical(package) for package in row.backend.packages]
            here, pins = made.found, made.pins
            self._note(
                row,
                found={p: here[p] for p in packages if p in here},
                pinned={p: pins[p] for p in packages if p in pins},
            )
            missing = [p for p in packages if p not in here]
            if missing:
                self._note(row, status=ABSENT, why=_absent(missing, made))
                continue
            wrong = wrong_versions(row.backend, row.environment, here)
            notes = [f"{p} {found} is installed; the pins want {want}" for p, found, want in wrong]
            self._note(row, notes=tuple(notes))
            yield row, made

    def _note(self, row: Row, **changes: object) -> None:
        self.outcomes[row.adapter] = replace(self.outcomes[row.adapter], **changes)  # type: ignore[arg-type]

    def _begin(self, row: Row, made: Environment, jobs: int) -> None:
        outcome = self.outcomes[row.adapter]
        outcome.log.parent.mkdir(parents=True, exist_ok=True)
        for file in (outcome.events, outcome.document):  # of an earlier run
            file.unlink(missing_ok=True)
        log = outcome.log.open("wb")
        try:
            child = Child(self.wanted.command(row, made.python, jobs), log, _surroundings(made))
        except OSError as error:
            log.close()
            self._note(row, status=UNUSABLE, why=f"{made.python}: {error.strerror or error}")
            return
        self._children.append(child)
        self._running.append(_Running(outcome, child, log, time.monotonic()))

    def _has_ended(self, one: _Running) -> bool:
        code = one.child.poll()
        if code is not None:
            self._finish(one, code)
            return True
        if one.seconds > self.wanted.seconds:
            minutes = f"{self.wanted.seconds / 60:g} min"
            self._end(one, KILLED, f"it took longer than {minutes}{one.follower.reached()}")
            return True
        return False

    def _end(self, one: _Running, status: str, why: str) -> None:
        one.follower.look()
        code = one.child.end()
        self._finish(one, code, status, why)

    def _finish(self, one: _Running, code: int, status: str = "", why: str = "") -> None:
        self._running.remove(one)
        self._children.remove(one.child)
        one.log.close()
        outcome = replace(one.outcome, exit_code=code, seconds=round(one.seconds, 1))
        if not status:
            status, why = _judged(outcome, code)
        self.outcomes[outcome.adapter] = replace(outcome, status=status, why=why)

    def _show(self, meter: Meter, done: int, every: int) -> None:
        for one in self._running:
            one.follower.look()
        label = ", ".join(one.outcome.adapter for one in self._running) or "matrix"
        cases = sum(one.follower.cases for one in self._running)
        laws = sum(one.follower.done for one in self._running)
        every_law = sum(one.follower.laws for one in self._running)
        counts = f"row {done}/{every} · laws {laws}/{every_law} · {cases:,} cases"
        meter.show(label, done, every, counts, f"{label}: {counts}")


def _judged(outcome: Outcome, code: int) -> tuple[str, str]:
    """What became of a row whose program ended by itself, and why, if it was not run."""
    said = _last_line(outcome.log)
    if code < 0:
        return DIED, f"the run itself {how_it_ended(code)}"
    if outcome.report is None:
        return (NOTHING if code == 4 else UNUSABLE), said or f"exit code {code}"
    if outcome.report.interrupted:
        return DIED, said or f"the run was cut short, with exit code {code}"
    return RAN, ""


def _last_line(log: Path) -> str:
    """The last thing that a run said on its own account, else its last line."""
    try:
        found = [line.strip() for line in log.read_text("utf-8", "replace").splitlines()]
    except OSError:
        return ""
    own = [line for line in found if line.startswith("convspec: ")]
    last = (own or [line for line in found if line] or [""])[-1]
    return " ".join(last.removeprefix("convspec: ").split())


def _absent(missing: Sequence[str], made: Environment) -> str:
    """Why packages are not in an environment."""
    told = [f"{name}: {made.missing[name]}" for name in missing if name in made.missing]
    if told:
        return "; ".join(told)
    if unpinned := [name for name in missing if name not in made.pins]:
        return f"{' and '.join(unpinned)} not among the pins of environment {made.name}"
    return f"{' and '.join(missing)} not in {made.folder}; build it anew: --rebuild"


def _surroundings(made: Environment) -> Mapping[str, str]:
    """The environment variables of a row: its own interpreter's, and nobody else's."""
    own = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    path = f"{made.python.parent}{os.pathsep}{own.get('PATH', '')}"
    return {**own, "VIRTUAL_ENV": str(made.folder), "PATH": path, "COLUMNS": "80"}


def _ended(outcome: Outcome) -> str:
    if outcome.status == RAN and outcome.report is not None:
        cases = f"{outcome.report.cases:,} cases"
        return f"{outcome.adapter} {outcome.version}: {outcome.verdict}, {cases}"
    return f"{outcome.adapter}: {outcome.verdict}: {outcome.why}"
