"""A process that has the library under test loaded, and forks a fresh copy of itself on request.

The process that searches and reports never imports the library: it talks to a *zygote*, which
opened the implementation once and does nothing else but fork. Each copy, a *life*, serves tasks
until it dies or is ended; the zygote tells how. A library that does not work in a fork of the
process that loaded it is served by the zygote itself: its life ends with it, and a new zygote
loads the library anew.

Requests and answers are `frames` over a Unix socket; what answers is in `holding`. Further
processes may join a zygote through a socket with a name, so that the library is loaded once for
all workers of a run.
"""

from __future__ import annotations

import os
import secrets
import select
import shutil
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from convspec.frames import address, receive, same_user, send
from convspec.holding import Far, Made
from convspec.noise import Noise
from convspec.processes import (
    OURS,
    Ending,
    begin_child,
    fork,
    held,
    let_go,
    reap,
    worked,
)

Description = TypeVar("Description")

IDLE = 0.05
"""The share of its time that a process works at least, if it does not stand still."""

PATIENCE = 2.0
"""Seconds in which a process whose connection has ended is given to end itself."""


ANSWERING = 30.0
"""Seconds in which a zygote answers a request; one that does not is lost."""


class NotOpened(Exception):  # noqa: N818 - it names what happened
    """The zygote died or hung before it was ready. `how` says which, `said` what it had to say."""

    def __init__(self, how: str, said: str = "", stack: str = "") -> None:
        super().__init__(how)
        self.how, self.said, self.stack = how, said, stack


@dataclass(frozen=True)
class Life:
    """A process that serves tasks. `files`: bytes of the files it has mapped."""

    pid: int
    files: int


class Zygote(Generic[Description]):
    """The near side of a zygote. A context manager; begun when first used, and again when lost.

    `make` is called in the new process. What it raises, if it is an Exception that can be
    pickled, is raised here; NotOpened if the process dies, or takes longer than `limit`
    seconds (of work, or standing still).
    `separate` tells whether the new process gives up what descriptors this one has. `meet` is a
    socket at which another process's zygote waits for company: as long as it lives, it is used.
    """

    def __init__(
        self,
        make: Callable[[], Made[Description]],
        *,
        limit: float = 60.0,
        separate: bool = True,
        meet: str | None = None,
    ) -> None:
        self._make = make
        self._limit = limit
        self._separate = separate
        self._meet = meet
        self._control: socket.socket | None = None
        self._pid: int | None = None
        self._noise: Noise | None = None
        self._told: tuple[Description, bool] | None = None
        self._folder: str | None = None
        self._place: str | None = None
        self.serving = False
        """Whether the zygote itself is the life that serves."""

    def __enter__(self) -> Zygote[Description]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def description(self) -> Description:
        """What the zygote told of what it holds."""
        if self._told is None:
            self.begin()
        assert self._told is not None
        return self._told[0]

    @property
    def forks(self) -> bool:
        """Whether lives are forks, that is: cheap."""
        if self._told is None:
            self.begin()
        assert self._told is not None
        return self._told[1]

    def invite(self) -> str | None:
        """A socket at which other processes may join; None if what is held does not fork."""
        if not self.forks or self._pid is None:
            return None
        if self._place is None:
            if sys.platform == "linux":
                # A name that no file has: whatever ends us, nothing is left.
                self._place = f"@convspec-{secrets.token_hex(16)}"
            else:
                self._folder = tempfile.mkdtemp(prefix="convspec-")
                self._place = os.path.join(self._folder, "zygote")
            try:
                self._request(("invite", self._place))
            except (OSError, EOFError):
                self._place = None
        return self._place

    def begin(self) -> None:
        """Begin it, if it is not there."""
        if self._control is None:
            self._begin()

    def begin_life(self, pipe: int, slate: int, noise: int, memory: int | None) -> Life:
        """A process that serves tasks at `pipe`; it may take `memory` more bytes than it has.

        The zygote must have begun: one begun now would hold the other end of the pipe. Raises
        EOFError or OSError if it has died since.
        """
        assert self._told is not None
        word = "fork" if self._told[1] else "serve"
        answer = self._request((word, memory), (pipe, slate, noise))
        self.serving = word == "serve"
        if isinstance(answer, str):
            raise RuntimeError(f"no process could be forked: {answer}")
        return Life(*answer)

    def end_life(self, life: Life, patience: float = 0.0) -> Ending:
        """How a life ended; after `patience` seconds it is killed."""
        if self.serving:
            self.serving = False
            return self._reap(patience)
        try:
            code, peak, forced = self._request(("end", life.pid, patience))
        except (OSError, EOFError):
            # Its children die with it; what it died of, they died of.
            return self._reap(PATIENCE)
        return Ending(code, peak, forced)

    def lose(self) -> None:
        """End the zygote and all its lives; it may come again."""
        if self._control is not None:
            self._reap(0.0)

    def close(self) -> None:
        """End the zygote and all its lives for good."""
        self.lose()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    # The process -------------------------------------------------------------------------

    def _begin(self) -> None:
        if not (self._meet and self._join(self._meet)):
            self._fork()
        try:
            answer = self._greeting()
        except BaseException:
            self.lose()
            raise
        if isinstance(answer, Exception):
            self._reap(PATIENCE)
            raise answer
        self._told = answer

    def _join(self, path: str) -> bool:
        control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            control.connect(address(path))
            if not same_user(control):
                raise PermissionError
        except OSError:
            control.close()
            self._meet = None
            return False
        OURS.add(control.fileno())
        self._control = control
        return True

    def _fork(self) -> None:
        ours, theirs = socket.socketpair()
        noise = Noise()
        parent = os.getpid()
        pid = fork()
        if not pid:
            try:
                begin_child(parent)
                OURS.add(ours.fileno())
                keep = {theirs.fileno(), noise.fileno()}
                let_go(held() if self._separate else OURS, keep)
                Far(theirs, self._make, noise).run()
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(1)
        theirs.close()
        OURS.add(ours.fileno())
        self._control, self._pid, self._noise = ours, pid, noise

    def _greeting(self) -> Any:
        assert self._control is not None
        waited, pause = 0.0, min(0.25, self._limit)  # as `Patience` counts
        try:
            while not select.select([self._control], [], [], pause)[0]:
                waited += pause
                if self._is_late(waited):
                    raise self._not_opened(f"did not end within {self._limit:g} s")
            return receive(self._control)[0]
        except (OSError, EOFError):
            raise self._not_opened(None) from None

    def _is_late(self, passed: float) -> bool:
        """Whether it has had the time: has worked so long, or stands still.

        On a machine that is busy elsewhere, waiting for the processor does not count.
        """
        if passed <= self._limit:
            return False
        used = None if self._pid is None else worked(self._pid)
        return used is None or not IDLE * passed < used < self._limit or passed > 10 * self._limit

    def _not_opened(self, how: str | None) -> NotOpened:
        if how is not None and self._noise is not None and self._pid is not None:
            self._noise.ask_where(self._pid)
        noise = self._noise
        ending = self._reap(0.0 if how else PATIENCE, keep_noise=True)
        said, stack = noise.read() if noise else ("", "")
        if noise:
            noise.close()
        return NotOpened(how or str(ending), said, stack)

    def _reap(self, patience: float, *, keep_noise: bool = False) -> Ending:
        ending = Ending(None)
        if self._control is not None:
            OURS.discard(self._control.fileno())
            self._control.close()
        if self._pid is not None:
            # At the end of the connection it kills its lives and goes.
            ending = reap(self._pid, patience or (0.0 if self.serving else PATIENCE))
        if self._noise is not None and not keep_noise:
            self._noise.close()
        self._control = self._pid = self._noise = None
        self.serving = False
        return ending

    def _request(self, message: Any, fds: Sequence[int] = ()) -> Any:
        if self._control is None:
            raise EOFError
        self._control.settimeout(ANSWERING)
        try:
            send(self._control, message, fds)
            return receive(self._control)[0]
        except KeyboardInterrupt:
            self._reap(0.0)  # its answer would be taken for that to the next request
            raise
