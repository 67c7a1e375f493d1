"""Processes that decide chunks of configurations; their death is a finding like any other.

A worker tells where it is through shared memory. When it dies of a signal, leaves the process or
hangs, the configuration it was at is put to a fresh process once more, alone: if that dies, too,
the configuration crashes; if not, an earlier one had spoilt the process, and both is said.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import time
import traceback
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

import numpy as np

from convspec.adapters.opening import Adapter, open_adapter
from convspec.events import CRASHES, TIMES_OUT
from convspec.isolation import LIMIT, OurError, begin_child, can_fork, how_it_ended

from .bounds import Plan
from .decide import Finding, Judge

LATER_LIMIT = 3.0
"""Seconds that a configuration may take once one has exceeded `LIMIT`."""

TICK = 0.25
"""Seconds between two looks at where the workers are."""

Chunk = tuple[int, int]
"""Configurations from the first to before the last, counted through all sections."""


@dataclass
class Decided:
    """A chunk that is done: what was found in it, by configuration, and where the time went."""

    chunk: Chunk
    found: dict[int, Finding] = field(default_factory=dict)
    spent: Counter[str] = field(default_factory=Counter)


@dataclass
class _Worker:
    """A process, the pipe to it, and the chunk it works on. It is at the configuration `at`."""

    process: Any
    pipe: Connection
    at: Any
    done: Decided | None = None
    began_at: int = 0
    suspect: int | None = None
    seen: int = -1
    since: float = 0.0


class Workers:
    """`jobs` processes that decide chunks. A context manager."""

    def __init__(self, adapter: Adapter, dtype: str, plan: Plan, jobs: int) -> None:
        self._adapter = adapter
        self._dtype = dtype
        self._plan = plan
        self._jobs = jobs
        self._limit = LIMIT
        self._fork = adapter.claims.fork and can_fork()
        self._context: Any = multiprocessing.get_context("fork" if self._fork else "spawn")
        self._alive: list[_Worker] = []

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._alive:
            _end(worker)
        self._alive.clear()

    def run(self, chunks: Iterable[Chunk]) -> Iterator[Decided]:
        """Decide all chunks; each as it is done, in no order."""
        left = deque(chunks)
        while left or self._alive:
            while left and len(self._alive) < self._jobs:
                self._start(Decided(left.popleft()))
            ready = wait([worker.pipe for worker in self._alive], TICK)
            for worker in list(self._alive):
                if worker.pipe in ready:
                    done = self._receive(worker)
                    if done is not None:
                        yield done
                        if left:
                            self._give(worker, Decided(left.popleft()))
                        else:
                            self._retire(worker)
                else:
                    yield from self._look_at(worker)

    # One worker --------------------------------------------------------------------------

    def _start(self, work: Decided, first: int | None = None, suspect: int | None = None) -> None:
        ours, theirs = self._context.Pipe()
        at = self._context.RawValue("q", -1)
        given = self._adapter if self._fork else self._adapter.name
        others = [*(worker.pipe for worker in self._alive), ours] if self._fork else []
        process = self._context.Process(
            target=_serve, args=(given, self._dtype, self._plan, theirs, at, others), daemon=True
        )
        process.start()
        theirs.close()
        worker = _Worker(process, ours, at)
        self._alive.append(worker)
        self._give(worker, work, first, suspect)

    def _give(
        self, worker: _Worker, work: Decided, first: int | None = None, suspect: int | None = None
    ) -> None:
        start = work.chunk[0] if first is None else first
        fresh = worker.done is None
        worker.done, worker.suspect = work, suspect
        worker.began_at = start if fresh else -1
        worker.seen, worker.since = -1, time.monotonic()
        worker.at.value = start
        # If it has died, reading from it will tell.
        with suppress(BrokenPipeError, ConnectionResetError):
            worker.pipe.send((start, work.chunk[1]))

    def _receive(self, worker: _Worker) -> Decided | None:
        """Take what a worker has to say; its chunk if that is done."""
        assert worker.done is not None
        try:
            message = worker.pipe.recv()
        except (EOFError, OSError):
            return self._died(worker)
        match message:
            case int(index), str(label), str(text):
                worker.done.found[index] = Finding(label, text)
                return None
            case Counter():
                worker.done.spent.update(message)
                return self._close(worker)
        raise OurError(message)

    def _close(self, worker: _Worker) -> Decided:
        done = worker.done
        assert done is not None
        self._settle(worker)
        return done

    def _settle(self, worker: _Worker) -> None:
        # What died among others but not alone is not verified, either.
        if worker.suspect is not None and worker.done is not None:
            text = "the process died here, but not when this configuration came first"
            worker.done.found.setdefault(worker.suspect, Finding(f"{CRASHES} process", text))
            worker.suspect = None

    def _died(self, worker: _Worker) -> Decided | None:
        worker.process.join(5)
        how = how_it_ended(worker.process.exitcode)
        at = int(worker.at.value)
        if at != worker.began_at:
            return self._go_on(worker, at, suspect=at)
        return self._go_on(worker, at + 1, at, Finding(f"{CRASHES} process", f"the process {how}"))

    def _look_at(self, worker: _Worker) -> Iterator[Decided]:
        """End a worker that has been at one configuration for too long."""
        at, now = int(worker.at.value), time.monotonic()
        if at != worker.seen:
            worker.seen, worker.since = at, now
        elif now - worker.since > self._limit and not worker.pipe.poll():
            late = Finding(f"{TIMES_OUT} call", f"no answer within {self._limit:g} s")
            self._limit = min(self._limit, LATER_LIMIT)
            done = self._go_on(worker, at + 1, at, late)
            if done is not None:
                yield done

    def _go_on(
        self,
        worker: _Worker,
        first: int,
        lost: int | None = None,
        finding: Finding | None = None,
        suspect: int | None = None,
    ) -> Decided | None:
        """Another worker for what is left of a chunk; the chunk if nothing is."""
        done = worker.done
        assert done is not None
        if lost is not None and finding is not None:
            done.found[lost] = finding
            worker.suspect = None if worker.suspect == lost else worker.suspect
        self._settle(worker)
        self._retire(worker)
        if first >= done.chunk[1]:
            return done
        self._start(done, first, suspect)
        return None

    def _retire(self, worker: _Worker) -> None:
        self._alive.remove(worker)
        _end(worker)


def _end(worker: _Worker) -> None:
    worker.process.kill()
    worker.process.join()
    worker.process.close()
    worker.pipe.close()


def _serve(
    given: Adapter | str,
    dtype: str,
    plan: Plan,
    pipe: Connection,
    at: Any,
    others: list[Connection],
) -> None:
    """The child: decide chunks until the parent is gone."""
    for other in others:
        other.close()
    begin_child()
    # What a dying library says is not for the terminal that shows the progress.
    faulthandler.disable()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        judge = Judge(open_adapter(given) if isinstance(given, str) else given, dtype)
        while True:
            _decide(judge, plan, pipe, at)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        os._exit(0)
    except Exception as error:
        pipe.send("".join(traceback.format_exception(error)))


def _decide(judge: Judge, plan: Plan, pipe: Connection, at: Any) -> None:
    """One chunk, as it comes through the pipe."""
    start, stop = pipe.recv()
    judge.calls.charge("")
    judge.calls.spent.clear()
    # Overflow and NaN are an implementation's to answer for, not accidents to be warned of.
    with np.errstate(all="ignore"):
        for index in range(start, stop):
            at.value = index
            found = judge(*plan.locate(index))
            if found is not None:
                pipe.send((index, found.label, found.message))
            judge.calls.charge("rest")
    pipe.send(Counter(judge.calls.spent))
