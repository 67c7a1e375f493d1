"""The process in which programs are written and tried: it has the adapter, and may lose children.

Reads one task a line from its input, answers each with a line: JSON both ways (see `workshop`).
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import runpy
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from convspec.adapters.opening import Adapter, open_adapter
from convspec.isolation import begin_child, can_fork
from convspec.law import all_laws
from convspec.spec.case import Case
from convspec.trial import Trial
from convspec.verdicts import Crashed, Mismatch, TimedOut

from .calls import Call, read, recording
from .shown import Shown, ways
from .text import program

TRIES = 6
"""Programs that are tried for one failure, at most."""


def main(name: str) -> None:
    """Serve tasks for the adapter of that name until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    # Whatever the implementation prints is not an answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    adapter = open_adapter(name)
    for line in sys.stdin:
        task = json.loads(line)
        answer = write(adapter, **task)
        print(json.dumps(answer), file=answers, flush=True)


def write(
    adapter: Adapter, law: str, case: str, clause: str, message: str, limit: float
) -> dict[str, Any] | None:
    """A program that shows the failure, and how it ended; None if none of those tried does."""
    with tempfile.TemporaryDirectory() as folder:
        calls, mismatch = record(adapter, law, case, Path(folder) / "calls", limit)
        if mismatch is None:
            return None
        with np.errstate(all="ignore"):
            for number, shown in enumerate(ways(calls, mismatch, adapter)):
                if number == TRIES:
                    break
                try:
                    text = program(shown, adapter, case, clause, message, limit)
                except LookupError:
                    continue
                if text is None:
                    return None
                file = Path(folder) / f"{number}.py"
                file.write_text(text, encoding="utf-8")
                code, printed = attempt(file, adapter.claims.fork, 2 * limit + 60)
                if succeeds(shown, code, printed):
                    return {"text": text, "exit": code, "printed": printed}
    return None


def succeeds(shown: Shown, code: int, printed: str) -> bool:
    """Whether the program showed what it was written for; an error of its own does not count."""
    if shown.check == "dies":
        return code != 0 and "expected:" in printed and "Traceback" not in printed
    if shown.check == "hangs":
        return code != 0 and "expected:" in printed and "got:" not in printed
    return code == 1 and "got:" in printed


def record(
    adapter: Adapter, law: str, case: str, log: Path, limit: float
) -> tuple[list[Call], Mismatch | None]:
    """The calls that the law makes in this case, and how it was broken."""

    def put() -> None:
        with log.open("wb") as stream, np.errstate(all="ignore"):
            trial = Trial(recording(adapter, stream), Case.parse(case))
            outcome = None
            try:
                narrower = trial.op in adapter.claims.departing
                if narrower and not all_laws()[law].defective and not trial.meaningful():
                    trial.require_refused(trial.refusal())
                else:
                    all_laws()[law].check(trial)
            except Mismatch as mismatch:
                mismatch.__traceback__ = mismatch.__cause__ = mismatch.__context__ = None
                outcome = mismatch
        log.with_suffix(".outcome").write_bytes(pickle.dumps(outcome))

    code: int | None
    if adapter.claims.fork and can_fork():
        code = _forked(put, limit)
    else:
        put()
        code = 0
    calls: list[Call] = []
    if log.exists():
        with log.open("rb") as stream:
            calls = read(stream)
    if code is None:
        return calls, TimedOut("")
    if not log.with_suffix(".outcome").exists():
        return calls, Crashed("")
    outcome = pickle.loads(log.with_suffix(".outcome").read_bytes())
    assert outcome is None or isinstance(outcome, Mismatch)
    return calls, outcome


def attempt(file: Path, fork: bool, limit: float) -> tuple[int, str]:
    """The exit code of a program, minus the signal it died of, and what it printed."""
    output = file.with_suffix(".out")

    def run() -> None:
        with output.open("w") as stream:
            os.dup2(stream.fileno(), 1)
            os.dup2(stream.fileno(), 2)
        sys.argv = [str(file)]
        runpy.run_path(str(file), run_name="__main__")

    if fork and can_fork():
        code = _forked(run, limit)
        return (-signal.SIGKILL if code is None else code), output.read_text(errors="replace")
    try:
        done = subprocess.run(
            [sys.executable, str(file)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=limit, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as expired:
        return -signal.SIGKILL, (expired.stdout or b"").decode(errors="replace")
    return done.returncode, done.stdout.decode(errors="replace")


def _forked(action: Callable[[], None], limit: float) -> int | None:
    """Run in a child: its exit code, minus the signal it died of, None if it took too long."""
    child = os.fork()
    if child == 0:
        begin_child()
        code = 0
        try:
            action()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1 if left.code else 0
        except BaseException:
            import traceback

            traceback.print_exc()
            code = 1
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    end = time.monotonic() + limit
    pause = 0.001
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        time.sleep(pause)
        pause = min(2 * pause, 0.05)


if __name__ == "__main__":
    main(sys.argv[1])
