"""Rows for an implementation that compiles: many contents of few configurations.

A configuration is a case but for what its arrays hold. A library that compiles a program for each
of them spends its time on the first call of each; further contents cost next to nothing. So the
laws of an operation draw their configurations from one pool, and put several contents of each.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

from convspec.covering import covering_rows
from convspec.spaces import CONTENTS, Space
from convspec.spec.case import Case

Row = tuple[int, ...]

TRIES = 16
"""Contents drawn for each that is wanted: drawn again are those that another shape belongs to."""


@dataclass(frozen=True)
class Grouping:
    """How rows are grouped: so many `contents` of a configuration, one after the other.

    The laws of an operation and number of spatial axes share a `pool` of so many configurations,
    drawn from the seed `shared`; each law begins at a place of its own.
    """

    contents: int
    pool: int
    shared: int


def is_configuration(name: str) -> bool:
    """Whether a factor chooses something else than contents."""
    return not name.endswith(CONTENTS)


def configuration(case: Case) -> tuple[Any, ...]:
    """What a case is apart from its contents."""
    return case.op, *((t.name, t.shape, t.dtype, t.layout) for t in case.tensors)


def seed_of(*parts: object) -> int:
    """A number that depends on all parts and on nothing else."""
    return zlib.crc32(":".join(map(str, parts)).encode())


def grouped(space: Space, own: int, grouping: Grouping) -> Iterator[Row]:
    """The rows of a law, configuration by configuration, without end. `own`: the law's seed.

    A factor is drawn by its name, so that laws whose factors have equal levels meet equal shapes,
    whatever else one of them narrows.
    """
    first = own % grouping.pool
    for turn in count():
        place = (first + turn) % grouping.pool if turn < grouping.pool else turn
        draw = random.Random(seed_of(own, place))
        yield from _contents(space, place, draw, grouping)


def _contents(space: Space, place: int, draw: random.Random, grouping: Grouping) -> Iterator[Row]:
    """Rows of one configuration that differ in their contents alone.

    Laws take from the seed of the first array where to cut and which way to shift, and call with
    the shapes that come of it: so that seed has two values at first, and any later.
    """
    row = _drawn(space, place, grouping.shared)
    wanted = configuration(space.case(row))
    names = [factor.name for factor in space.factors]
    first = next((i for i, name in enumerate(names) if name.endswith(".k")), None)
    few = [0, 0]
    if first is not None:
        few = [row[first], int(_unit(grouping.shared, place, "other") * space.sizes[first])]
    seen = {tuple(row)}
    yield tuple(row)
    for tried in range(TRIES * grouping.contents):
        if len(seen) >= grouping.contents:
            return
        other = list(row)
        for i, name in enumerate(names):
            if not is_configuration(name):
                other[i] = int(draw.random() * space.sizes[i])
        if first is not None and tried < TRIES * grouping.contents // 2:
            other[first] = few[tried % 2]
        new = tuple(other)
        if new not in seen and configuration(space.case(new)) == wanted:
            seen.add(new)
            yield new


def _drawn(space: Space, place: int, shared: int) -> list[int]:
    """The configuration at a place of the pool: covering and uniform ones come in turn."""
    row = [int(_unit(shared, place, f.name) * len(f.levels)) for f in space.factors]
    combined = [i for i, f in enumerate(space.factors) if f.combined and is_configuration(f.name)]
    array = covering_rows(tuple(space.factors[i].combined for i in combined))
    covering = None if place % 2 else next(islice(array, place // 2, None), None)
    if covering is None:
        row = list(space.likened(row, _unit(shared, place, "alike")))
    for i, level in zip(combined, covering or (), strict=False):
        factor = space.factors[i]
        turns = factor.turns(level)
        row[i] = turns[int(_unit(shared, place, factor.name) * len(turns))]
    return row


def _unit(*parts: object) -> float:
    return random.Random(seed_of(*parts)).random()
