"""What is asked of the implementation while a condition is looked for, and how much."""

from __future__ import annotations

from dataclasses import dataclass

from convspec.execute import DEATHS, Bench
from convspec.law import Law
from convspec.predicates import Facts
from convspec.spaces import Space
from convspec.spec.case import Case
from convspec.verdicts import Mismatch

from .variations import contents

PER_FAILURE = 500
"""Cases that one failure may cost."""

PER_RUN = 3000
"""Cases that all failures of a run may cost together."""

Kind = tuple[object, ...]


@dataclass
class Budget:
    """Cases that are left for a whole run."""

    left: int = PER_RUN


def kind_of(mismatch: Mismatch) -> Kind:
    """What makes failures of one kind: their class and, of what was raised, the place."""
    return (type(mismatch).__name__, *mismatch.place)


def reads_nothing(case: Case) -> bool:
    """Whether no window holds a cell of the input: nothing that is done with it can show there."""
    axes = Facts(case).axes
    return axes is not None and any(not any(axis.real_counts()) for axis in axes)


class Oracle:
    """Puts configurations to a law until its share of the budget is spent.

    A configuration fails if it fails in the wanted way with any of a few contents, so that what is
    learnt is about the configuration. One that fails in another way says nothing.
    """

    def __init__(self, bench: Bench, law: Law, kind: Kind, budget: Budget, found: Case) -> None:
        self._bench, self._law, self._kind, self._budget = bench, law, kind, budget
        self._own = {t.name: (t.pattern, t.k) for t in found.tensors}
        self._left = PER_FAILURE
        self._deaths = DEATHS
        self._hits: dict[int, int] = {}
        self.asked = 0
        """Cases put to the law."""

    @property
    def spent(self) -> bool:
        """Whether nothing more may be asked."""
        return self._left <= 0 or self._budget.left <= 0 or self._deaths <= 0

    def fails(self, case: Case, space: Space) -> bool | None:
        """Whether the configuration fails; None if it fails in another way."""
        tried = list(contents(case, space, self._own))
        # What showed it most often is tried first.
        order = sorted(range(len(tried)), key=lambda i: -self._hits.get(i, 0))
        other = False
        for place in order:
            mismatch = self._put(tried[place])
            if mismatch is None:
                continue
            if kind_of(mismatch) == self._kind:
                self._hits[place] = self._hits.get(place, 0) + 1
                return True
            other = True
        return None if other or reads_nothing(case) else False

    def _put(self, case: Case) -> Mismatch | None:
        self._left -= 1
        self._budget.left -= 1
        self.asked += 1
        mismatch = self._bench.broken(self._law, case)
        if mismatch is not None:
            self._deaths -= mismatch.cost
        return mismatch
