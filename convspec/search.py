"""The search for a case that breaks a law, among rows of levels.

Stock Hypothesis mutates what it drew before, which copies one axis's values to the next and
hides the very bugs that matter here. Rows are therefore drawn here, every one afresh and uniformly,
and between these come the rows of a covering array, in which every three levels of three factors
meet. All of them are put to the law, whatever they show, so that a run is the same on a slow
machine; then the first row of each kind of failure is shrunk (see `shrinking`).
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Collection, Container, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from convspec.configurations import Grouping, grouped, seed_of
from convspec.covering import covering_rows
from convspec.events import DEVIATES
from convspec.frugal import shrink_frugally
from convspec.shrinking import shrink, simplicity
from convspec.spaces import Space
from convspec.verdicts import Mismatch

__all__ = ["Found", "Playlist", "Search", "kind_of", "playlist", "search", "seed_of"]

Row = tuple[int, ...]
Kind = tuple[Any, ...]


def playlist(space: Space, seed: int, grouping: Grouping | None = None) -> Iterator[Row]:
    """The rows of a space for a seed, without end: the simplest, then covering and uniform ones.

    These come in turn. The fields of a covering row that are not combined are drawn. Of the uniform
    ones most have parameters that are alike in some way (see `Space.likened`). With a `grouping`,
    there are several contents of each configuration instead.
    """
    if grouping is not None:
        yield from grouped(space, seed, grouping)
        return
    draw = random.Random(seed).random
    sizes = space.sizes
    combined = [i for i, factor in enumerate(space.factors) if factor.combined]
    yield (0,) * len(sizes)

    def drawn() -> list[int]:
        return [int(draw() * size) for size in sizes]

    def uniform() -> Row:
        return space.likened(drawn(), draw())

    for levels in covering_rows(tuple(space.factors[i].combined for i in combined)):
        row = drawn()
        for i, level in zip(combined, levels, strict=True):
            turns = space.factors[i].turns(level)
            row[i] = turns[int(draw() * len(turns))] if len(turns) > 1 else turns[0]
        yield tuple(row)
        yield uniform()
    while True:
        yield uniform()


AHEAD = 24
"""Rows that a check may be told of before they are drawn."""


class Playlist:
    """The rows of one search, in order; `coming` shows those that will be drawn next."""

    def __init__(
        self, space: Space, seed: int, count: int, grouping: Grouping | None = None
    ) -> None:
        self._rows = islice(playlist(space, seed, grouping), count)
        self._shown: deque[Row] = deque()
        self.drawn = 0
        """Rows that were drawn."""

    def __iter__(self) -> Playlist:
        return self

    def __next__(self) -> Row:
        row = self._shown.popleft() if self._shown else next(self._rows)
        self.drawn += 1
        return row

    def coming(self) -> Sequence[Row]:
        """The next rows, each told once."""
        if self._shown:
            return ()
        self._shown.extend(islice(self._rows, AHEAD))
        return tuple(self._shown)


@dataclass
class Found:
    """One kind of failure: the simplest row that shows it, and what was seen there."""

    row: Row
    mismatch: Mismatch
    found_after: int
    repeats: bool = True
    first: tuple[Row, Mismatch] | None = None
    """The row it was found by."""


@dataclass
class Search:
    """The outcome of a search. `cases` counts every case put to the law, shrinking included."""

    cases: int = 0
    found: dict[tuple[Any, ...], Found] = field(default_factory=dict)


KINDS = 8
"""Kinds of failure that are shrunk in one search."""


def search(
    rows: Playlist,
    sizes: tuple[int, ...],
    check: Callable[[Row], None],
    seed: int,
    *,
    shrinking: Callable[[], None] = lambda: None,
    known: Container[Kind] = (),
    seeds: Collection[int] = (),
    contents: Collection[int] = (),
) -> Search:
    """Put all rows to `check`; shrink the first of each kind of `Mismatch`.

    `shrinking` is called when the rows are through. Failures of the `known` kinds are counted, and
    neither kept nor shrunk. `seeds` are the fields that hold seeds of contents; `contents`, if
    told, all that choose contents: to change another one is then costly, and not done often.
    Exceptions other than Mismatch pass through: they are errors of ours.
    """
    outcome = Search()

    def put(row: Row) -> None:
        outcome.cases += 1
        try:
            check(row)
        except Mismatch as mismatch:
            if kind_of(mismatch) not in known:
                _note(outcome, row, mismatch, seeds)
            raise

    for row in rows:
        with suppress(Mismatch):
            put(row)
    shrinking()
    shrunk: set[Kind] = set()
    # Another kind of failure may turn up on the way.
    while (left := [kind for kind in outcome.found if kind not in shrunk]) and len(shrunk) < KINDS:
        shrunk.add(left[0])
        first = outcome.found[left[0]]
        # How a call dies or what it refuses is rarely a matter of contents, and dying takes time.
        free = seeds if first.mismatch.verdict == DEVIATES else ()
        if contents:
            shrink_frugally(first.row, sizes, _only(put, left[0]), seed, free, contents)
        else:
            shrink(first.row, sizes, _only(put, left[0]), seed, free)
    return outcome


def kind_of(mismatch: Mismatch) -> Kind:
    """What makes failures of one kind: their class and, of what was raised, the place."""
    return (type(mismatch).__name__, *mismatch.place)


def _only(put: Callable[[Row], None], kind: Kind) -> Callable[[Row], None]:
    """Put a row, and hear of failures of one kind alone."""

    def body(row: Row) -> None:
        try:
            put(row)
        except Mismatch as mismatch:
            if kind_of(mismatch) == kind:
                raise

    return body


def _note(outcome: Search, row: Row, mismatch: Mismatch, seeds: Collection[int]) -> None:
    """Keep the simplest row per kind."""
    kind = kind_of(mismatch)
    known = outcome.found.get(kind)
    if known is None:
        outcome.found[kind] = Found(row, mismatch, outcome.cases, first=(row, mismatch))
    elif simplicity(row, seeds) < simplicity(known.row, seeds):
        known.row, known.mismatch = row, mismatch
