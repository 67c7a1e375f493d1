"""The condition of what fails: a few words over the parameters, counted inside and outside.

A region is a conjunction of at most three simple predicates. If one of them holds for all failing
configurations and for few others, that is it. Else regions are looked for in which everything
fails, each around the smallest failing configuration that none explains yet, until a few are found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from convspec.diagnosis.rules import Mask, cover, distinct, largest

from .predicates import Population, pairs_on_one_axis, predicates

MOSTLY = 0.7
"""The share that must fail of a region that holds all failing configurations and others, too."""

REGIONS = 6
"""Regions looked for at most; what is left then has no simple condition."""

FEW = 200
"""Of fewer configurations than this no condition of three predicates is believed."""


@dataclass(frozen=True)
class Region:
    """Configurations that a condition holds for: `failing` of `inside`.

    Outside, `others` of `outside` fail. `smallest` is the number of the smallest one that fails.
    """

    condition: str
    failing: int
    inside: int
    others: int
    outside: int
    smallest: int

    @property
    def strength(self) -> str:
        """How condition and failing hang together; "" if there is no condition."""
        if not self.condition:
            return ""
        if self.others:
            return "if"
        return "if and only if" if self.failing == self.inside else "only if"


def regions(population: Population, op: str, failing: Mask) -> list[Region]:
    """The failing configurations by condition; last, with none, those that none explains."""
    order = population.sizes()

    def smallest(among: Mask) -> int:
        return int(np.argmin(np.where(among, order, np.inf)))

    def region(condition: str, inside: Mask, new: Mask) -> Region:
        wrong = int((inside & failing).sum())
        return Region(
            condition, wrong, int(inside.sum()), int(failing.sum()) - wrong,
            int((~inside).sum()), int(population.numbers[smallest(new)]),
        )  # fmt: skip

    if failing.all():
        return [region("always", failing, failing)]
    atoms = distinct(predicates(population, op))
    right = np.packbits(~failing)
    longest = 2 if len(failing) < FEW else 3
    best = cover(atoms, np.packbits(failing), right, longest)
    if population.rank > 1 and (best is None or (best[1] & right).any()):
        more = distinct(pairs_on_one_axis(population, op, failing))
        best = cover([*atoms, *more], np.packbits(failing), right, longest) or best
    if best is not None:
        inside = np.unpackbits(best[1], count=len(failing)).astype(bool)
        if failing.sum() >= MOSTLY * inside.sum():
            return [region(best[0], inside, failing)]
    left = failing.copy()
    found: list[Region] = []
    while left.any() and len(found) < REGIONS:
        best = largest(atoms, smallest(left), np.packbits(left), right)
        if best is None:
            break
        inside = np.unpackbits(best[1], count=len(failing)).astype(bool)
        found.append(region(best[0], inside, inside & left))
        left &= ~inside
    return [*found, region("", left, left)] if left.any() else found
