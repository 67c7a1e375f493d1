"""What is done where the implementation is: a law's calls recorded, programs written and tried."""

from __future__ import annotations

import contextlib
import os
import pickle
import runpy
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np

from convspec.adapters.opening import Adapter
from convspec.law import all_laws
from convspec.processes import begin_child, can_fork, fork, reap
from convspec.spec.case import Case
from convspec.trial import Trial
from convspec.verdicts import Mismatch

from .calls import read, recording
from .shown import Shown, ways
from .text import program

TRIES = 6
"""Programs that are tried for one failure, at most."""

CALLS, OUTCOME = "calls", "outcome"
"""Files in which a recording leaves what it saw."""

Tried = tuple[str, int, str]
"""A program, how it ended (minus the signal, if it died of one), and what it printed."""


def record(adapter: Adapter, law: str, case: str, folder: str) -> None:
    """Put a case to a law, and write down the calls that it makes and how it was broken."""
    with (Path(folder) / CALLS).open("wb") as stream, np.errstate(all="ignore"):
        trial = Trial(recording(adapter, stream), Case.parse(case))
        outcome = None
        try:
            all_laws()[law].hold(trial)
        except Mismatch as mismatch:
            mismatch.__traceback__ = mismatch.__cause__ = mismatch.__context__ = None
            outcome = mismatch
    (Path(folder) / OUTCOME).write_bytes(pickle.dumps(outcome))


def program_for(
    adapter: Adapter, folder: str, died: Mismatch | None, case: str, clause: str, message: str,
    limit: float,
) -> Tried | None:  # fmt: skip
    """A program that shows what was recorded; None if none of those tried does.

    `died` says how the recording ended, if it did not come to its end.
    """
    mismatch = died
    if mismatch is None:
        mismatch = pickle.loads((Path(folder) / OUTCOME).read_bytes())
    if mismatch is None:
        return None
    with (Path(folder) / CALLS).open("rb") as stream:
        calls = read(stream)
    with np.errstate(all="ignore"):
        for number, shown in enumerate(ways(calls, mismatch, adapter)):
            if number == TRIES:
                break
            try:
                text = program(shown, adapter, case, clause, message, limit)
            except LookupError:
                continue  # the adapter refused the call itself, before there were any words for it
            if text is None:
                return None
            file = Path(folder) / f"{number}.py"
            file.write_text(text, encoding="utf-8")
            code, printed = attempt(file, adapter.claims.fork, 2 * limit)
            if succeeds(shown, code, printed):
                return text, code, printed
    return None


def succeeds(shown: Shown, code: int, printed: str) -> bool:
    """Whether the program showed what it was written for; an error of its own does not count."""
    if shown.check == "dies":
        return code != 0 and "expected:" in printed and "Traceback" not in printed
    if shown.check == "hangs":
        return code != 0 and "expected:" in printed and "got:" not in printed
    return code == 1 and "got:" in printed


def attempt(file: Path, fork: bool, limit: float) -> tuple[int, str]:
    """The exit code of a program, minus the signal it died of, and what it printed."""
    output = file.with_suffix(".out")

    def run() -> None:
        with output.open("w") as stream:
            os.dup2(stream.fileno(), 1)
            os.dup2(stream.fileno(), 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        sys.argv = [str(file)]
        runpy.run_path(str(file), run_name="__main__")

    if fork and can_fork():
        # With the library loaded already, that takes milliseconds.
        return _forked(run, limit), output.read_text(errors="replace")
    try:
        done = subprocess.run(
            [sys.executable, str(file)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=limit + 60, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as expired:
        return -signal.SIGKILL, (expired.stdout or b"").decode(errors="replace")
    return done.returncode, done.stdout.decode(errors="replace")


def _forked(action: Callable[[], None], limit: float) -> int:
    """Run in a child: its exit code, minus the signal it died of."""
    parent = os.getpid()
    child = fork()
    if child == 0:
        begin_child(parent)
        code = 0
        try:
            action()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1 if left.code else 0
        except BaseException:
            traceback.print_exc()
            code = 1
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    ended = reap(child, limit).code
    return -signal.SIGKILL if ended is None else ended
