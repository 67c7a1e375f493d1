"""Programs that a matrix runs: begun in sessions of their own, so that all of one can be ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import IO, Any

from convspec.processes import kill_group

GRACE = 6.0
"""Seconds in which a program that was interrupted may write down what it has."""


class Child:
    """A program with its output in a file. It leads a session: what it starts is found by that."""

    def __init__(
        self, command: Sequence[str], log: IO[bytes], environment: Mapping[str, str]
    ) -> None:
        """Begin it. Raises OSError if it cannot be."""
        # What a run leaves unread in a pipe could stop it; a file takes everything.
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            env=dict(environment), start_new_session=True,
        )  # fmt: skip

    def poll(self) -> int | None:
        """Its exit code (negative: the signal), None as long as it runs."""
        code = self._process.poll()
        if code is not None:
            self._sweep()  # what it left behind
        return code

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        code = self._process.wait()
        self._sweep()
        return code

    def interrupt(self) -> None:
        """Ask it to end, as Ctrl-C does."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._process.poll() is None:
                os.kill(self._process.pid, signal.SIGINT)

    def end(self, grace: float = GRACE) -> int:
        """Interrupt it; after `grace` seconds kill it, with all that it started."""
        self.interrupt()
        try:
            code = self._process.wait(grace)
        except subprocess.TimeoutExpired:
            kill_group(self._process.pid)
            code = self._process.wait()
        self._sweep()
        return code

    def _sweep(self) -> None:
        """Kill whatever is left of its session, groups of their own included."""
        kill_group(self._process.pid)
        for pid in _session(self._process.pid):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def _session(leader: int) -> Iterator[int]:
    """The processes of a session, where the system tells."""
    for folder in Path("/proc").glob("[0-9]*") if sys.platform == "linux" else ():
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                yield int(folder.name)


@contextlib.contextmanager
def ending() -> Iterator[list[Child]]:
    """A list for children: those still in it at the end, however it comes, are ended.

    A request to terminate, and a terminal that goes away, count as Ctrl-C here.
    """
    children: list[Child] = []
    signals: list[int] = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before: dict[int, Any] = {}
    with contextlib.suppress(ValueError):  # not in the main thread
        for number in signals:
            before[number] = signal.signal(number, _interrupt)
    try:
        yield children
    finally:
        for child in children:  # all at once, then wait for each
            child.interrupt()
        for child in children:
            child.end()
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
