"""Child processes: how one begins, what it may do and use up, and how it ended.

On Linux a child is told by the kernel when its parent is gone, so that it dies even if it spins in
code that never comes back to Python; elsewhere it ends at the end of the connection to its parent.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, cast

if sys.platform != "win32":
    import resource

MIB = 1 << 20

LARGEST_FILE = 4 << 30
"""Bytes a child may write into one file: a kernel that prints without end fills no disk."""

_PR_SET_PDEATHSIG = 1

_prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None
"""Looked up beforehand: a fresh child should do as little as it can."""


def can_fork() -> bool:
    """Whether this system has child processes that begin as a copy."""
    return hasattr(os, "fork")


@dataclass(frozen=True)
class Ending:
    """How a child ended: its exit code (negative: the signal; None: nobody knows).

    `peak` is the most resident memory it had, in bytes. `forced` says that it had to be killed.
    """

    code: int | None
    peak: int = 0
    forced: bool = False

    def __str__(self) -> str:
        """What became of it, to follow "the process"."""
        return how_it_ended(self.code)


def how_it_ended(code: int | None) -> str:
    """What became of a child, from its exit code."""
    if code is None:
        return "is gone, and the one that began it with it"
    if code < 0:
        return f"died of {signal_name(-code)}"
    return f"left the process with exit code {code}"


def signal_name(number: int) -> str:
    """SIGSEGV and the like; real-time signals have numbers alone."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def fork() -> int:
    """`os.fork`, without the warning that a thread of ours may hold a lock: the child takes none.

    The progress display and pytest-xdist have threads; a child writes to files of its own.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def begin_child(parent: int | None = None) -> None:
    """What every child does first: Ctrl-C is the parent's to handle, and no core is dumped.

    With the parent's process id, it also dies with the parent, and gets a process group of its
    own, so that what it starts can be ended with it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if can_fork():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if parent is None:
        return
    with contextlib.suppress(OSError):
        os.setpgid(0, 0)
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the kernel was told
        os._exit(0)


def silence(noise: int) -> None:
    """What is written to the terminal goes to the descriptor `noise` instead; nothing is read."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    for fd in (1, 2):
        os.dup2(noise, fd)
    # What stood in for these, such as pytest's, writes elsewhere.
    sys.stdout = sys.__stdout__ = _lines(1)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _lines(2)  # type: ignore[misc]
    with contextlib.suppress(ValueError, OSError):
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, most))


def _lines(fd: int) -> TextIOWrapper:
    return open(fd, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)


OURS: set[int] = set()
"""Descriptors of connections to children: no other child may hold them open."""


def held() -> set[int]:
    """All descriptors that this process has, as far as the system tells, but the usual three."""
    try:
        return {int(name) for name in os.listdir("/dev/fd")} - {0, 1, 2}
    except OSError:
        return set(OURS)


def let_go(fds: Collection[int], keep: Collection[int]) -> None:
    """Give up inherited descriptors.

    A pipe whose other end waits for its end would wait for us, too. The numbers stay taken:
    objects of the parent's that still have one must not close a file of ours.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in fds:
        if fd not in keep and fd != nothing:
            with contextlib.suppress(OSError):  # such as the one that listed them
                os.fstat(fd)
                os.dup2(nothing, fd, inheritable=False)
    os.close(nothing)


class Patience:
    """The seconds that a process is given to do something in, counted by those who wait for it.

    What counts is what they meant to wait, not what the clock says: where the whole machine stood
    still, nobody had that time. Nor do seconds count in which the process waited for a processor.
    """

    def __init__(self, pid: int, seconds: float) -> None:
        self.left = seconds
        self._pid = pid
        self._pause = 0.0005
        self._starved: float | None = None

    def pause(self, most: float) -> float:
        """How long to wait before the next look: longer from time to time, up to `most`."""
        self._pause = min(2 * self._pause, most)
        return max(0.0, min(self._pause, self.left))

    def spend(self, seconds: float) -> None:
        """So many seconds have been waited in vain."""
        now = starved(self._pid)
        if self._starved is not None:
            seconds -= min(seconds, now - self._starved)
        self._starved = now
        self.left -= seconds


def reap(pid: int, seconds: float) -> Ending:
    """How a child of this process ended. It is killed, with its group, after so much patience."""
    forced = False
    patience = Patience(pid, seconds)
    while True:
        try:
            found, status, used = os.wait4(pid, os.WNOHANG)
        except ChildProcessError:
            return Ending(None)
        if found:
            peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
            kill_group(pid)  # what it had started itself
            return Ending(os.waitstatus_to_exitcode(status), peak, forced)
        if patience.left <= 0:
            if forced:
                return Ending(None, 0, forced)  # not even that ends it: it hangs in the kernel
            forced = True
            kill_group(pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            patience = Patience(pid, 5)
        pause = patience.pause(0.02)
        time.sleep(pause)
        patience.spend(pause)


def kill_group(leader: int) -> None:
    """Kill all processes of the group that a child made its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def worked(pid: int) -> float | None:
    """Seconds of processor time that a process has used; None where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def starved(pid: int) -> float:
    """Seconds that a process was ready to run and had no processor; 0 where nobody tells."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def scratch() -> BinaryIO:
    """A file without a name that processes share, in memory where the system has that.

    One on a disk would do, but a write to it can wait for many seconds while others write a lot:
    a task would seem to hang that only noted where it is.
    """
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("convspec"), "w+b")
    return cast(BinaryIO, tempfile.TemporaryFile())


# Memory ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Memory:
    """A process's memory in bytes: resident in all, resident and its own, private and writable."""

    resident: int = 0
    own: int = 0
    private: int = 0


def memory_of(pid: int | str = "self") -> Memory | None:
    """The memory of a process; None where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return None
    size = resource.getpagesize()
    _, resident, shared, _, _, data, *_ = (int(field) * size for field in fields)
    return Memory(resident, resident - shared, data)


def mapped_files() -> int:
    """Bytes of files mapped into this process: what may become resident without being asked for."""
    total = 0
    with contextlib.suppress(OSError), open("/proc/self/maps") as maps:
        for line in maps:
            fields = line.split()
            if len(fields) > 5 and fields[5].startswith("/"):
                first, last = fields[0].split("-")
                total += int(last, 16) - int(first, 16)
    return total


def allow_memory(more: int | None) -> None:
    """This process may take so many bytes more than it has now; None: as many as it likes.

    What counts is private writable memory: room that is only reserved, as CUDA and allocators
    for many threads do, is free. Beyond it, allocations fail.
    """
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    now = memory_of()
    if more is None or now is None:
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        return
    limit = now.private + more
    if most != resource.RLIM_INFINITY:
        limit = min(limit, most)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, most))
