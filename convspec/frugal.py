"""Simpler rows that fail, where a row of another shape costs a compilation.

Contents are simplified first, which is free, then the configuration: all of it at once, halves of
it, and so on down to single fields, which finds the few that matter with few trials. How many
configurations that may take is counted.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence

from convspec.verdicts import Mismatch

Row = tuple[int, ...]
Put = Callable[[Row], None]

CONFIGURATIONS = 40
"""Configurations that are tried for one kind of failure, beside the one it was found with."""

DRAWS = 4
"""Contents that a simpler configuration is tried with before it is taken to pass."""


def shrink_frugally(
    row: Row, sizes: tuple[int, ...], put: Put, seed: int, seeds: Collection[int],
    contents: Collection[int],
) -> None:  # fmt: skip
    """Look for simpler rows that fail, for which `put` raises Mismatch; few of them of new shape.

    The fields `contents` choose contents, those of them in `seeds` are drawn anew; without
    `seeds`, what fails is taken not to depend on contents.
    """
    _Frugal(row, sizes, put, random.Random(seed), seeds, contents).shrink()


class _Frugal:
    def __init__(
        self, row: Row, sizes: tuple[int, ...], put: Put, draws: random.Random,
        seeds: Collection[int], contents: Collection[int],
    ) -> None:  # fmt: skip
        self._row = row
        self._sizes = sizes
        self._put = put
        self._draws = draws
        self._seeds = sorted(seeds)
        self._contents = sorted(contents)
        self._others = [i for i in range(len(row)) if i not in contents]
        self._tried = {self._configuration(row)}

    def shrink(self) -> None:
        """Contents, the configuration, and contents once more."""
        self._simplify_contents()
        before = None
        while before != self._row and not self._spent:
            before = self._row
            self._clear()
            self._lower()
        self._simplify_contents()

    @property
    def _spent(self) -> bool:
        return len(self._tried) > CONFIGURATIONS

    def _configuration(self, row: Row) -> Row:
        return tuple(row[i] for i in self._others)

    def _fails(self, row: Row) -> bool:
        try:
            self._put(row)
        except Mismatch:
            self._row = row
            return True
        return False

    def _simplify_contents(self) -> None:
        for field in self._contents:
            any(
                self._fails(_with(self._row, {field: level}))
                for level in range(min(self._row[field], DRAWS))
            )

    def _clear(self) -> None:
        """Take as many fields as possible to their simplest level: all, halves, quarters …"""
        raised = [i for i in self._others if self._row[i]]
        size = len(raised)
        while size and raised:
            for start in range(0, len(raised), size):
                self._try(dict.fromkeys(raised[start : start + size], 0))
            raised = [i for i in raised if self._row[i]]
            size = min(size // 2, len(raised)) if size > 1 else 0

    def _lower(self) -> None:
        """Lower single fields that are not at their simplest level."""
        for field in self._others:
            for level in _between(self._row[field]):
                if self._try({field: level}):
                    break

    def _try(self, changes: dict[int, int]) -> bool:
        """Whether the row with these changes fails, with its own contents or with others."""
        row = _with(self._row, changes)
        if row == self._row or self._configuration(row) in self._tried or self._spent:
            return False
        self._tried.add(self._configuration(row))
        if self._fails(row):
            return True
        return any(
            self._fails(_with(row, {i: self._draws.randrange(self._sizes[i]) for i in self._seeds}))
            for _ in range(DRAWS if self._seeds else 0)
        )


def _with(row: Row, changes: dict[int, int]) -> Row:
    new = list(row)
    for field, level in changes.items():
        new[field] = level
    return tuple(new)


def _between(level: int) -> Sequence[int]:
    """Levels to try in place of one: the simplest, half of it, one less."""
    return sorted({0, level // 2, level - 1} - {level, -1})
