"""What is asked of the implementation while a condition is looked for, and how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from convspec.execute import Bench
from convspec.law import Law
from convspec.predicates import Facts
from convspec.search import kind_of
from convspec.spaces import Space
from convspec.spec.case import Case
from convspec.validity import is_valid
from convspec.verdicts import Mismatch

from .variations import contents

PER_FAILURE = 500
"""Cases that one failure may cost."""

PER_RUN = 3000
"""Cases that all failures of a run may cost together."""

COMPILED = 6
"""By how much both are less where a new configuration costs a compilation."""

SURE = 5
"""Failures that all dense contents showed alike, after which fewer of them are tried."""

FEWER = 2
"""So many."""

KEPT = 60
"""Failing cases that are kept."""

DEATHS = 40
"""Processes that one failure may cost."""

HANGS = 4
"""A hang counts as this many deaths: it costs its time limit."""

Kind = tuple[object, ...]


@dataclass
class Budget:
    """Cases that are left for a whole run."""

    left: int = PER_RUN


def is_blind(case: Case) -> bool:
    """Whether much that is wrong could not show: a window holds no cell of the input, or an array
    holds one entry over and over."""
    if any(Facts(case)["blind"] or ()):
        return True
    return any(t.layout == "broadcast" and t.shape[:1] > (1,) for t in case.tensors)


def plainest(bench: Bench, laws: Mapping[str, Law], law: Law, case: Case) -> Law:
    """The law to ask: the definition of results or of gradients where it fails the case, too.

    Other laws are narrower, or see less: a law about two results passes where both are wrong alike.
    """
    plain = laws.get("gradient" if law.gradient else "definition")
    if plain is None or plain is law or law.defective or case.op.name not in plain.ops:
        return law
    space = plain.space(case.op.name, case.rank, bench.adapter.claims)
    if space is None or not plain.applies_to(case, valid=True):
        return law
    own = {t.name: (t.pattern, t.k) for t in case.tensors}
    tried = (bench.broken(plain, filled) for filled in contents(case, space, own))
    return plain if any(mismatch is not None for mismatch in tried) else law


class Oracle:
    """Puts configurations to a law until its share of the budget is spent.

    `found` is the case that failed, in the way `kind`; without one, the way of the first failure.
    A configuration fails if it fails in the wanted way with any of a few contents, so that what is
    learnt is about the configuration. One that fails in another way says nothing.
    """

    def __init__(
        self, bench: Bench, law: Law, budget: Budget, found: Case, kind: Kind | None = None
    ) -> None:
        self._bench, self._law, self._budget = bench, law, budget
        self.kind = kind
        self._own = {t.name: (t.pattern, t.k) for t in found.tensors}
        self._left = PER_FAILURE // (COMPILED if bench.adapter.claims.compiled else 1)
        self._deaths = DEATHS
        self._hits: dict[int, int] = {}
        self._alike = self._unlike = 0
        self.found = found
        self.asked = 0
        """Cases put to the law."""
        self.failures: list[tuple[Case, Mismatch]] = []
        """Cases that failed in the wanted way, the first ones, and how."""

    @property
    def deadly(self) -> bool:
        """Whether each failure costs a process."""
        return self.kind is not None and self.kind[0] in ("Crashed", "TimedOut")

    @property
    def spent(self) -> bool:
        """Whether nothing more may be asked."""
        return self._left <= 0 or self._budget.left <= 0 or self._deaths <= 0

    def first(self, case: Case) -> Mismatch | None:
        """How the case that was found fails now: with its own contents or, of a plainer law, with
        others. That is the way that is wanted from then on, and the case is `found`."""
        rank_space = self._law.space(case.op.name, case.rank, self._bench.adapter.claims)
        tried = [case] if rank_space is None else contents(case, rank_space, self._own)
        for one in tried:
            mismatch = self._put(one)
            if mismatch is not None:
                self.kind, self.found = kind_of(mismatch), one
                return mismatch
        return None

    def fails(self, case: Case, space: Space) -> bool | None:
        """Whether the configuration fails; None if it fails in another way."""
        tried = list(contents(case, space, self._own))
        # What showed it most often is tried first.
        order = sorted(range(len(tried)), key=lambda i: -self._hits.get(i, 0))
        if self._alike >= SURE:
            order = [place for place in order if place][:FEWER] or order
        other = False
        for place in order:
            mismatch = self._put(tried[place])
            if mismatch is None:
                continue
            self.kind = self.kind or kind_of(mismatch)
            if kind_of(mismatch) == self.kind:
                self._hits[place] = self._hits.get(place, 0) + 1
                settled = self.deadly or max(self._alike, self._unlike) >= SURE or len(tried) < 3
                if not settled:
                    every = all(self._put(one) is not None for one in tried[1:])
                    self._alike, self._unlike = self._alike + every, self._unlike + (not every)
                if len(self.failures) < KEPT:
                    self.failures.append((tried[place], mismatch))
                return True
            other = True
        return None if other else False

    def _put(self, case: Case) -> Mismatch | None:
        if self._law.defective and is_valid(case):
            return None  # with other contents, labels for instance, it is none to be refused
        self._left -= 1
        self._budget.left -= 1
        self.asked += 1
        mismatch = self._bench.broken(self._law, case)
        if mismatch is not None:
            self._deaths -= mismatch.cost
        return mismatch
