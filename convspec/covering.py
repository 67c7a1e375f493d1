"""Covering arrays: few rows in which every combination of three levels occurs.

Greedy and deterministic. Rows are grown one at a time: each starts from a combination that
is still missing and takes, factor by factor, the level that covers the most missing ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations

import numpy as np

Row = tuple[int, ...]


def covering_rows(levels: tuple[int, ...]) -> Iterator[Row]:
    """Rows over `len(levels)` factors in which, in the end, any three levels of three meet.

    `levels[i]` is the number of levels of factor i (≥ 1); a row holds one level index per
    factor. Fewer than three factors are covered in full. Rows are grown as they are asked for
    and kept; the same levels give the same rows.
    """
    return iter(_Growing.of(levels))


def missing_triples(levels: tuple[int, ...], rows: list[Row]) -> int:
    """How many combinations of three levels (of three different factors) no row holds."""
    missing = 0
    for a, b, c in combinations(range(len(levels)), 3):
        seen = {(row[a], row[b], row[c]) for row in rows}
        missing += levels[a] * levels[b] * levels[c] - len(seen)
    return missing


class _Growing:
    """The rows grown so far for some levels, and the growth that continues them."""

    def __init__(self, levels: tuple[int, ...]) -> None:
        self._rows: list[Row] = []
        # Factors of one level add nothing to what must be covered; three are needed for a triple.
        self._growth = _grow((*levels, *(1,) * max(3 - len(levels), 0)))
        self._width = len(levels)

    @classmethod
    @cache
    def of(cls, levels: tuple[int, ...]) -> _Growing:
        return cls(levels)

    def __iter__(self) -> Iterator[Row]:
        place = 0
        while True:
            if place == len(self._rows):
                row = next(self._growth, None)
                if row is None:
                    return
                self._rows.append(row[: self._width])
            yield self._rows[place]
            place += 1


def _grow(widths: tuple[int, ...]) -> Iterator[Row]:
    # Every level of every factor gets a number of its own; open_[p, q, r] is 1 while the triple of
    # levels p, q, r occurs in no row (in all six orders, for plain look-ups).
    random = np.random.RandomState(0)
    first = np.concatenate([[0], np.cumsum(widths)])
    owner = np.repeat(np.arange(len(widths)), widths)
    apart = owner[:, None] != owner
    open_ = (apart[:, :, None] & apart[:, None, :] & apart[None, :, :]).astype(np.int16)
    while True:
        left = open_.sum(axis=(1, 2))
        if not left.any():
            return
        a = int(np.argmax(left))
        b = int(np.argmax(open_[a].sum(axis=1)))
        c = int(np.argmax(open_[a, b]))
        # gain[p]: open triples of level p with two chosen ones; shared[p, q]: of p, q and a chosen.
        gain = np.zeros(len(owner), np.int64)
        shared = np.zeros(open_.shape[:2], np.int16)
        rest = np.setdiff1d(np.arange(len(widths)), owner[[a, b, c]])
        random.shuffle(rest)
        chosen = [a, b, c]
        for place in range(len(widths)):
            if place >= 3:
                # Among equals, the level with the most open triples overall keeps later rows few.
                factor = rest[place - 3]
                start, stop = int(first[factor]), int(first[factor + 1])
                value = gain[start:stop] * (int(left.max()) + 1) + left[start:stop]
                chosen.append(start + int(np.argmax(value)))
            gain += shared[chosen[place]]
            shared += open_[chosen[place]]
        index = np.array(chosen)
        open_[np.ix_(index, index, index)] = 0
        row = [0] * len(widths)
        for level in chosen:
            row[owner[level]] = int(level - first[owner[level]])
        yield tuple(row)
