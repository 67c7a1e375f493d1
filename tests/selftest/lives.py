"""What the tests of isolation share: a task by name, and the processes that there are."""

from __future__ import annotations

import ctypes
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from convspec.holding import Made
from convspec.isolation import Isolated, Limits, OurError
from convspec.verdicts import Mismatch, Raised, WrongValue
from convspec.zygote import Zygote

LIMIT = 10.0


def children(of: int | str = "self") -> set[int]:
    """The processes that come from one and still run (or wait to be reaped)."""
    found = set()
    for task in Path(f"/proc/{of}/task").iterdir():
        with suppress(FileNotFoundError):
            found |= set(map(int, (task / "children").read_text().split()))
    for child in list(found):
        with suppress(FileNotFoundError):
            found |= children(child)
    return found


def gone(pid: int, seconds: float = 5.0) -> bool:
    """Whether a process ends in time; a zombie has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


@contextmanager
def served(
    check: Callable[[Any], Any], limit: float = LIMIT, memory: int | None = None, fork: bool = True
) -> Iterator[Isolated[Any]]:
    """`check` by the lives of a zygote."""
    with (
        Zygote(lambda: Made(None, check, fork), separate=False) as zygote,
        Isolated[Any](zygote, Limits(limit, memory)) as box,
    ):
        yield box


KEPT: list[Any] = []


def behave(task: str) -> Any:
    """What the child does, by name."""
    word = task.split()[0]
    if word == "who":
        return os.getpid(), os.getppid()
    if word == "start":
        return subprocess.Popen([sys.executable, "-c", "while True: pass"]).pid
    if word == "shout":
        print("murmur", flush=True)
        for _ in range(100_000 if "lot" in task else 1):
            os.write(2, b"\x1b[Hcry\n")
    if word == "segfault" or "and segfault" in task:
        ctypes.string_at(0)
    elif word == "garble":
        for name in os.listdir("/dev/fd"):
            with suppress(OSError):
                if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                    os.write(int(name), b"\0\0\0\4junk")
        time.sleep(1)
    elif word == "close":
        os.closerange(3, 1000)
        time.sleep(1000)
    elif word == "doze":
        time.sleep(0.9)
    elif word == "allocate":
        np.ones(1 << 27)
    elif word == "keep":
        with suppress(MemoryError):
            while True:
                KEPT.append(np.ones(1 << 20))
        KEPT.append(np.ones(1 << 20))
    elif word == "leak":
        KEPT.append(np.ones(3 << 20))
    elif word == "hoard":
        with suppress(MemoryError):
            while True:
                KEPT.append(np.ones(1 << 20))
        os.abort()
    elif word == "abort":
        os.abort()
    elif word == "exit":
        os._exit(3)
    elif word == "zero":
        os._exit(0)
    elif word == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif word == "hang":
        time.sleep(1000)
    elif word == "spin":
        while True:
            pass
    elif word == "wrong":
        raise WrongValue("off", expected=np.arange(3), got=np.ones((3, 1)), worst=(0, 0))
    elif word == "raised":
        raise Raised(
            "raised OverflowError", details="line\nline", place=("OverflowError", "k.py", 3)
        )
    elif word == "ours":
        raise ZeroDivisionError("in a law")
    elif word == "leave":
        raise SystemExit(5)
    elif word == "interrupt":
        raise KeyboardInterrupt
    return None


def said(box: Isolated[Any], task: Any) -> str:
    """The class of what a task ends in, "" for nothing."""
    try:
        box(task)
    except (Mismatch, OurError) as error:
        return type(error).__name__
    return ""
