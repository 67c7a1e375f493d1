"""Simpler rows that fail in the same way: Hypothesis looks for them, and seeds are drawn anew.

Hypothesis gets the failing row through a provider, its interface for alternative generators, and
makes it lexicographically least. What an array holds follows from a seed and from its extents; so
where one cell decides, no smaller array may fail with this seed, though it does with another.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Flaky, HypothesisWarning
from hypothesis.strategies import SearchStrategy

from convspec.verdicts import Mismatch

Row = tuple[int, ...]
Put = Callable[[Row], None]

BACKEND = "convspec"


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


DRAWS = 6
"""How often the seeds are drawn for a simpler row, before it is taken to pass."""


def simplicity(row: Row, seeds: Collection[int]) -> tuple[Row, Row]:
    """By this, rows are ordered: as Hypothesis orders its choices, but for seeds, which come last.

    `seeds` are the fields that hold the seed of an array's contents.
    """
    return tuple(level for field, level in enumerate(row) if field not in seeds), row


def shrink(
    row: Row, sizes: tuple[int, ...], put: Put, seed: int, seeds: Collection[int] = ()
) -> None:
    """Look for simpler rows that fail, which is to say, for which `put` raises Mismatch.

    The fields `seeds` may take any level, so that others can be simpler; without such fields,
    what fails is taken not to depend on contents.
    """
    best = row

    def watched(row: Row) -> None:
        nonlocal best
        try:
            put(row)
        except Mismatch:
            best = min(best, row, key=lambda row: simplicity(row, seeds))
            raise

    before = None
    while best != before:
        _as_hypothesis_does(best, sizes, watched, seed)
        before = best
        _with_other_seeds(best, sizes, watched, random.Random(seed), seeds)


def _with_other_seeds(
    row: Row, sizes: tuple[int, ...], put: Put, draws: random.Random, seeds: Collection[int]
) -> None:
    """Make one field after another simpler, and draw the seeds for it."""

    def fails(field: int, level: int) -> bool:
        nonlocal row
        for _ in range(DRAWS if seeds else 0):
            simpler = list(row)
            simpler[field] = level
            for place in seeds:
                simpler[place] = draws.randrange(sizes[place])
            try:
                put(tuple(simpler))
            except Mismatch:
                row = tuple(simpler)
                return True
        return False

    for field, level in enumerate(row):
        if field not in seeds:
            any(
                fails(field, simpler)
                for simpler in sorted({0, level // 2, level - 1} - {level, -1})
            )


def _as_hypothesis_does(row: Row, sizes: tuple[int, ...], put: Put, seed: int) -> None:
    if not _REGISTERED:
        _field_by_field(row, put)
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
    test = hypothesis.seed(seed)(configured(given(_rows(sizes))(put)))
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


_REGISTERED = _register()
