"""What of the declared space a run exercised: classes of parameters, their pairs and triples.

A class is a value, or a few that are alike, of one of the factors that cases are drawn by: stride 2
on the first axis, 4 to 6 channels, channels-last memory. The declared space is what the adapter
claims of an operation, for a number of spatial axes. Rows follow from the seed, so the events of a
run tell which were drawn; nothing is counted while laws run. Of a fuzzing run the first rows of
each law are counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations, islice
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec.afterwards import Run
from convspec.events import Covered, Event, LawFinished
from convspec.fuzzing.shard import PROFILE
from convspec.law import Law
from convspec.plan import Item, grouping
from convspec.search import playlist, seed_of
from convspec.spaces import Space, space_for

Array = npt.NDArray[Any]

GROUPED = ((4, 6), (7, 16), (17, 64))
"""Numbers that make up one class; those below the first are each one of its own."""

MISSED = 12
"""Missed classes and pairs that an event names."""

DEFECT = "defect"


def class_of(level: Any) -> str:
    """The class of a level: what is alike for a kernel."""
    if isinstance(level, bool):
        return "yes" if level else "no"
    if not isinstance(level, int):
        return str(level)
    for least, greatest in GROUPED:
        if least <= level <= greatest:
            return f"{least}–{greatest}"
    return str(level) if level < GROUPED[0][0] else f"{GROUPED[-1][1] + 1}+"


def measure_coverage(run: Run) -> Iterator[Event]:
    """One event for each operation and number of spatial axes of which a case was drawn."""
    if run.case is not None:
        return
    grouped: dict[tuple[str, int], list[LawFinished]] = defaultdict(list)
    for event in run.events:
        if isinstance(event, LawFinished) and event.rank is not None and event.drawn:
            grouped[event.op, event.rank].append(event)
    for (op, rank), laws in grouped.items():
        yield covered(run, op, rank, laws)


def covered(run: Run, op: str, rank: int, laws: list[LawFinished]) -> Covered:
    """What the given laws exercised of one operation."""
    claims = run.bench.adapter.claims
    declared = space_for(op, rank, claims.ops[op], gradient=claims.ops[op].gradient, whole=claims)
    assert declared is not None
    names = _classes(declared)
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    values: dict[str, dict[Any, int]] = defaultdict(dict)
    vectors, configurations, cases = [], [], 0
    for event in laws:
        law = run.laws[event.law]
        space = law.space(op, rank, claims)
        if space is None:
            continue
        rows = _rows(space, law, event, run)
        cases += len(rows)
        if law.defective:
            levels = space.factors[0].levels
            met = Counter(class_of(levels[i]) for i in rows[:, 0])
            counts.setdefault(DEFECT, Counter()).update(met)
            continue
        vectors.append(_in_classes(space, rows, names))
        configurations.append(_in_values(space, rows, names, values))
    table = np.concatenate(vectors) if vectors else np.zeros((0, len(names)), np.int64)
    for column, (name, classes) in enumerate(names.items()):
        for place, number in enumerate(_counted(table[:, column], len(classes))):
            counts[name][classes[place]] += int(number)
    distinct = np.unique(table, axis=0)
    pairs, missed = _pairs(distinct, names)
    alone = [f"{name} {one}" for name in names for one in names[name] if not counts[name][one]]
    return Covered(
        op, rank, cases, len(np.unique(np.concatenate(configurations), axis=0)) if vectors else 0,
        {name: _whole(counts[name], classes) for name, classes in _shown(names, counts)},
        pairs, _triples(distinct, names), tuple((alone + missed)[:MISSED]),
    )  # fmt: skip


def _classes(declared: Space) -> dict[str, tuple[str, ...]]:
    """The classes of each factor, simplest first; which random numbers were drawn is no matter."""
    return {
        factor.name: tuple(dict.fromkeys(map(class_of, factor.levels)))
        for factor in declared.factors
        if not factor.name.endswith(".k")
    }


def _shown(
    names: Mapping[str, tuple[str, ...]], counts: Mapping[str, Counter[str]]
) -> list[tuple[str, tuple[str, ...]]]:
    more = [(DEFECT, tuple(counts[DEFECT]))] if DEFECT in counts else []
    return [*names.items(), *more]


def _whole(counts: Counter[str], classes: tuple[str, ...]) -> dict[str, int]:
    return {name: counts[name] for name in classes}


def _rows(space: Space, law: Law, event: LawFinished, run: Run) -> Array:
    item = Item(law.name, event.op, event.rank)
    profile = PROFILE if event.turns else run.profile
    rows: list[tuple[int, ...]] = []
    for seed, count in event.turns or ((run.seed, event.drawn),):
        own = seed_of(seed, law.name, event.op, event.rank)
        groups = grouping(run.laws, run.bench.adapter.claims, profile, seed, item)
        rows += islice(playlist(space, own, groups), count)
    return np.array(rows, np.int64).reshape(len(rows), len(space.factors))


def _in_classes(space: Space, rows: Array, names: Mapping[str, tuple[str, ...]]) -> Array:
    """The class of each factor in each row, −1 where a law has it otherwise than it is declared."""
    found = np.full((len(rows), len(names)), -1)
    columns = {factor.name: i for i, factor in enumerate(space.factors)}
    for place, (name, classes) in enumerate(names.items()):
        if name in columns:
            levels = map(class_of, space.factors[columns[name]].levels)
            numbers = np.array([classes.index(c) if c in classes else -1 for c in levels])
            found[:, place] = numbers[rows[:, columns[name]]]
    return found


def _in_values(
    space: Space, rows: Array, names: Mapping[str, Any], values: dict[str, dict[Any, int]]
) -> Array:
    """The levels themselves, numbered alike for all laws; contents are left out."""
    found = np.full((len(rows), len(names)), -1)
    columns = {factor.name: i for i, factor in enumerate(space.factors)}
    for place, name in enumerate(names):
        if name in columns and not name.endswith(".pattern"):
            known = values[name]
            levels = space.factors[columns[name]].levels
            numbers = np.array([known.setdefault(level, len(known)) for level in levels])
            found[:, place] = numbers[rows[:, columns[name]]]
    return found


def _counted(column: Array, classes: int) -> Array:
    return np.bincount(column[column >= 0], minlength=classes)


def _met(table: Array, columns: tuple[int, ...], sizes: tuple[int, ...]) -> Array:
    """Which combinations of the classes of some factors occur."""
    known = (table[:, columns] >= 0).all(axis=1)
    codes = np.ravel_multi_index(tuple(table[known][:, columns].T), sizes)
    return np.bincount(codes, minlength=prod(sizes)) > 0


def _pairs(table: Array, names: Mapping[str, tuple[str, ...]]) -> tuple[tuple[int, int], list[str]]:
    met = possible = 0
    missed: list[str] = []
    for one, other in combinations(range(len(names)), 2):
        (name, classes), (second, others) = list(names.items())[one], list(names.items())[other]
        there = _met(table, (one, other), (len(classes), len(others)))
        met, possible = met + int(there.sum()), possible + len(there)
        for code in np.flatnonzero(~there):
            a, b = divmod(int(code), len(others))
            missed.append(f"{name} {classes[a]} with {second} {others[b]}")
    return (met, possible), missed


def _triples(table: Array, names: Mapping[str, tuple[str, ...]]) -> tuple[int, int]:
    sizes = [len(classes) for classes in names.values()]
    met = possible = 0
    for columns in combinations(range(len(sizes)), 3):
        there = _met(table, columns, tuple(sizes[c] for c in columns))
        met, possible = met + int(there.sum()), possible + len(there)
    return met, possible
