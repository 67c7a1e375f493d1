"""The search for a rule: which conjunction of simple predicates tells failing from right.

A predicate is known here by where it holds among the configurations at hand, eight of them a byte,
so that the same search serves whole populations and a few hundred cases that were asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint8]
"""A mask, eight configurations a byte."""

RAREST = 24
"""Predicates that are combined where combinations are many: those that hold least often."""

BREADTH = 40
"""Pairs of predicates that are tried with a third one."""

_ONES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(axis=1)


def count(bits: Bits) -> int:
    """How many configurations a mask holds."""
    return int(_ONES[bits].sum())


def distinct(atoms: Iterable[tuple[str, Mask]]) -> list[tuple[str, Bits]]:
    """The predicates that tell anything apart, each set of configurations once."""
    found: dict[bytes, tuple[str, Bits]] = {}
    for text, mask in atoms:
        if mask.any() and not mask.all():
            bits = np.packbits(mask)
            found.setdefault(bits.tobytes(), (text, bits))
    return list(found.values())


def cover(
    atoms: list[tuple[str, Bits]], failing: Bits, right: Bits, longest: int
) -> tuple[str, Bits] | None:
    """The condition that holds for all failing configurations and the fewest right ones."""
    here = [(text, bits) for text, bits in atoms if not (failing & ~bits).any()]
    here.sort(key=lambda atom: count(atom[1] & right))
    bad = [bits & right for _, bits in here]
    fewest: tuple[int, tuple[int, ...]] | None = None
    for size in range(1, longest + 1):
        for members in combinations(range(len(here) if size < 3 else min(len(here), RAREST)), size):
            wrong = count(np.bitwise_and.reduce([bad[i] for i in members]))
            if fewest is None or wrong < fewest[0]:
                fewest = wrong, members
        if fewest is None or fewest[0] == 0:
            break
    if fewest is None:
        return None
    return " and ".join(here[i][0] for i in fewest[1]), np.bitwise_and.reduce(
        [here[i][1] for i in fewest[1]]
    )


def largest(
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

    total = count(left)
    for i, bits in enumerate(bad):
        if not bits.any():
            consider((i,), count(good[i]))
    pairs: list[tuple[float, int, int]] = []
    if best[0] < total:
        for i, j in combinations(range(len(here)), 2):
            wrong, explained = count(bad[i] & bad[j]), count(good[i] & good[j])
            if not wrong:
                consider((i, j), explained)
            pairs.append((explained / (1 + wrong), i, j))
    if best[0] < total:
        pairs.sort(reverse=True)
        for _, i, j in pairs[:BREADTH]:
            both_bad, both_good = bad[i] & bad[j], good[i] & good[j]
            for m in range(len(here)):
                if not (both_bad & bad[m]).any():
                    consider((i, j, m), count(both_good & good[m]))
    if not best[0]:
        return None
    members = sorted(set(best[1]))
    inside = np.bitwise_and.reduce([here[i][1] for i in members])
    return " and ".join(here[i][0] for i in members), inside


class Weighed(NamedTuple):
    """A conjunction: places of its predicates, and what it costs in all."""

    members: tuple[int, ...]
    cost: float


def cheapest(
    right: Mask, prices: Sequence[float], wrong_price: float, longest: int, width: int
) -> list[Weighed]:
    """The conjunctions with the shortest description, best first: predicates and exceptions.

    All predicates hold for every failing configuration; `right` tells for each of them which of the
    others it holds for: (predicates, configurations). Each of those costs `wrong_price` if it is
    inside. Searched by length, the `width` best of one going into the next.
    """
    holds, cost = right.astype(np.float32), np.asarray(prices, float)
    found = [Weighed((), wrong_price * right.shape[1])]
    front: list[tuple[int, ...]] = [()]
    inside = np.ones((1, right.shape[1]), np.float32)
    paid, wrong = np.zeros(1), np.full(1, float(right.shape[1]))
    for _ in range(longest if len(cost) else 0):
        left = holds @ inside.T
        totals = paid + cost[:, None] + wrong_price * left
        totals[left >= wrong] = np.inf
        best: dict[tuple[int, ...], tuple[float, int, int]] = {}
        order = np.argsort(totals, axis=None, kind="stable")[: 4 * width]
        for flat in order.tolist():
            at, entry = divmod(flat, totals.shape[1])
            if np.isinf(totals[at, entry]) or len(best) >= width:
                break
            best.setdefault(tuple(sorted((*front[entry], at))), (totals[at, entry], at, entry))
        if not best:
            break
        front = list(best)
        rows = [at for _, at, _ in best.values()]
        heads = [entry for _, _, entry in best.values()]
        wrong = left[rows, heads]
        paid = paid[heads] + cost[rows]
        inside = inside[heads] * holds[rows]
        found += [Weighed(m, float(total)) for m, (total, _, _) in best.items()]
    return sorted(found, key=lambda entry: (entry.cost, len(entry.members)))
