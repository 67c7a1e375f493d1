"""Checks in a process of their own, so that a kernel that dies takes nothing with it.

The process that searches puts one task after another to a life of a zygote, which answers with
what it found or with the mismatch. When it dies of a signal, leaves the process, takes too much
memory or exceeds the time limit, that is a mismatch like any other, which shrinks like any other,
and the next task gets a new life. A fork of a process that has the library loaded takes
milliseconds.

Waking a process for every task would cost more than the task. Tasks that are sure to come are
therefore sent ahead, and their answers wait in the connection until they are asked for.
"""

from __future__ import annotations

import os
import pickle
import socket
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from convspec.lives import Marks, Slate
from convspec.noise import Noise
from convspec.processes import (
    MIB,
    OURS,
    Patience,
    begin_child,
    can_fork,
    how_it_ended,
    memory_of,
    scratch,
)
from convspec.verdicts import Crashed, Mismatch, OutOfMemory, TimedOut
from convspec.zygote import PATIENCE as ENDING
from convspec.zygote import Life, Zygote

__all__ = ["Isolated", "Limits", "OurError", "begin_child", "can_fork", "how_it_ended"]

Task = TypeVar("Task", bound=Hashable)

PATIENCE = 30
"""Once a task has timed out, others may take this many times the slowest that did not."""

LIMIT = 20.0
"""Seconds that a task may take, unless something else is said."""

MEMORY = 4096
"""MiB that a process may take beside what it has when the library is loaded, likewise."""

SHORTEST_LIMIT = 0.5
"""Seconds a task always gets, even after others have timed out."""

CONFIRMING = 5.0
"""Seconds that a task gets, if it may take so long, before it is said to hang for good."""

LEAST_MEMORY = 512 * MIB
"""Bytes that a process always gets, even after others have run out."""

TICK = 0.1
"""Seconds between two looks at the memory of a process that takes its time."""

MUCH = 0.75
"""The share of the memory allowed that a process must have had to have died for want of it."""

BUFFER = 1 << 18
"""Bytes that wait in the connection, each way."""

DEATH, HANG = 1, 10
"""What a process costs that dies, and one that has to be waited for."""

LOADING = 10
"""How much more each of them costs where the library is loaded anew every time."""


PRINTED = "it had printed:\n"
"""What comes before the end of what a process printed."""


class OurError(Exception):
    """An exception in the child that is not about the implementation; its traceback as text."""


@dataclass(frozen=True)
class Limits:
    """What a life may use up: seconds per task, MiB in all. No memory limit: None."""

    seconds: float = LIMIT
    memory: int | None = MEMORY


class Isolated(Generic[Task]):
    """A zygote's way of serving tasks, one life after another. A context manager.

    `coming`, which may be replaced at any time, tells which tasks will be asked for next, if
    that is known; tasks must be hashable and are told apart by equality.
    """

    def __init__(self, zygote: Zygote[Any], limits: Limits | None = None) -> None:
        limits = limits or Limits()
        self.coming: Callable[[], Sequence[Task]] = tuple
        self._zygote = zygote
        self._limit = self._full = limits.seconds
        self._allowed = None if limits.memory is None else limits.memory * MIB
        self._memory = self._allowed
        self._sent: deque[Task] = deque()
        self._answers: dict[Task, Any] = {}
        self._life: Life | None = None
        self._pipe: Connection | None = None
        self._answered = 0
        self._noise = Noise()
        self._file = scratch()
        os.ftruncate(self._file.fileno(), Slate.size())
        self._slate = Slate(self._file.fileno())

    def __enter__(self) -> Isolated[Task]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the life; the zygote stays."""
        if not self._file.closed:
            self._end()
            self._slate.close()
            self._file.close()
            self._noise.close()

    def __call__(self, task: Task) -> Any:
        """What serving the task gives.

        Raises what it raises if that is a Mismatch; `Crashed`, `OutOfMemory` or `TimedOut` if the
        life did not live to answer; OurError for any other exception.
        """
        if task not in self._answers and task not in self._sent:
            self._send([task, *self.coming()])
        while task not in self._answers:
            self._receive()
        match self._answers.pop(task):
            case None:
                return None
            case Mismatch() as mismatch:
                raise mismatch from _stand_in(mismatch.place) if mismatch.place else None
            case "value", value:
                return value
            case "ours", text:
                raise OurError(text)
            case other:
                raise AssertionError(other)

    def again(self, task: Task) -> Any:
        """As a call. A machine that is busy elsewhere is not taken for a task that hangs."""
        return self.patiently(task, min(self._full, CONFIRMING))

    def patiently(self, task: Task, seconds: float) -> Any:
        """As a call that may take so many seconds at least; for what is not a case."""
        limit, self._limit = self._limit, max(self._limit, seconds)
        try:
            return self(task)
        finally:
            self._limit = min(self._limit, limit)

    def anew(self, task: Task) -> Any:
        """As a call, in a new life, in which nothing comes before it."""
        self._end()
        ahead = [one for one in self._sent if one != task]
        self._sent.clear()
        self._answers.pop(task, None)
        self._send([task, *ahead])
        return self(task)

    # Tasks and answers -------------------------------------------------------------------

    def _send(self, tasks: Sequence[Task]) -> None:
        frame = pickle.dumps([pickle.dumps(task) for task in tasks])
        while self._sent and len(frame) > BUFFER // 4:
            self._receive()  # or both sides might wait for the other to read
        self._sent.extend(tasks)
        try:
            if self._life is None:
                self._begin()
            assert self._pipe is not None
            self._pipe.send_bytes(frame)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it died of an earlier task, which waiting for the answer will tell

    def _receive(self) -> None:
        """Take the next answer; a life that ends instead has answered for the task it was at."""
        assert self._pipe is not None
        try:
            answer = self._read() if self._wait() else self._too_long()
        except (EOFError, OSError):
            answer = self._died()
        except KeyboardInterrupt:
            self._end()
            raise
        if isinstance(answer, OutOfMemory):
            self._end()  # what it keeps would be held against the next
            if self._answered and answer.place[:1] in (("ran out",), ("left no memory",)):
                # One that leaks meets its end anywhere.
                before = f"the process had served {self._answered} cases before"
                answer.details = "\n".join(filter(None, [before, answer.details]))
        self._answers[self._sent.popleft()] = answer
        self._answered += 1
        if self._life is None and self._sent:
            # What was sent behind the deadly task goes to the next life.
            again = list(self._sent)
            self._sent.clear()
            self._send(again)

    def _read(self) -> Any:
        assert self._pipe is not None
        body = self._pipe.recv_bytes()
        if not body:
            return None
        try:
            return pickle.loads(body)
        except Exception as error:
            self._end()
            garbled = Crashed(
                "the process garbled its answer", details=repr(error), place=("garbled",)
            )
            garbled.cost = DEATH
            return garbled

    def _wait(self) -> bool:
        """Whether there is an answer before the limit: of time, or of memory."""
        assert self._pipe is not None and self._life is not None
        # A task that is not yet begun waits for the machine, not for the implementation.
        begun, patience = False, Patience(self._life.pid, self._limit + ENDING)
        while True:
            marks = self._slate.read()
            if not begun and marks.task == self._answered + 1:
                begun, patience = True, Patience(self._life.pid, self._limit)
            pause = patience.pause(TICK)
            if self._pipe.poll(pause):
                return True
            if patience.left <= 0 or self._bloated(marks):
                return False
            patience.spend(pause)

    def _bloated(self, marks: Marks) -> bool:
        if self._memory is None or self._life is None or not marks.own:
            return False
        now = memory_of(self._life.pid)
        return now is not None and now.own - marks.own > self._memory

    # Lives -------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._slate.write(Marks())
        self._noise.clear()
        self._answered = 0
        try:
            try:
                self._life = self._begun()
            except (OSError, EOFError):
                # The zygote has died since it was last needed.
                self._end()
                self._zygote.lose()
                self._life = self._begun()
        except BaseException:
            self._sent.clear()  # nobody will answer
            self._end()
            raise

    def _begun(self) -> Life:
        self._zygote.begin()
        ours, theirs = socket.socketpair()
        with theirs:
            for end in (ours, theirs):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
            self._pipe = Connection(ours.detach())
            OURS.add(self._pipe.fileno())
            return self._zygote.begin_life(
                theirs.fileno(), self._file.fileno(), self._noise.fileno(), self._memory
            )

    def _end(self) -> None:
        if self._life is not None:
            self._zygote.end_life(self._life)
        if self._pipe is not None:
            OURS.discard(self._pipe.fileno())
            self._pipe.close()
        self._life = self._pipe = None

    def _too_long(self) -> Mismatch:
        assert self._life is not None
        marks = self._slate.read()
        bloated = self._bloated(marks)
        self._noise.ask_where(self._life.pid)
        self._end()
        details = _told(*self._noise.read(marks.printed))
        if bloated:
            return self._ran_out("and was ended", details)
        late = TimedOut(f"no answer within {self._limit:g} s", details=details)
        late.cost = self._priced(HANG)
        late.hurried = self._limit < min(self._full, CONFIRMING)
        self._limit = min(self._limit, max(SHORTEST_LIMIT, PATIENCE * marks.slowest))
        return late

    def _died(self) -> Mismatch:
        assert self._life is not None
        files = self._life.files
        ending = self._zygote.end_life(self._life, ENDING)
        self._life = None
        self._end()
        marks = self._slate.read()
        said, stack = self._noise.read(marks.printed)
        how = "closed its connection and went on" if ending.forced else str(ending)
        # Files that were mapped may have become resident, which is nobody's fault.
        grown = ending.peak - marks.own - files if marks.own else 0
        if self._memory and (grown > MUCH * self._memory or "bad_alloc" in said):
            return self._ran_out(f"and {how}", _told(said, stack))
        crashed = Crashed(f"the process {how}", details=_told(said, stack), place=(how,))
        crashed.cost = self._priced(DEATH)
        return crashed

    def _ran_out(self, how: str, details: str | None) -> OutOfMemory:
        assert self._memory is not None
        text = f"the process ran out of the {self._memory // MIB} MiB allowed {how}"
        found = OutOfMemory(text, details=details, place=("ran out",))
        found.cost = self._priced(HANG)
        self._memory = min(self._memory, max(LEAST_MEMORY, 2 * self._slate.read().grown))
        return found

    def _priced(self, cost: int) -> int:
        return cost if self._zygote.forks else LOADING + cost


def _told(said: str, stack: str) -> str | None:
    """What is known beside the signal: the innermost part of the stack, and what was printed."""
    parts = [stack, PRINTED + said if said else ""]
    return "\n".join(part for part in parts if part) or None


_STAND_INS: dict[tuple[Any, ...], type[Exception]] = {}


def _stand_in(place: tuple[Any, ...]) -> Exception:
    """A cause that Hypothesis tells apart as it would the one that stayed in the child."""
    if place not in _STAND_INS:
        _STAND_INS[place] = type(":".join(map(str, place)), (Exception,), {})
    return _STAND_INS[place]()
