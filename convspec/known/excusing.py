"""A check that lets known failures pass, so that the search goes on for others.

What is excused is not told to the search at all: a new failure of the same clause is still found,
and shrinks outside the region.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from convspec.events import TIMES_OUT
from convspec.spec.case import Case
from convspec.verdicts import Mismatch

from .entry import Entry, Regions

Row = tuple[int, ...]

DEATHS = 200
"""Processes that known failures may cost one search."""

WAIT = 25
"""How many times as much a known hang costs: each takes its time limit."""


REMEMBERED = 10_000
"""Cases of a process that are looked through for one that may have harmed it."""


class Doubts:
    """Whether a process has served cases of a kind that others die of.

    Such a case may live, and have written where it should not; what comes after it in the same
    process is then accused of what it has not done. Cases are looked at only once somebody asks:
    most runs never do.
    """

    def __init__(self) -> None:
        self._served: deque[tuple[Callable[[Row], str | None], Row]] = deque(maxlen=REMEMBERED)

    def note(self, deadly: Callable[[Row], str | None], row: Row) -> None:
        """A row is put to the process. `deadly`: the entry by which it may die, if any."""
        self._served.append((deadly, row))

    def settle(self) -> str | None:
        """The entry by which the process may have been harmed; what was noted is forgotten."""
        name = None
        while self._served and name is None:
            deadly, row = self._served.pop()
            name = deadly(row)
        self._served.clear()
        return name


class Excusing:
    """`check` over rows, with `entries` for what it may raise. `case` gives what a row puts.

    `excused` counts, per name of an entry, the failures that were let pass. Once known deaths have
    cost enough, the rows in a region in which cases die pass unchecked; they are counted as
    `spared`. A failure that comes after a case of such a region, which `doubts` remember, is asked
    for again by `anew`, in a new process; if it does not come, it is put down to that region.
    """

    def __init__(
        self, check: Callable[[Row], None], entries: Sequence[Entry], case: Callable[[Row], Case],
        anew: Callable[[Row], None], doubts: Doubts | None,
    ) -> None:  # fmt: skip
        self._check = check
        self._entries = entries
        self._deadly = [entry for entry in entries if entry.deadly]
        self._case = case
        self._anew = anew
        self._doubts = doubts
        self._spent = 0
        self.excused: dict[str, int] = {}
        self.spared = 0

    def __call__(self, row: Row) -> None:
        """Put a row to the check. Raises its Mismatch, unless that is excused."""
        if self.skips(row):
            self.spared += 1
            return
        try:
            self._check(row)
        except Mismatch as mismatch:
            name = self._excuse(row, mismatch)
            if name is None:
                raise
            self.excused[name] = self.excused.get(name, 0) + 1
            self._spent += mismatch.cost * (WAIT if mismatch.verdict == TIMES_OUT else 1)
        if self._doubts is not None and self._deadly:
            self._doubts.note(self._dies_by, row)

    def skips(self, row: Row) -> bool:
        """Whether a row is let pass without a try."""
        return self._spent >= DEATHS and self._dies_by(row) is not None

    def _excuse(self, row: Row, mismatch: Mismatch) -> str | None:
        """The name of the entry that excuses a failure; None if none does."""
        name = Regions.excusing(self._entries, self._case(row), mismatch.verdict)
        if name is not None or self._doubts is None:
            return name
        harmed = self._doubts.settle()
        if harmed is None:
            return None
        self._anew(row)
        return harmed

    def _dies_by(self, row: Row) -> str | None:
        """The name of the entry in whose region, where cases die, the row lies."""
        around = Regions.around(self._deadly, self._case(row)) if self._deadly else []
        return around[0].name if around else None
