"""Cases as a table: one column per fact, so that a predicate is asked of all cases at once.

The facts are those of `convspec.predicates`; a fact per axis has a column of its own for each.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from convspec.predicates import FACTS, Facts
from convspec.predicates.facts import FLAG, NUMBER, NUMBERS, WORD
from convspec.spec.case import Case

Array = npt.NDArray[Any]

AXES = 3
"""Spatial axes that a case has at most."""


class Column(NamedTuple):
    """Numbers and where there are any: (cases,), or (cases, axes) of a fact per axis."""

    values: Array
    known: Array


class Table:
    """Cases, growing. Rows are in the order in which they were added."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self._rows: dict[str, list[Any]] = {name: [] for name in FACTS}
        self._columns: dict[str, Column] = {}
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.cases)

    def add(self, case: Case) -> int:
        """The row of a case, which is added unless it is there."""
        place = self._places.get(case.line)
        if place is None:
            facts = Facts(case)
            for name, column in self._rows.items():
                column.append(facts[name])
            place = self._places[case.line] = len(self.cases)
            self.cases.append(case)
            self._columns.clear()
        return place

    def names(self, kind: str) -> Iterable[str]:
        """The facts of a kind that any case has."""
        for name, fact in FACTS.items():
            if fact.kind == kind and any(value is not None for value in self._rows[name]):
                yield name

    def numbers(self, name: str) -> Column:
        """A fact that is one number."""
        return self._column(name, NUMBER)

    def vectors(self, name: str) -> Column:
        """A fact per axis, padded to three axes."""
        return self._column(name, NUMBERS)

    def flags(self, name: str) -> Array:
        """A fact that is true or not; False where there is none."""
        return self._column(name, FLAG).values

    def words(self, name: str) -> Array:
        """A fact that is a word; empty where there is none."""
        return self._column(name, WORD).values

    @property
    def ranks(self) -> Array:
        """The number of spatial axes of each case."""
        return self.numbers("rank").values

    def _column(self, name: str, kind: str) -> Column:
        if name not in self._columns:
            self._columns[name] = _column(self._rows[name], kind)
        return self._columns[name]


def _column(rows: list[Any], kind: str) -> Column:
    if kind == FLAG:
        values: Array = np.array([value is True for value in rows], bool)
        return Column(values, np.ones(len(rows), bool))
    if kind == WORD:
        return Column(np.array([value or "" for value in rows], object), np.ones(len(rows), bool))
    if kind == NUMBER:
        known = np.array([value is not None for value in rows], bool)
        return Column(np.array([0 if value is None else value for value in rows]), known)
    padded = [(*(value or ())[:AXES], *(None,) * (AXES - len(value or ()))) for value in rows]
    known = np.array([[n is not None for n in row] for row in padded], bool).reshape(-1, AXES)
    values = np.array([[n or 0 for n in row] for row in padded], np.int64).reshape(-1, AXES)
    return Column(values, known)
