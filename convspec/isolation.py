"""Checks in a process of their own, so that a kernel that dies takes nothing with it.

The parent keeps Hypothesis and the report; a forked child puts one task after another to the
law and answers with nothing or with the mismatch. When it dies of a signal, leaves the process
or exceeds the time limit, that is a mismatch like any other, which shrinks like any other, and
the next task gets a new child. A fork of a process that has the library loaded takes milliseconds.

Waking a process for every task would cost more than the task. Tasks that are sure to come are
therefore sent ahead, and their answers wait in the pipe until they are asked for.
"""

from __future__ import annotations

import contextlib
import faulthandler
import multiprocessing
import os
import signal
import tempfile
import time
import traceback
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import Any, Generic, TypeVar

from convspec.verdicts import Crashed, Mismatch, TimedOut

Task = TypeVar("Task", bound=Hashable)

PATIENCE = 30
"""Once a task has timed out, others may take this many times the slowest that did not."""

LIMIT = 20.0
"""Seconds that a task may take, unless something else is said."""

SHORTEST_LIMIT = 0.5
"""Seconds a task always gets."""


OUR_CALL = os.sep + "answers.py"
"""Where the implementation is called from; what lies further out says nothing about it."""


class OurError(Exception):
    """An exception in the child that is not about the implementation; its traceback as text."""


class Isolated(Generic[Task]):
    """`check`, run in a child process. A context manager; call it with a task.

    `coming`, which may be replaced at any time, tells which tasks will be asked for next, if
    that is known; tasks must be hashable and are told apart by equality.
    Raises what `check` raises if that is a Mismatch, `Crashed` or `TimedOut` if the child did
    not live to answer within `limit` seconds, OurError for any other exception.
    """

    def __init__(self, check: Callable[[Task], None], limit: float) -> None:
        self.coming: Callable[[], Sequence[Task]] = tuple
        self._check = check
        self._limit = limit
        self._slowest = 0.0
        self._sent: deque[Task] = deque()
        self._answers: dict[Task, Any] = {}
        self._child: ForkProcess | None = None
        self._pipe: Connection | None = None
        self._stack = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed in __exit__

    def __enter__(self) -> Isolated[Task]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        self._end()
        self._stack.close()

    def __call__(self, task: Task) -> None:
        """Put one task to the law."""
        if task not in self._answers and task not in self._sent:
            self._send([task, *self.coming()])
        while task not in self._answers:
            self._receive()
        match self._answers.pop(task):
            case None:
                return
            case Mismatch() as mismatch:
                raise mismatch from _stand_in(mismatch.place) if mismatch.place else None
            case text:
                raise OurError(text)

    def _send(self, tasks: Sequence[Task]) -> None:
        self._sent.extend(tasks)
        try:
            if self._child is None:
                self._begin()
            assert self._pipe is not None
            for task in tasks:
                self._pipe.send(task)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it died of an earlier task, which waiting for the answer will tell

    def _receive(self) -> None:
        """Take the next answer; a child that dies instead has answered for the task it was at."""
        assert self._pipe is not None
        began = time.monotonic()
        task = self._sent[0]
        try:
            answer = self._pipe.recv() if self._pipe.poll(self._limit) else self._too_long()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            answer = self._died()
        except KeyboardInterrupt:
            self._end()
            raise
        self._answers[task] = answer
        self._sent.popleft()
        if self._child is not None:
            self._slowest = max(self._slowest, time.monotonic() - began)
        elif self._sent:
            # What was sent behind the deadly task goes to the next child.
            again = list(self._sent)
            self._sent.clear()
            self._send(again)

    def _begin(self) -> None:
        context = multiprocessing.get_context("fork")
        self._pipe, theirs = context.Pipe()
        self._stack.seek(0)
        self._stack.truncate()
        self._child = context.Process(
            target=_serve, args=(self._check, theirs, self._pipe, self._stack), daemon=True
        )
        self._child.start()
        theirs.close()

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.join()
            self._child.close()
        if self._pipe is not None:
            self._pipe.close()
        self._child = self._pipe = None

    def _too_long(self) -> TimedOut:
        self._end()
        limit = self._limit
        self._limit = min(limit, max(SHORTEST_LIMIT, PATIENCE * self._slowest))
        return TimedOut(f"no answer within {limit:g} s")

    def _died(self) -> Crashed:
        assert self._child is not None
        self._child.join(5)
        code = self._child.exitcode
        self._end()
        self._stack.seek(0)
        stack = _innermost(self._stack.read())
        how = how_it_ended(code)
        return Crashed(f"the process {how}", details=stack or None, place=(how,))


@contextlib.contextmanager
def isolated(
    check: Callable[[Task], None], limit: float, fork: bool
) -> Iterator[Callable[[Task], None]]:
    """`check` in a child process, or as it is where there is no fork, or `fork` forbids it."""
    if not (fork and can_fork()):
        yield check
        return
    with Isolated(check, limit) as box:
        yield box


def can_fork() -> bool:
    """Whether this system has child processes that begin as a copy."""
    return hasattr(os, "fork")


def how_it_ended(code: int | None) -> str:
    """What became of a child, from its exit code."""
    if code is not None and code < 0:
        return f"died of {signal.Signals(-code).name}"
    return f"left the process with exit code {code}"


def begin_child() -> None:
    """What every child does first: Ctrl-C is the parent's to handle, and no core is dumped."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if can_fork():
        import resource  # where there is no fork there is no such module, either

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _innermost(stack: str) -> str:
    """The part of a dumped stack that is the implementation's: down to our own call of it."""
    kept = []
    for line in stack.strip().splitlines():
        if line.lstrip().startswith("File") and OUR_CALL in line:
            break
        kept.append(line)
    return "\n".join(kept)


def _serve(check: Callable[[Any], None], pipe: Connection, parents: Connection, stack: Any) -> None:
    """The child: answer tasks until the parent is gone."""
    parents.close()
    begin_child()
    faulthandler.enable(stack)
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            os._exit(0)
        answer: Any = None
        try:
            check(task)
        except Mismatch as mismatch:
            mismatch.__traceback__ = mismatch.__cause__ = mismatch.__context__ = None
            answer = mismatch
        except Exception as error:
            answer = "".join(traceback.format_exception(error))
        with contextlib.suppress(BrokenPipeError):
            pipe.send(answer)


_STAND_INS: dict[tuple[Any, ...], type[Exception]] = {}


def _stand_in(place: tuple[Any, ...]) -> Exception:
    """A cause that Hypothesis tells apart as it would the one that stayed in the child."""
    if place not in _STAND_INS:
        _STAND_INS[place] = type(":".join(map(str, place)), (Exception,), {})
    return _STAND_INS[place]()
