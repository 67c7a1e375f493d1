"""The search for a case that breaks a law: rows of levels, and Hypothesis to shrink them.

Stock Hypothesis mutates what it drew before, which copies one axis's values to the next and
hides the very bugs that matter here. Rows are therefore drawn here, every one afresh and uniformly,
and between these come the rows of a covering array, in which every three levels of three factors
meet. All of them are put to the law, whatever they show, so that a run is the same on a slow
machine; then Hypothesis shrinks the first row of each kind of failure. It gets that row through a
provider, its interface for alternative generators.
"""

from __future__ import annotations

import random
import warnings
import zlib
from collections import deque
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Flaky, HypothesisWarning
from hypothesis.strategies import SearchStrategy

from convspec.covering import covering_rows
from convspec.spaces import Space
from convspec.verdicts import Mismatch

Row = tuple[int, ...]
Kind = tuple[Any, ...]

BACKEND = "convspec"


def playlist(space: Space, seed: int) -> Iterator[Row]:
    """The rows of a space for a seed, without end: the simplest, then covering and uniform ones.

    These come in turn. The fields of a covering row that are not combined are drawn.
    """
    draw = random.Random(seed).random
    sizes = space.sizes
    combined = [i for i, factor in enumerate(space.factors) if factor.combined]
    yield (0,) * len(sizes)

    def uniform() -> list[int]:
        return [int(draw() * size) for size in sizes]

    for levels in covering_rows(tuple(space.factors[i].combined for i in combined)):
        row = uniform()
        for i, level in zip(combined, levels, strict=True):
            turns = space.factors[i].turns(level)
            row[i] = turns[int(draw() * len(turns))] if len(turns) > 1 else turns[0]
        yield tuple(row)
        yield tuple(uniform())
    while True:
        yield tuple(uniform())


AHEAD = 24
"""Rows that a check may be told of before they are drawn."""


class Playlist:
    """The rows of one search, in order; `coming` shows those that will be drawn next."""

    def __init__(self, space: Space, seed: int, count: int) -> None:
        self._rows = islice(playlist(space, seed), count)
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


class _Playing:
    """The row the provider gives out; one row shrinks at a time in a process."""

    row: Row


def _register() -> bool:
    """Register the provider. False (with a notice) if this Hypothesis has no such interface."""
    try:
        from hypothesis.internal.conjecture.providers import (
            AVAILABLE_PROVIDERS,
            PrimitiveProvider,
        )
    except ImportError:
        warnings.warn(
            "this Hypothesis takes no row of ours; failures are shrunk by simpler means",
            stacklevel=2,
        )
        return False

    class RowProvider(PrimitiveProvider):
        """Gives out a row, as bytes: the one thing that a test case draws."""

        lifetime = "test_case"

        def draw_bytes(self, min_size: int = 0, max_size: int | None = None) -> bytes:
            return bytes(_Playing.row)

        def draw_boolean(self, p: float = 0.5) -> bool:
            raise NotImplementedError(ROWS_ARE_BYTES)

        def draw_integer(self, *arguments: Any, **constraints: Any) -> int:
            raise NotImplementedError(ROWS_ARE_BYTES)

        def draw_float(self, **constraints: Any) -> float:
            raise NotImplementedError(ROWS_ARE_BYTES)

        def draw_string(self, *arguments: Any, **constraints: Any) -> str:
            raise NotImplementedError(ROWS_ARE_BYTES)

    AVAILABLE_PROVIDERS[BACKEND] = RowProvider
    return True


ROWS_ARE_BYTES = "a test of the suite draws one row, as bytes, and nothing else"


def _rows(sizes: tuple[int, ...]) -> SearchStrategy[Row]:
    """The strategy for rows with so many levels per field (256 at most).

    Drawn as one string of bytes, a row costs Hypothesis a fraction of what it costs as a tuple
    of integers. It shrinks to the lexicographically least either way.
    """
    assert max(sizes) <= 256
    limits = [size - 1 for size in sizes]

    class Rows(SearchStrategy[Row]):
        def do_draw(self, data: Any) -> Row:
            # While shrinking, Hypothesis may try bytes beyond the last level: they mean that one.
            return tuple(map(min, data.draw_bytes(len(limits), len(limits)), limits))

    return Rows()


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


def seed_of(*parts: object) -> int:
    """A number that depends on all parts and on nothing else."""
    return zlib.crc32(":".join(map(str, parts)).encode())


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
) -> Search:
    """Put all rows to `check`; shrink the first of each kind of `Mismatch`.

    `shrinking` is called when the rows are through. Failures of the `known` kinds are counted, and
    neither kept nor shrunk. Exceptions other than Mismatch pass through: they are errors of ours.
    """
    outcome = Search()

    def put(row: Row) -> None:
        outcome.cases += 1
        try:
            check(row)
        except Mismatch as mismatch:
            if kind_of(mismatch) not in known:
                _note(outcome, row, mismatch)
            raise

    for row in rows:
        with suppress(Mismatch):
            put(row)
    shrinking()
    shrunk: set[Kind] = set()
    # Another kind of failure may turn up on the way.
    while (left := [kind for kind in outcome.found if kind not in shrunk]) and len(shrunk) < KINDS:
        shrunk.add(left[0])
        _shrink(outcome.found[left[0]].row, sizes, put, left[0], seed)
    return outcome


def kind_of(mismatch: Mismatch) -> Kind:
    """What makes failures of one kind: their class and, of what was raised, the place."""
    return (type(mismatch).__name__, *mismatch.place)


def _shrink(
    row: Row, sizes: tuple[int, ...], put: Callable[[Row], None], kind: Kind, seed: int
) -> None:
    """Look for simpler rows that fail in the same way."""

    def body(row: Row) -> None:
        try:
            put(row)
        except Mismatch as mismatch:
            if kind_of(mismatch) == kind:
                raise

    if not _REGISTERED:
        _field_by_field(row, body)
        return
    _Playing.row = row
    configured = settings(
        max_examples=2,  # the simplest row comes first, whoever gives them out
        backend=BACKEND,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
        report_multiple_bugs=False,
    )
    test = hypothesis.seed(seed)(configured(given(_rows(sizes))(body)))
    with warnings.catch_warnings(), suppress(Mismatch, Flaky):
        warnings.simplefilter("ignore", HypothesisWarning)
        test()


def _field_by_field(row: Row, body: Callable[[Row], None]) -> None:
    """Make one field after another as small as it can be."""
    for place in range(len(row)):
        for level in range(row[place]):
            simpler = (*row[:place], level, *row[place + 1 :])
            try:
                body(simpler)
            except Mismatch:
                row = simpler
                break


def _note(outcome: Search, row: Row, mismatch: Mismatch) -> None:
    """Keep the simplest row per kind: rows are ordered as Hypothesis orders its choices."""
    kind = kind_of(mismatch)
    known = outcome.found.get(kind)
    if known is None:
        outcome.found[kind] = Found(row, mismatch, outcome.cases, first=(row, mismatch))
    elif row < known.row:
        known.row, known.mismatch = row, mismatch


_REGISTERED = _register()
