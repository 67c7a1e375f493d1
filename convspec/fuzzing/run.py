"""A fuzzing run: what was found before comes first, then processes that draw until time is up."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from convspec import engine
from convspec.events import FAILING, KNOWN, VERDICTS, Event, LawFinished
from convspec.execute import Bench
from convspec.isolation import Limits
from convspec.known.entry import Regions
from convspec.law import Law, all_laws
from convspec.plan import wanted
from convspec.spec.case import Case
from convspec.validity import is_valid

from .corpus import Kept, folder_of, keep, kept
from .shard import Order, fuzz

PATIENCE = 60.0
"""Seconds that a process gets beyond its time, to shrink what it has found."""

COUNTED = 500
"""Rows of a law, an operation and a number of axes that coverage is worked out from."""

Emit = Callable[[Event], None]


@dataclass
class Tally:
    """What a fuzzing run has come to so far; `notes` are lines for the user."""

    cases: int = 0
    replayed: int = 0
    new: list[Path] = field(default_factory=list)
    again: list[Path] = field(default_factory=list)
    mended: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    kinds: set[tuple[object, ...]] = field(default_factory=set)


def run(
    adapter: str,
    seconds: float,
    *,
    seed: int,
    jobs: int,
    ops: Sequence[str] | None = None,
    clauses: Sequence[str] | None = None,
    known: Sequence[str] = (),
    isolate: bool = True,
    limits: Limits | None = None,
    corpus: Path | None = None,
    listener: Emit | None = None,
    tick: Callable[[Tally], None] = lambda tally: None,
) -> tuple[list[Event], Tally]:
    """Fuzz an adapter for so many seconds; the events, and what came of it.

    `tick` is called as cases are checked. Failures of earlier runs, in the folder `corpus`, are put
    to the adapter first; each new one is written there as soon as it is found. Raises as
    `engine.run` does, CaseError for a file of the corpus that cannot be read, and CannotKeep where
    one cannot be written.
    """
    folder = folder_of(adapter, corpus)
    before = list(kept(folder))
    tally = Tally()
    order = Order(
        adapter, seconds, seed, 0, ops, clauses, known, isolate, limits or Limits()
    )  # fmt: skip

    def instead(bench: Bench, emit: Emit) -> bool:
        for done in _replayed(bench, before, order, tally):
            emit(done)
        tick(tally)
        return _drawn(order, jobs, folder, {k.path for k in before}, tally, emit, tick)

    events = engine.run(
        adapter, profile="fuzz", seed=seed, ops=ops, clauses=clauses, known=known, isolate=isolate,
        limits=limits, listener=listener, instead=instead,
    )  # fmt: skip
    return events, tally


def _replayed(
    bench: Bench, before: Sequence[Kept], order: Order, tally: Tally
) -> Iterator[LawFinished]:
    """The failures of earlier runs, once more."""
    laws = all_laws()
    for one in before:
        law = laws.get(one.law)
        op = one.case.op.name
        if law is None or op not in bench.adapter.claims.ops:
            tally.notes.append(
                f"{one.path}: left out: there is no such law, or nothing claims {op}"
            )
            continue
        if not wanted(law, op, order.ops, order.clauses):
            continue
        if not law.applies_to(one.case, is_valid(one.case, bench.adapter.claims)):
            tally.notes.append(f"{one.path}: left out: the law {law.name} is not about it any more")
            continue
        done = _excused(bench, law, one.case, bench.replay(law, one.case))
        tally.replayed += 1
        tally.cases += done.cases
        (tally.again if done.verdict in FAILING else tally.mended).append(one.path)
        yield done


def _excused(bench: Bench, law: Law, case: Case, done: LawFinished) -> LawFinished:
    """The same, if none of the known regions covers it."""
    if not done.failures:
        return done
    put = law.asked(case, bench.adapter.claims)
    entry = Regions.excusing(bench.regions.of(done.clause), put, done.verdict)
    if entry is None:
        return done
    return replace(done, verdict=KNOWN, failures=(), excused={entry: 1})


def _drawn(
    order: Order, jobs: int, folder: Path, before: set[Path], tally: Tally, emit: Emit,
    tick: Callable[[Tally], None],
) -> bool:  # fmt: skip
    """Let processes draw cases until time is up; True if that was interrupted."""
    context = get_context("spawn")
    running: dict[Connection, SpawnProcess] = {}
    sums: dict[tuple[str, str, int | None], LawFinished] = {}
    end = time.monotonic() + order.seconds
    try:
        for shard in range(jobs):
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=fuzz, args=(replace(order, shard=shard), theirs))
            process.start()
            theirs.close()
            running[ours] = process
        while running:
            late = time.monotonic() > end + PATIENCE
            for pipe in wait(list(running), 1.0):
                assert isinstance(pipe, Connection)
                try:
                    said = pipe.recv()
                except EOFError:
                    said = "it died"
                if isinstance(said, LawFinished):
                    _heard(said, sums, order, folder, before, tally, emit)
                    continue
                if said is not None:
                    tally.notes.append(f"a process of the run ended early: {said}")
                running.pop(pipe).join()
            tick(tally)
            if late:
                break
    except KeyboardInterrupt:
        return True
    finally:
        for process in running.values():
            process.terminate()
            process.join()
        for done in sums.values():
            emit(done)
    return False


def _heard(
    done: LawFinished, sums: dict[tuple[str, str, int | None], LawFinished], order: Order,
    folder: Path, before: set[Path], tally: Tally, emit: Emit,
) -> None:  # fmt: skip
    """Keep new failures at once, and count the rest."""
    tally.cases += done.cases
    for failure in done.failures:
        # Several processes find the same; what was raised, or killed it, tells failures apart.
        told = failure.message if failure.kind in ("raised", "crash") else ""
        kind = done.law, done.op, done.rank, failure.kind, told
        if kind in tally.kinds:
            continue
        tally.kinds.add(kind)
        path = keep(folder, done.clause, done.law, failure.case, failure.message, order.seed)
        if path not in before and path not in tally.new:
            tally.new.append(path)
    if done.failures:
        emit(done)
        return
    key = done.law, done.op, done.rank
    sums[key] = _added(sums[key], done) if key in sums else done


def _added(one: LawFinished, other: LawFinished) -> LawFinished:
    """Two turns of one law, neither with a failure, as one event."""
    return replace(
        one,
        verdict=min(one.verdict, other.verdict, key=_vacuous_last),
        cases=one.cases + other.cases,
        seconds=one.seconds + other.seconds,
        empty=one.empty + other.empty,
        note=one.note if one.verdict == other.verdict else None,
        excused=dict(Counter(one.excused) + Counter(other.excused)),
        drawn=one.drawn + other.drawn,
        turns=one.turns if sum(n for _, n in one.turns) >= COUNTED else one.turns + other.turns,
    )


def _vacuous_last(verdict: str) -> int:
    """What any turn has tested is tested."""
    return len(VERDICTS) if verdict == "vacuous" else VERDICTS.index(verdict)
