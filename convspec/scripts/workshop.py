"""Programs for the failures of a run, written and tried in a process that has the adapter."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

from convspec.law import all_laws


@dataclass(frozen=True)
class Program:
    """A program that shows a failure. `exit` is how it ended when it was tried: 1, or minus the
    signal it died of; `printed` what it printed then."""

    text: str
    exit: int
    printed: str


class Workshop:
    """A context manager; `write` as often as needed. The process begins with the first."""

    def __init__(self, adapter: str, limit: float) -> None:
        self._adapter = adapter
        self._limit = limit
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def write(self, law: str, case: str, clause: str, message: str) -> Program | None:
        """A program that shows the failure; None if none of those tried did.

        Those that show it only together with state that earlier cases left behind cannot be shown
        by a program of a few calls, nor can an adapter without a name be called from one.
        """
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __package__ or "convspec.scripts", self._adapter],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            )  # fmt: skip
        task = {
            "law": law, "case": case, "clause": clause, "message": message, "limit": self._limit,
        }  # fmt: skip
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            print(json.dumps(task), file=self._process.stdin, flush=True)
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:  # it died, of what an implementation without children of its own did
            self._process.kill()
            self._process.communicate()
            self._process = None
            return None
        found = json.loads(answer)
        return None if found is None else Program(**found)


def pytest_id(law: str, op: str, rank: int | None) -> str:
    """The law as pytest names it: give it to ``pytest --pyargs`` with ``--adapter``."""
    check = all_laws()[law].check
    axes = op if rank is None else f"{op}-{rank}d"
    return f"{check.__module__.replace('tests.', 'convspec.')}::{check.__name__}[{axes}]"
