"""What a child prints, and the stack that it dumps when it dies: a file, not the terminal."""

from __future__ import annotations

import faulthandler
import os
import re
import signal
import time
from contextlib import suppress

from convspec.processes import MIB, scratch

OUR_CALL = os.sep + "answers.py"
"""Where the implementation is called from; what lies further out says nothing about it."""

MOST = MIB
"""Bytes of it that are kept while all goes well."""

TAIL = 2000
"""Characters of what was printed last that are worth reading."""

C_FRAMES = 12
"""Innermost frames of the native stack that are shown, where Python can tell them (3.14)."""

_DUMP = re.compile(r"Fatal Python error: |(?:Current thread|Thread) 0x[0-9a-fA-F]+ ")

_MOVES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Noise:
    """A nameless file that two processes have open: one writes at its end, the other reads it."""

    def __init__(self, fd: int | None = None) -> None:
        """`fd`: that of a file that was made by another process."""
        if fd is None:
            with scratch() as file:
                fd = os.dup(file.fileno())
            import fcntl

            fcntl.fcntl(fd, fcntl.F_SETFL, os.O_APPEND)
        self._fd = fd

    def fileno(self) -> int:
        """Its descriptor in this process."""
        return self._fd

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._fd)

    def clear(self) -> None:
        """Forget what was written."""
        os.ftruncate(self._fd, 0)

    def size(self) -> int:
        """Bytes there are; what was written is forgotten first if it has become much."""
        size = os.fstat(self._fd).st_size
        if size > MOST:
            self.clear()
            return 0
        return size

    def take_dumps(self) -> None:
        """From now on this process dumps its stack here when it dies, and when it is asked to."""
        faulthandler.enable(self._fd)
        with suppress(RuntimeError, ValueError, OSError):
            faulthandler.register(signal.SIGUSR1, self._fd)

    def ask_where(self, pid: int, patience: float = 0.5) -> None:
        """Have another process dump its stack here: it works on even in code that spins."""
        before = os.fstat(self._fd).st_size
        with suppress(OSError):
            os.kill(pid, signal.SIGUSR1)
        end = time.monotonic() + patience
        size = before
        while time.monotonic() < end:
            time.sleep(0.002)
            now = os.fstat(self._fd).st_size
            if now == size > before:
                return
            size = now

    def read(self, start: int = 0) -> tuple[str, str]:
        """The end of what was printed, and the part of the stack that is the implementation's.

        Both from so many bytes on.
        """
        size = os.fstat(self._fd).st_size
        # A dump is short; before it there may be anything.
        most = 64 * 1024
        text = os.pread(self._fd, most, max(start, size - most)).decode("utf-8", "replace")
        dump = _DUMP.search(text)
        said = text[: dump.start()] if dump else text
        return _tail(said), innermost(text[dump.start() :]) if dump else ""


def innermost(stack: str) -> str:
    """The part of a dumped stack that is the implementation's: down to our own call of it.

    The native stack, which newer Pythons add, follows it.
    """
    # Other threads of Python's are dumped before the one that died.
    head, here, rest = stack.strip().partition("Current thread")
    if here and head.count("\n") > 2:
        stack = head.partition("\n")[0] + "\n\n" + here + rest
    kept: list[str] = []
    native: list[str] = []
    ours = False
    for line in stack.strip().splitlines():
        if "C stack trace" in line or native:
            native.append(line)
        elif line.lstrip().startswith("File") and OUR_CALL in line:
            ours = True
        elif line.startswith("Extension modules:"):
            break
        elif not ours:
            kept.append(line)
    frames = [line for line in native if line.strip()]
    end = next((i for i, line in enumerate(frames) if line.startswith("Extension")), len(frames))
    return "\n".join([*kept, *frames[: min(end, C_FRAMES + 1)]]).strip()


def _tail(text: str) -> str:
    """The last lines of it, without what would move a terminal's cursor."""
    text = _MOVES.sub("", text)
    clean = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    lines = [line.rstrip() for line in clean.splitlines() if line.strip()]
    return "\n".join(lines[-12:])[-TAIL:]
