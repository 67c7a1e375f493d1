"""The far side of a zygote: the process that holds the library, and forks or serves on request."""

from __future__ import annotations

import contextlib
import gc
import os
import selectors
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, NoReturn, TypeVar

from convspec.frames import address, receive, same_user, send
from convspec.lives import Slate, live
from convspec.noise import Noise
from convspec.processes import begin_child, fork, mapped_files, reap, silence

Description = TypeVar("Description")


@dataclass
class Made(Generic[Description]):
    """What a zygote is to hold: what it tells of it, how a task is served, whether it forks."""

    description: Description
    serve: Callable[[Any], Any]
    fork: bool = True


class Far:
    """The far side: the process that holds the library."""

    def __init__(self, control: socket.socket, make: Callable[[], Made[Any]], noise: Noise) -> None:
        self._control = control
        self._make = make
        self._noise = noise
        self._lives: dict[socket.socket, set[int]] = {control: set()}
        self._listener: socket.socket | None = None
        self._selector = selectors.DefaultSelector()

    def run(self) -> NoReturn:
        """Open what is to be held, then answer requests until nobody is there to ask."""
        self._noise.take_dumps()
        silence(self._noise.fileno())
        try:
            self._made = self._make()
        except Exception as error:
            self._refuse(error)
        self._greeting = (self._made.description, self._made.fork)
        self._files = mapped_files()
        self._noise.clear()
        # What was made until now stays: no copy of it has to look at it again.
        gc.collect()
        gc.freeze()
        send(self._control, self._greeting)
        self._selector.register(self._control, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    self._welcome()
                else:
                    assert isinstance(key.fileobj, socket.socket)
                    self._answer(key.fileobj)

    def _refuse(self, error: Exception) -> NoReturn:
        error.__traceback__ = error.__cause__ = error.__context__ = None
        try:
            send(self._control, error)
        except Exception:  # it cannot be pickled
            send(self._control, RuntimeError(f"{type(error).__name__}: {error}"))
        os._exit(0)

    def _welcome(self) -> None:
        assert self._listener is not None
        guest, _ = self._listener.accept()
        if not same_user(guest):
            guest.close()
            return
        self._lives[guest] = set()
        self._selector.register(guest, selectors.EVENT_READ)
        with contextlib.suppress(OSError):
            send(guest, self._greeting)

    def _answer(self, asking: socket.socket) -> None:
        try:
            request, fds = receive(asking)
            send(asking, self._do(asking, request, fds))
        except (OSError, EOFError):
            self._leave(asking)

    def _do(self, asking: socket.socket, request: Any, fds: list[int]) -> Any:
        match request:
            case "invite", str(path):
                self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                self._listener.bind(address(path))
                self._listener.listen()
                self._selector.register(self._listener, selectors.EVENT_READ)
                return True
            case "end", int(pid), patience:
                ending = reap(pid, patience)
                self._lives[asking].discard(pid)
                return ending.code, ending.peak, ending.forced
            case "fork", memory:
                return self._bear(asking, fds, memory)
            case "serve", memory:
                send(asking, (os.getpid(), self._files))
                self._live(fds, memory)
        raise AssertionError(request)

    def _bear(self, asking: socket.socket, fds: list[int], memory: int | None) -> Any:
        parent = os.getpid()
        try:
            pid = fork()
        except OSError as error:
            return str(error)
        finally:
            if os.getpid() == parent:
                for fd in fds:
                    os.close(fd)
        if not pid:
            try:
                begin_child(parent)
                self._selector.close()
                for connection in (*self._lives, self._listener):
                    if connection is not None:
                        connection.close()
                self._live(fds, memory)
            finally:
                os._exit(1)
        self._lives[asking].add(pid)
        return pid, self._files

    def _live(self, fds: list[int], memory: int | None) -> NoReturn:
        pipe, slate, noise = fds
        live(self._made.serve, pipe, Slate(slate), Noise(noise), memory)

    def _leave(self, asking: socket.socket) -> None:
        """Nobody asks here any more: end what was begun for it, and all if it was the first."""
        gone = list(self._lives) if asking is self._control else [asking]
        for connection in gone:
            for pid in self._lives.pop(connection):
                reap(pid, 0.0)
        if asking is self._control:
            os._exit(0)
        self._selector.unregister(asking)
        asking.close()
