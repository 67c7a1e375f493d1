"""How much of the declared case space a region takes up, estimated from drawn cases."""

from __future__ import annotations

import random
from collections.abc import Mapping

from convspec.law import Law
from convspec.plan import Item, counts
from convspec.predicates import Facts
from convspec.search import seed_of
from convspec.spec.claims import Claims

from .entry import Entry

DRAWN = 2000
"""Cases per estimate, roughly."""

LEAST = 8
"""Cases of each law, operation and number of axes at least."""


class Shares:
    """The case spaces of an implementation's laws, drawn from as far as is asked for.

    Draws are uniform and the same in every run; laws weigh what they weigh in a run.
    """

    def __init__(self, laws: Mapping[str, Law], claims: Claims) -> None:
        self._laws = laws
        self._claims = claims
        self._counts = counts(dict(laws), claims, "quick")
        self._drawn: dict[Item, list[Facts]] = {}

    def of(self, entry: Entry) -> float:
        """The share of its clauses' cases, from 0 to 1, that lie in the region of an entry."""
        weights = {
            item: count
            for item, count in self._counts.items()
            if entry.covers(self._laws[item.law].slug(item.op))
        }
        total = sum(weights.values())
        share = 0.0
        for item, weight in weights.items():
            drawn = self._some(item, max(LEAST, round(DRAWN * weight / total)))
            inside = sum(entry.when.holds_for(facts) for facts in drawn)
            share += weight / total * inside / len(drawn)
        return share

    def _some(self, item: Item, count: int) -> list[Facts]:
        drawn = self._drawn.get(item, [])
        if len(drawn) < count:
            assert item.rank is not None
            space = self._laws[item.law].space(item.op, item.rank, self._claims)
            assert space is not None
            draw = random.Random(seed_of("share", item.law, item.op, item.rank)).random
            drawn = [
                Facts(space.case([int(draw() * size) for size in space.sizes]))
                for _ in range(count)
            ]
            self._drawn[item] = drawn
        return drawn[:count]
