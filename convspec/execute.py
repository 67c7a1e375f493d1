"""One law, one operation, one number of spatial axes: search, and say what was found."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from convspec.adapters.opening import Adapter
from convspec.apart import Apart
from convspec.configurations import Grouping
from convspec.court import Court, Row, put
from convspec.dtypes import floating
from convspec.events import (
    CONFORMS,
    ERROR,
    KNOWN,
    UNSUPPORTED,
    VACUOUS,
    VERDICTS,
    Failure,
    LawFinished,
)
from convspec.isolation import Limits
from convspec.known.entry import Regions
from convspec.known.excusing import Doubts, Excusing
from convspec.law import Law
from convspec.search import Found, Kind, Playlist, search, seed_of
from convspec.spec.case import Case
from convspec.trial import Trial
from convspec.verdicts import Mismatch, NothingToTest, TimedOut

SMALL = 400
"""Cells up to which an array is put into the report in full."""

Which = tuple[str, str, int, Row | str]
"""Law, operation, number of spatial axes, and the row of a case or its line."""


DEATHS = 200
"""What the processes may cost that die of drawn rows, and again while each way is shrunk.

A hang, or a library that is loaded anew, costs more than a fork: see `isolation`.
"""


class _Sparing:
    """A check that counts what it kills. When that was enough, it lets all further rows pass.

    What shrinking may cost is as much again.
    """

    def __init__(self, check: Callable[[Row], None]) -> None:
        self._check = check
        self._deadly: dict[Row, Mismatch] = {}
        self._spent = 0
        self._ways: set[tuple[Any, ...]] = set()
        self._shrinking = False
        self.spared = 0
        """Drawn rows that were let pass without being checked."""

    def shrinking(self) -> None:
        """The rows that were drawn are through; what comes now is to make them simpler."""
        self._spent, self._shrinking = 0, True

    def __call__(self, row: Row) -> None:
        if row in self._deadly:
            raise self._deadly[row]
        allowed = DEATHS * len(self._ways) if self._shrinking else DEATHS
        if self._spent and self._spent >= allowed:
            self.spared += not self._shrinking
            return
        try:
            self._check(row)
        except Mismatch as mismatch:
            if mismatch.cost:
                self._deadly[row] = mismatch
                self._spent += mismatch.cost
                self._ways.add((type(mismatch), *mismatch.place))
            raise


class Bench:
    """One adapter and the suite's laws: where cases are put to laws, in a child if so wished.

    `limit`: seconds a case may take in a process of its own, which is then a copy of this one;
    None keeps all in this one. `apart`, in place of a limit: where the implementation is instead.
    `regions` are the known failures, which `run` lets pass.
    """

    def __init__(
        self,
        adapter: Adapter,
        laws: Mapping[str, Law],
        limit: float | None = None,
        apart: Apart | None = None,
    ) -> None:
        self.adapter = adapter
        self.regions = Regions()
        self._court = Court(adapter, laws, isolated=False)
        self._own = Apart(adapter, Limits(limit)) if limit is not None and apart is None else None
        apart = apart or self._own
        self._isolated = apart.shared if apart else None
        self._doubts = Doubts()
        self._empty: Counter[str] = Counter()
        """Cases in which a law found nothing to test, by the reason."""

    def close(self) -> None:
        """End the child, if it is our own."""
        if self._own is not None:
            self._own.close()

    def ask(self, function: Callable[..., Any], *arguments: Any, seconds: float = 0.0) -> Any:
        """What `function(adapter, *arguments)` gives where the implementation is.

        The function must be importable, arguments and result must pickle, and arguments be
        hashable. It may take so many `seconds` even where a case may not. Raises a Mismatch if the
        function does, or if the process dies or takes too long.
        """
        if self._isolated is None:
            return function(self.adapter, *arguments)
        return self._isolated.patiently((function, arguments), seconds)

    def run(
        self, law: Law, op: str, rank: int, *, count: int, seed: int,
        seen: set[Kind] | None = None, grouping: Grouping | None = None,
    ) -> LawFinished:  # fmt: skip
        """Put `count` drawn cases to a law. Never raises for what the implementation does.

        `seen` are kinds of failure (see `search.kind_of`) that are left out; new ones are added.
        With a `grouping`, another configuration is what costs, and contents are not.
        """
        seen = set() if seen is None else seen
        began = time.perf_counter()
        if law.space(op, rank, self.adapter.claims) is None:
            return LawFinished(law.name, law.slug(op), op, rank, UNSUPPORTED)
        space = self._court.space(law.name, op, rank)
        own_seed = seed_of(seed, law.name, op, rank)
        rows = Playlist(space, own_seed, count, grouping)
        known = Excusing(
            lambda row: self._ask((law.name, op, rank, row)),
            self.regions.of(law.slug(op)),
            lambda row: law.asked(space.case(row), self.adapter.claims),
            lambda row: self._ask((law.name, op, rank, row), anew=True),
            self._doubts if self._isolated is not None else None,
        )
        if self._isolated is not None:
            self._isolated.coming = lambda: [
                (put, (law.name, op, rank, row)) for row in rows.coming() if not known.skips(row)
            ]
        check = _Sparing(known)
        self._empty.clear()
        try:
            outcome = search(
                rows, space.sizes, check, own_seed,
                shrinking=check.shrinking, known=frozenset(seen), seeds=space.seeds,
                contents=() if grouping is None else space.contents,
            )  # fmt: skip
            seen |= outcome.found.keys()
            empty = self._empty.copy()
            confirmed = [
                found for found in outcome.found.values() if self._confirm(law, op, rank, found)
            ]
        except Exception as error:
            return _ours(law, op, rank, error, began)
        failures = tuple(self._failure(space.case(found.row), found) for found in confirmed)
        cases = outcome.cases - check.spared - known.spared
        done = _finished(law, op, rank, cases, failures, began, empty, known.excused)
        return replace(done, drawn=rows.drawn - check.spared)

    def replay(self, law: Law, case: Case) -> LawFinished:
        """Put one given case to a law."""
        began = time.perf_counter()
        op, rank = case.op.name, case.rank
        failures: tuple[Failure, ...] = ()
        self._empty.clear()
        try:
            self._ask((law.name, op, rank, case.line))
        except Mismatch as mismatch:
            failures = (self._failure(case, Found((), mismatch, 1)),)
        except Exception as error:
            return _ours(law, op, rank, error, began)
        return _finished(law, op, rank, 1, failures, began, self._empty)

    def broken(self, law: Law, case: Case) -> Mismatch | None:
        """How the implementation breaks the law in this case; None if it obeys.

        The law has to apply to the case. Exceptions that are ours pass through.
        """
        try:
            self._ask((law.name, case.op.name, case.rank, case.line))
        except Mismatch as mismatch:
            return mismatch
        return None

    def _ask(self, which: Which, anew: bool = False) -> None:
        try:
            if self._isolated is None:
                self._court.put(*which)
            else:
                (self._isolated.anew if anew else self._isolated)((put, which))
        except NothingToTest as nothing:
            self._empty[nothing.message] += 1

    def _confirm(self, law: Law, op: str, rank: int, found: Found) -> bool:
        """Note whether a failure repeats. False: it was the machine that was slow."""
        found.repeats = self._repeats((law.name, op, rank, found.row))
        if found.repeats or not _hurried(found.mismatch) or found.first is None:
            return True
        # A smaller case that took its time was not it; the one that it began with may be.
        found.row, found.mismatch = found.first
        found.repeats = self._repeats((law.name, op, rank, found.row))
        return found.repeats or not _hurried(found.mismatch)

    def _repeats(self, which: Which) -> bool:
        try:
            if self._isolated is None:
                self._court.put(*which)
            else:
                self._isolated.again((put, which))
        except NothingToTest:
            return False
        except Mismatch:
            return True
        return False

    def _failure(self, case: Case, found: Found) -> Failure:
        mismatch = found.mismatch
        tensors = None
        if case.cells <= SMALL:
            filled = Trial(self.adapter, case).inputs
            tensors = {t.name: _listed(filled[t.name]) for t in case.tensors}
        message = mismatch.message
        if not found.repeats:
            message += " (not every time: the same case passed when repeated)"
        return Failure(
            kind=mismatch.kind, verdict=mismatch.verdict, case=case.line, message=message,
            tensors=tensors, expected=_small(mismatch.expected), got=_small(mismatch.got),
            worst=mismatch.worst, found_after=found.found_after, cells=case.cells,
            repeats=found.repeats, details=mismatch.details,
        )  # fmt: skip


def _hurried(mismatch: Mismatch) -> bool:
    """Whether it hung by a limit that was shortened for the sake of others."""
    return isinstance(mismatch, TimedOut) and mismatch.hurried


def _finished(
    law: Law, op: str, rank: int, cases: int, failures: tuple[Failure, ...], began: float,
    empty: Counter[str], excused: Mapping[str, int] | None = None,
) -> LawFinished:  # fmt: skip
    tested = cases - empty.total()
    passed = KNOWN if excused else CONFORMS if tested else VACUOUS
    verdicts = [f.verdict for f in failures] or [passed]
    gravest = min(verdicts, key=VERDICTS.index)
    reasons = "; ".join(f"{why} ({n})" for why, n in empty.most_common(3))
    return LawFinished(
        law.name, law.slug(op), op, rank, gravest, cases, time.perf_counter() - began, failures,
        f"nothing to test in any case: {reasons}" if reasons and gravest == VACUOUS else None,
        empty.total(), excused=excused or {},
    )  # fmt: skip


def _ours(law: Law, op: str, rank: int, error: Exception, began: float) -> LawFinished:
    """An exception in a law or the reference says nothing about the implementation."""
    note = "".join(traceback.format_exception(error))
    return LawFinished(
        law.name, law.slug(op), op, rank, ERROR, 0, time.perf_counter() - began, (), note
    )


def _small(array: Any) -> Any:
    return None if array is None or array.size > SMALL else _listed(array)


def _listed(array: Any) -> Any:
    """Nested lists; whole numbers as int, so that they are read and written as such."""
    array = np.asarray(array)
    whole = floating(array.dtype) and np.isfinite(array).all()
    if whole and (array == np.floor(array)).all():
        small = float(np.abs(array).max(initial=0)) < 2**53
        array = array.astype(np.int64) if small else array
    return array.tolist()
