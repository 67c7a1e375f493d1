"""A check that lets known failures pass, so that the search goes on for others.

What is excused is not told to the search at all: a new failure of the same clause is still found,
and shrinks outside the region.
"""

from __future__ import annotations

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


class Excusing:
    """`check` over rows, with `entries` for what it may raise. `case` gives what a row puts.

    `excused` counts, per name of an entry, the failures that were let pass. Once known deaths have
    cost enough, the rows in a region in which cases die pass unchecked; they are counted as
    `spared`.
    """

    def __init__(
        self, check: Callable[[Row], None], entries: Sequence[Entry], case: Callable[[Row], Case]
    ) -> None:
        self._check = check
        self._entries = entries
        self._deadly = [entry for entry in entries if entry.deadly]
        self._case = case
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
            name = self.entry_for(row, mismatch.verdict)
            if name is None:
                raise
            self.excused[name] = self.excused.get(name, 0) + 1
            self._spent += mismatch.cost * (WAIT if mismatch.verdict == TIMES_OUT else 1)

    def entry_for(self, row: Row, verdict: str) -> str | None:
        """The name of the entry that excuses a failure; None if none does."""
        return Regions.excusing(self._entries, self._case(row), verdict)

    def skips(self, row: Row) -> bool:
        """Whether a row is let pass without a try."""
        return (
            bool(self._deadly)
            and self._spent >= DEATHS
            and bool(Regions.around(self._deadly, self._case(row)))
        )
