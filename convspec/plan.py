"""How many cases each law gets: a profile's budget, divided by weight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from convspec.law import Law
from convspec.profiles import BUDGETS, LEAST, MOST_PER_WEIGHT, ONE_RANK
from convspec.spec.claims import Claims

RANK_WEIGHT = {1: 0.7, 2: 1.3, 3: 0.6}
OPERATION_WEIGHT = {"conv": 2.0, "max_pool_with_indices": 0.6}
_OTHERS = 1.0
_GLOBAL = 0.4


@dataclass(frozen=True)
class Item:
    """One test item of a run: a law, an operation, and a number of spatial axes (0: unclaimed)."""

    law: str
    op: str
    rank: int


def weight(law: Law, op: str, rank: int) -> float:
    """The share of the budget an item gets, relative to the others."""
    operation = _GLOBAL if op.startswith("global") else OPERATION_WEIGHT.get(op, _OTHERS)
    return law.share * operation * RANK_WEIGHT[rank]


def items(
    laws: Iterable[Law],
    claims: Claims,
    profile: str,
    ops: Sequence[str] | None = None,
    clauses: Sequence[str] | None = None,
) -> list[Item]:
    """The items of a run; an operation of a law that is not claimed at all has one, with rank 0.

    `ops` and `clauses` (globs over slugs) keep those of them that match. The profiles that are to
    be quick above all look at one number of spatial axes, two where that is claimed.
    """
    found = []
    for law in laws:
        for op in law.ops:
            if not wanted(law, op, ops, clauses):
                continue
            ranks = [rank for rank in (1, 2, 3) if law.space(op, rank, claims) is not None]
            if profile in ONE_RANK:
                ranks = [2] if 2 in ranks else ranks[:1]
            found += [Item(law.name, op, rank) for rank in ranks or [0]]
    return found


def wanted(law: Law, op: str, ops: Sequence[str] | None, clauses: Sequence[str] | None) -> bool:
    """Whether a law for an operation is among those asked for; None or nothing asks for all."""
    slug = law.slug(op)
    return (not ops or op in ops) and any(fnmatchcase(slug, glob) for glob in clauses or "*")


def counts(laws: dict[str, Law], claims: Claims, profile: str) -> dict[Item, int]:
    """Cases per item. They depend on the adapter's claims and the profile alone, so that a part
    of a run draws the cases it draws in the whole."""
    planned = [item for item in items(laws.values(), claims, profile) if item.rank]
    weights = {item: weight(laws[item.law], item.op, item.rank) for item in planned}
    total = sum(weights.values()) or 1.0
    result = {}
    for item, share in weights.items():
        fair = BUDGETS[profile] * share / total
        most = MOST_PER_WEIGHT[profile] * max(share, 1.0)
        result[item] = max(round(min(fair, most)), LEAST[profile])
    return result
