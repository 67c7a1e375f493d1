"""The search for a case that breaks a law: Hypothesis over rows of levels.

Stock Hypothesis mutates what it drew before, which copies one axis's values to the next and
hides the very bugs that matter here. A provider (Hypothesis' interface for alternative
generators) instead draws every row afresh and uniformly, and between these plays the rows of a
covering array, in which every three levels of three factors meet. Shrinking stays with Hypothesis.
"""

from __future__ import annotations

import random
import warnings
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Flaky, HypothesisWarning
from hypothesis.strategies import SearchStrategy, integers, tuples

from convspec.covering import covering_rows
from convspec.spaces import Space
from convspec.verdicts import Mismatch

Row = tuple[int, ...]

BACKEND = "convspec"


def playlist(space: Space, seed: int) -> Iterator[Row]:
    """The rows of a space for a seed, without end: covering and uniform rows in turn.

    The fields of a covering row that are not combined are drawn.
    """
    draw = random.Random(seed).random
    sizes = space.sizes
    combined = [i for i, factor in enumerate(space.factors) if factor.combined]

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
        self._spare = playlist(space, seed + 1)  # should Hypothesis ask for more than it announced
        self.drawn = 0
        """Rows of the playlist that were drawn."""

    def __next__(self) -> Row:
        row = self._shown.popleft() if self._shown else next(self._rows, None)
        if row is None:
            return next(self._spare)
        self.drawn += 1
        return row

    def coming(self) -> Sequence[Row]:
        """The next rows, each told once."""
        if self._shown:
            return ()
        self._shown.extend(islice(self._rows, AHEAD))
        return tuple(self._shown)


class _Playing:
    """The playlist the provider reads from; one search runs at a time in a process."""

    rows: Playlist


def _register() -> bool:
    """Register the provider. False (with a notice) if this Hypothesis has no such interface."""
    try:
        from hypothesis.internal.conjecture.providers import (
            AVAILABLE_PROVIDERS,
            PrimitiveProvider,
        )
    except ImportError:
        warnings.warn(
            "this Hypothesis takes no generator of ours; its own is used, which finds less",
            stacklevel=2,
        )
        return False

    class RowProvider(PrimitiveProvider):
        """Plays rows: the one thing a test case draws is the next row, as bytes."""

        lifetime = "test_case"

        def draw_bytes(self, min_size: int = 0, max_size: int | None = None) -> bytes:
            return bytes(next(_Playing.rows))

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
    if not _REGISTERED:
        return tuples(*(integers(0, size - 1) for size in sizes))
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


def search(
    rows: Playlist, sizes: tuple[int, ...], check: Callable[[Row], None], count: int, seed: int
) -> Search:
    """Put `count` rows of the given sizes to `check`; shrink each kind of `Mismatch` it raises.

    Exceptions other than Mismatch pass through: they are errors of ours.
    """
    outcome = Search()

    def body(row: Row) -> None:
        outcome.cases += 1
        try:
            check(row)
        except Mismatch as mismatch:
            _note(outcome, row, mismatch)
            raise

    _Playing.rows = rows
    configured = settings(
        max_examples=count,
        backend=BACKEND if _REGISTERED else "hypothesis",
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
        report_multiple_bugs=True,
    )
    test = hypothesis.seed(seed)(configured(given(_rows(sizes))(body)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", HypothesisWarning)
            test()
    except (Mismatch, Flaky):
        pass
    except BaseExceptionGroup as group:
        ours = group.subgroup(lambda e: not isinstance(e, (Mismatch, Flaky, ExceptionGroup)))
        if ours is not None:
            raise
    return outcome


def _note(outcome: Search, row: Row, mismatch: Mismatch) -> None:
    """Keep the simplest row per kind: rows are ordered as Hypothesis orders its choices."""
    key = (type(mismatch).__name__, *mismatch.place)
    known = outcome.found.get(key)
    if known is None:
        outcome.found[key] = Found(row, mismatch, outcome.cases, first=(row, mismatch))
    elif row < known.row:
        known.row, known.mismatch = row, mismatch


_REGISTERED = _register()
