"""A check that lets known failures pass, so that the search goes on for others.

What is excused is not told to the search at all: a new failure of the same clause is still found,
and shrinks outside the region.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from convspec.spec.case import Case
from convspec.verdicts import Crashed, Mismatch, TimedOut

from .entry import Entry, Regions

Row = tuple[int, ...]

DEATHS = 200
"""Processes that known crashes may cost one search; a case costs some milliseconds."""

HANG = 50
"""A known hang counts as this many: each costs its time limit."""


class Excusing:
    """`check` over rows, with `entries` for what it may raise. `case` makes a row's case.

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
            around = Regions.around(self._entries, self._case(row))
            entry = next((e for e in around if mismatch.verdict in e.verdicts), None)
            if entry is None:
                raise
            self.excused[entry.name] = self.excused.get(entry.name, 0) + 1
            self._spent += {Crashed: 1, TimedOut: HANG}.get(type(mismatch), 0)

    def skips(self, row: Row) -> bool:
        """Whether a row is let pass without a try."""
        return (
            bool(self._deadly)
            and self._spent >= DEATHS
            and bool(Regions.around(self._deadly, self._case(row)))
        )
