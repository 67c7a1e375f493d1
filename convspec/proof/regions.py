"""The condition of what fails: a few words over the parameters, counted inside and outside.

A region is a conjunction of at most three simple predicates. If one of them holds for all failing
configurations and for few others, that is it. Else regions are looked for in which everything
fails, each around the smallest failing configuration that none explains yet, until a few are found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from .predicates import RAREST, Mask, Population, pairs_on_one_axis, predicates

Bits = npt.NDArray[np.uint8]
"""A mask, eight configurations a byte."""

_ONES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(axis=1)

MOSTLY = 0.7
"""The share that must fail of a region that holds all failing configurations and others, too."""

REGIONS = 6
"""Regions looked for at most; what is left then has no simple condition."""

FEW = 200
"""Of fewer configurations than this no condition of three predicates is believed."""

BREADTH = 40
"""Pairs of predicates that are tried with a third one."""


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
        """How condition and failing hang together."""
        if self.others:
            return "if"
        return "if and only if" if self.failing == self.inside else "only if"


def regions(population: Population, op: str, failing: Mask) -> tuple[list[Region], int]:
    """Conditions of the failing configurations, and how many of them none of these explains."""
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
        return [region("always", failing, failing)], 0
    atoms = _distinct(predicates(population, op))
    right = np.packbits(~failing)
    longest = 2 if len(failing) < FEW else 3
    cover = _cover(atoms, np.packbits(failing), right, longest)
    if population.rank > 1 and (cover is None or (cover[1] & right).any()):
        more = _distinct(pairs_on_one_axis(population, op, failing))
        cover = _cover([*atoms, *more], np.packbits(failing), right, longest) or cover
    if cover is not None:
        inside = np.unpackbits(cover[1], count=len(failing)).astype(bool)
        if failing.sum() >= MOSTLY * inside.sum():
            return [region(cover[0], inside, failing)], 0
    left = failing.copy()
    found: list[Region] = []
    while left.any() and len(found) < REGIONS:
        best = _best(atoms, smallest(left), np.packbits(left), right)
        if best is None:
            break
        inside = np.unpackbits(best[1], count=len(failing)).astype(bool)
        found.append(region(best[0], inside, inside & left))
        left &= ~inside
    return found, int(left.sum())


def _distinct(atoms: Iterable[tuple[str, Mask]]) -> list[tuple[str, Bits]]:
    """The predicates that tell anything apart, each set of configurations once."""
    found: dict[bytes, tuple[str, Bits]] = {}
    for text, mask in atoms:
        if mask.any() and not mask.all():
            bits = np.packbits(mask)
            found.setdefault(bits.tobytes(), (text, bits))
    return list(found.values())


def _cover(
    atoms: list[tuple[str, Bits]], failing: Bits, right: Bits, longest: int
) -> tuple[str, Bits] | None:
    """The condition that holds for all failing configurations and the fewest right ones."""
    here = [(text, bits) for text, bits in atoms if not (failing & ~bits).any()]
    here.sort(key=lambda atom: _count(atom[1] & right))
    bad = [bits & right for _, bits in here]
    fewest: tuple[int, tuple[int, ...]] | None = None
    for size in range(1, longest + 1):
        for members in combinations(range(len(here) if size < 3 else min(len(here), RAREST)), size):
            wrong = _count(np.bitwise_and.reduce([bad[i] for i in members]))
            if fewest is None or wrong < fewest[0]:
                fewest = wrong, members
        if fewest is None or fewest[0] == 0:
            break
    if fewest is None:
        return None
    return " and ".join(here[i][0] for i in fewest[1]), np.bitwise_and.reduce(
        [here[i][1] for i in fewest[1]]
    )


def _count(bits: Bits) -> int:
    return int(_ONES[bits].sum())


def _best(
    atoms: list[tuple[str, Bits]], seed: int, left: Bits, right: Bits
) -> tuple[str, Bits] | None:
    """The condition that explains the most of what is left: ≤ 3 predicates true at `seed`.

    No right configuration may fulfil it; the shorter one among equals is taken.
    """
    here = [(t, bits) for t, bits in atoms if bits[seed // 8] >> (7 - seed % 8) & 1]
    good = [bits & left for _, bits in here]
    bad = [bits & right for _, bits in here]
    best: tuple[int, tuple[int, ...]] = 0, ()

    def consider(members: tuple[int, ...], explained: int) -> None:
        nonlocal best
        if explained > best[0]:
            best = explained, members

    total = _count(left)
    for i, bits in enumerate(bad):
        if not bits.any():
            consider((i,), _count(good[i]))
    pairs: list[tuple[float, int, int]] = []
    if best[0] < total:
        for i, j in combinations(range(len(here)), 2):
            wrong, explained = _count(bad[i] & bad[j]), _count(good[i] & good[j])
            if not wrong:
                consider((i, j), explained)
            pairs.append((explained / (1 + wrong), i, j))
    if best[0] < total:
        pairs.sort(reverse=True)
        for _, i, j in pairs[:BREADTH]:
            both_bad, both_good = bad[i] & bad[j], good[i] & good[j]
            for m in range(len(here)):
                if not (both_bad & bad[m]).any():
                    consider((i, j, m), _count(both_good & good[m]))
    if not best[0]:
        return None
    members = sorted(set(best[1]))
    inside = np.bitwise_and.reduce([here[i][1] for i in members])
    return " and ".join(here[i][0] for i in members), inside
