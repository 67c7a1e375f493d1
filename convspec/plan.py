"""How many cases each law gets: a profile's budget, divided by weight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from convspec.configurations import Grouping, seed_of
from convspec.law import Law
from convspec.profiles import (
    BUDGETS,
    CONFIGURATIONS,
    CONTENTS,
    LEAST,
    LEAST_CONFIGURATIONS,
    MOST_PER_WEIGHT,
    ONE_RANK,
)
from convspec.spec.claims import Claims
from convspec.spec.groups import ADAPTIVE, GLOBAL, SOFTMAXES, possible_ranks

RANK_WEIGHT = {0: 1.0, 1: 0.7, 2: 1.3, 3: 0.6}
OPERATION_WEIGHT = {
    "conv": 2.0, "max_pool_with_indices": 0.6, "lp_pool": 0.6, "relu": 0.15, "dense": 0.4,
    **dict.fromkeys(ADAPTIVE, 0.4), **dict.fromkeys(GLOBAL, 0.4),
    **dict.fromkeys((*SOFTMAXES, "cross_entropy"), 0.2),
}  # fmt: skip
"""What an operation weighs that does not weigh 1: much where much can go wrong."""


@dataclass(frozen=True)
class Item:
    """One test item of a run: a law, an operation, and a number of spatial axes.

    `rank` is None where the adapter claims nothing of it.
    """

    law: str
    op: str
    rank: int | None


def weight(law: Law, op: str, rank: int) -> float:
    """The share of the budget an item gets, relative to the others."""
    return law.share * OPERATION_WEIGHT.get(op, 1.0) * RANK_WEIGHT[rank]


def items(
    laws: Iterable[Law],
    claims: Claims,
    profile: str,
    ops: Sequence[str] | None = None,
    clauses: Sequence[str] | None = None,
) -> list[Item]:
    """The items of a run; an operation of a law that is not claimed at all has one, of no rank.

    `ops` and `clauses` (globs over slugs) keep those of them that match. The profiles that are to
    be quick above all look at one number of spatial axes, two where that is claimed.
    """
    found = []
    for law in laws:
        for op in law.ops:
            if not wanted(law, op, ops, clauses):
                continue
            ranks: list[int | None] = [
                r for r in possible_ranks(op) if law.space(op, r, claims) is not None
            ]
            if profile in ONE_RANK:
                ranks = [2] if 2 in ranks else ranks[:1]
            found += [Item(law.name, op, rank) for rank in ranks or [None]]
    return found


def wanted(law: Law, op: str, ops: Sequence[str] | None, clauses: Sequence[str] | None) -> bool:
    """Whether a law for an operation is among those asked for; None or nothing asks for all."""
    slug = law.slug(op)
    return (not ops or op in ops) and any(fnmatchcase(slug, glob) for glob in clauses or "*")


def counts(laws: dict[str, Law], claims: Claims, profile: str) -> dict[Item, int]:
    """Cases per item. They depend on the adapter's claims and the profile alone, so that a part
    of a run draws the cases it draws in the whole."""
    weights = {
        item: weight(laws[item.law], item.op, item.rank)
        for item in items(laws.values(), claims, profile)
        if item.rank is not None
    }
    if claims.compiled:
        each = CONTENTS[profile]
        return {item: each * configurations(profile, share) for item, share in weights.items()}
    total = sum(weights.values()) or 1.0
    result = {}
    for item, share in weights.items():
        fair = BUDGETS[profile] * share / total
        most = MOST_PER_WEIGHT[profile] * max(share, 1.0)
        result[item] = max(round(min(fair, most)), LEAST[profile])
    return result


def configurations(profile: str, share: float) -> int:
    """Configurations for an item of that weight, of an adapter that compiles for each of them."""
    return max(round(CONFIGURATIONS[profile] * share), LEAST_CONFIGURATIONS[profile])


def grouping(
    laws: Mapping[str, Law], claims: Claims, profile: str, seed: int, item: Item
) -> Grouping | None:
    """How the rows of an item are grouped; None where the adapter does not compile for shapes.

    What is invalid is refused before anything is compiled, and is not grouped either.
    """
    if not claims.compiled or item.rank is None or laws[item.law].defective:
        return None
    most = max(weight(law, item.op, item.rank) for law in laws.values() if item.op in law.ops)
    return Grouping(
        CONTENTS[profile], configurations(profile, most), seed_of(seed, item.op, item.rank)
    )
