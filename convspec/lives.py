"""A life: the process that serves tasks, and what it writes down before each of them."""

from __future__ import annotations

import mmap
import os
import pickle
import struct
import sys
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, NoReturn

import numpy as np

from convspec.noise import Noise
from convspec.processes import allow_memory, memory_of, silence
from convspec.verdicts import Mismatch, OutOfMemory

if sys.platform != "win32":
    import resource


class Marks(NamedTuple):
    """What a life writes down.

    It is at the `task`-th, begun when `printed` bytes had been printed. The slowest that was
    finished took `slowest` seconds. Resident memory of its own was `own` bytes at first, and
    `grown` is by how much all of it has grown at most.
    """

    task: int = 0
    printed: int = 0
    slowest: float = 0.0
    own: int = 0
    grown: int = 0


class Slate:
    """Memory that a life shares with the process it serves: it survives the life."""

    _FORM = struct.Struct("=QQdQQ")

    def __init__(self, fd: int) -> None:
        """`fd`: a file of `size` bytes."""
        self._memory = mmap.mmap(fd, self._FORM.size)

    @classmethod
    def size(cls) -> int:
        """Bytes of the file behind it."""
        return cls._FORM.size

    def write(self, marks: Marks) -> None:
        """All of it at once."""
        self._FORM.pack_into(self._memory, 0, *marks)

    def read(self) -> Marks:
        """What was last written."""
        return Marks(*self._FORM.unpack_from(self._memory))

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()


def live(
    serve: Callable[[Any], Any], pipe: int, slate: Slate, noise: Noise, memory: int | None
) -> NoReturn:
    """Answer tasks until nobody is there to ask. Never returns.

    Tasks come as lists of pickles; there is one answer for each: empty for None, else the pickle
    of ("value", …), of a Mismatch, or of ("ours", text) for an exception that is neither.
    """
    try:
        noise.take_dumps()
        silence(noise.fileno())
        _answer_all(serve, Connection(pipe), slate, noise, memory)
    except (EOFError, OSError):
        os._exit(0)
    except SystemExit as leaving:
        code = leaving.code
        os._exit(code if isinstance(code, int) else int(code is not None))
    finally:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def _answer_all(
    serve: Callable[[Any], Any], pipe: Connection, slate: Slate, noise: Noise, memory: int | None
) -> NoReturn:
    allow_memory(memory)
    now = memory_of()
    own, resident = (now.own, now.resident) if now else (0, 0)
    unit = 1 if sys.platform == "darwin" else 1024
    count, slowest, grown = 0, 0.0, 0
    while True:
        for task in pickle.loads(pipe.recv_bytes()):
            count += 1
            began = time.monotonic()
            slate.write(Marks(count, noise.size(), slowest, own, grown))
            answer = _answer(serve, task, memory)
            slowest = max(slowest, time.monotonic() - began)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
            grown = max(grown, peak - resident)
            pipe.send_bytes(answer)


def _answer(serve: Callable[[Any], Any], task: bytes, memory: int | None) -> bytes:
    try:
        value = serve(pickle.loads(task))
        return b"" if value is None else pickle.dumps(("value", value))
    except Mismatch as mismatch:
        return _found(mismatch)
    except MemoryError as error:
        if memory is None:
            return _ours(error)
        # An implementation that keeps all memory to itself leaves none to judge it with.
        allow_memory(None)
        text = "left no memory to look at its result with"
        return pickle.dumps(OutOfMemory(text, place=("left no memory",)))
    except Exception as error:
        return _ours(error)


def _found(mismatch: Mismatch) -> bytes:
    mismatch.__traceback__ = mismatch.__cause__ = mismatch.__context__ = None
    # A class of arrays that the library has is not known where the answer is read.
    for name in ("expected", "got"):
        array = getattr(mismatch, name)
        setattr(mismatch, name, None if array is None else np.array(array, subok=False))
    try:
        return pickle.dumps(mismatch)
    except Exception as error:
        return _ours(error)


def _ours(error: Exception) -> bytes:
    return pickle.dumps(("ours", "".join(traceback.format_exception(error))))
