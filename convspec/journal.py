"""Runs on disk: every event is a line, written as it comes, so that what was found stays found.

The first line is the head of the run, the last one its foot; a run without a foot was cut short,
by a full disk, a signal or a power cut, and the line it was cut in may be torn. Each line is an
event (`events.to_json`) with `at`, the seconds since the run began.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from .events import Event, RunFinished, RunStarted, from_json, to_json
from .strict_json import line

SUFFIX = ".events.jsonl"


class BrokenFile(ValueError):  # noqa: N818 - it names what it is
    """A file does not hold what it should; the message says which and what to do."""


class CannotResume(RuntimeError):  # noqa: N818 - it names what happened
    """The run that was cut short is not a part of the one that is asked for."""


@dataclass(frozen=True)
class Saved:
    """A run as it was found on disk. `whole`: bytes up to the end of its last whole line.

    `at`: seconds into the run at the last event.
    """

    path: Path
    events: tuple[Event, ...]
    whole: int
    at: float

    @property
    def head(self) -> RunStarted:
        """What began the run."""
        assert isinstance(self.events[0], RunStarted)
        return self.events[0]

    @property
    def cut(self) -> bool:
        """Whether the run did not come to its end."""
        feet = [event for event in self.events if isinstance(event, RunFinished)]
        return not feet or feet[-1].interrupted


class Journal:
    """Writes the events of one run to a file as they come. A context manager; call it with each.

    The file begins with the first event, so that a run that does not begin leaves an older file
    alone. Once a write fails, `problem` says so and nothing more is written: a run with a gap in
    it would be taken for another.
    """

    def __init__(self, path: Path, resumed: Saved | None = None) -> None:
        """`resumed`: the run that this one goes on from, in the same file."""
        self.path = path
        self.problem = ""
        self._resumed = resumed
        self._file: IO[bytes] | None = None
        self._began = time.monotonic() - (resumed.at if resumed else 0.0)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        if self._file is not None:
            try:
                self._file.close()
            except OSError as problem:
                self._gave_up(problem)

    def __call__(self, event: Event) -> None:
        """Write an event. Never raises OSError: it is kept as `problem`."""
        if self.problem:
            return
        if self._resumed is not None and isinstance(event, RunStarted):
            return  # it stands in the file
        entry = {**to_json(event), "at": round(time.monotonic() - self._began, 3)}
        try:
            if self._file is None:
                self._file = self._open()
            self._write(f"{line(entry)}\n".encode())
        except OSError as error:
            self._gave_up(error)

    def _open(self) -> IO[bytes]:
        # No buffer of ours: what was written lives on when this process is killed.
        if self._resumed is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return self.path.open("wb", buffering=0)
        file = self.path.open("r+b", buffering=0)
        file.truncate(self._resumed.whole)
        file.seek(0, os.SEEK_END)
        return file

    def _write(self, data: bytes) -> None:
        assert self._file is not None
        while data:
            data = data[self._file.write(data) or 0 :]

    def _gave_up(self, error: OSError) -> None:
        self.problem = f"cannot write the events to {self.path}: {error.strerror or error}"


def read(path: Path) -> Saved:
    """The run in a file of events. Raises BrokenFile, or OSError where it cannot be read."""
    events: list[Event] = []
    whole, at = 0, 0.0
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            try:
                document = _document(raw)
            except ValueError:
                if events and not file.read(1):
                    break  # the last line, torn
                raise BrokenFile(_not_events(path, number)) from None
            try:
                event = from_json(document)
                at = float(document.get("at", at))
            except (ValueError, TypeError) as error:
                raise BrokenFile(f"{path}: line {number}: {error}") from None
            if isinstance(event, RunStarted) != (not events):
                what = "a second run begins" if events else "the head of the run is missing"
                raise BrokenFile(f"{path}: line {number}: {what}")
            events.append(event)
            whole += len(raw)
    if not events:
        raise BrokenFile(f"{path} is empty: no run in it")
    return Saved(path, tuple(events), whole, at)


def _document(raw: bytes) -> dict[str, Any]:
    if not raw.endswith(b"\n"):
        raise ValueError("torn")
    document = json.loads(raw)
    if not isinstance(document, dict):
        raise ValueError("no event")
    return document


def _not_events(path: Path, number: int) -> str:
    if number == 1:
        return f"{path} holds no run: its first line is no event of convspec"
    return f"{path}: line {number} is damaged; what stands before it can be kept by hand"


def difference(old: RunStarted, new: RunStarted) -> str:
    """Why a run cannot go on from another, in one line; empty if it can."""
    before, after = to_json(old), to_json(new)
    marks = [run["asked"].get("known.marks") or {} for run in (before, after)]
    if marks[0] != marks[1]:
        return "its files of known failures held something else"
    for name in ("adapter", "version", "convspec", "spec", "profile", "seed", "asked"):
        if before[name] != after[name]:
            return f"its {name} is {_said(before[name])}, this one's {_said(after[name])}"
    if before["claims"] != after["claims"]:
        return "the adapter's claims are others now"
    if before["laws"] != after["laws"]:
        return f"it had {before['laws']} items of laws, there are {after['laws']} now"
    return ""


def _said(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key} {entry}" for key, entry in value.items() if entry) or "everything"
    return str(value)
