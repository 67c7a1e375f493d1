"""The rules that what was asked so far leaves possible: conjunctions, or one of two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .atoms import Atoms, atoms, joined
from .rules import Mask, cheapest
from .table import Table

LONGEST = 5
"""Predicates that are joined by "and" at most."""

WIDTH = 40
"""Rules that are carried on while longer ones are looked for."""

SAID = 40
"""Things said of an axis that are joined in pairs."""

ALWAYS = "True"
"""The rule of what fails in every case."""

WRONG = 1.8
"""What a passing case inside a rule costs; a predicate costs 3 and more."""

MISSED = 12.0
"""What a failing case outside costs."""

RIVALS = 6.0
"""How much more than the best a rule may cost and still be taken for possible."""

ALIKE = 6
"""Predicates kept that agree on all cases asked for, and not on others."""


@dataclass(frozen=True)
class Atom:
    """One predicate of a rule: its text, its price, and the cases that it holds for."""

    text: str
    price: float
    mask: Mask


@dataclass(frozen=True)
class Rule:
    """A conjunction of predicates, or several of which one is enough. `cost`: its description's."""

    parts: tuple[tuple[Atom, ...], ...]
    cost: float

    def holds(self, size: int) -> Mask:
        """Where it holds."""
        mask = np.zeros(size, bool)
        for part in self.parts:
            mask |= np.logical_and.reduce([np.ones(size, bool), *(atom.mask for atom in part)])
        return mask

    @property
    def price(self) -> float:
        """What its predicates cost, without its exceptions."""
        return sum(atom.price for part in self.parts for atom in part)

    @property
    def text(self) -> str:
        """The predicate."""
        if any(not part for part in self.parts):
            return ALWAYS
        texts = [" and ".join(atom.text for atom in part) for part in self.parts]
        return " or ".join(texts)


def possible(table: Table, failing: Mask, right: Mask, wrong: float) -> list[Rule]:
    """The possible rules, best first. `wrong`: what a passing case inside a rule costs."""
    every = atoms(table)
    rules = _conjunctions(every, failing, right, wrong)
    several = sum(atom.text.startswith("any(") for atom in rules[0].parts[0]) > 1
    if several or rules[0].cost - rules[0].price > 2 * wrong:
        needed = every.masks[:, failing].all(axis=1)
        said = [
            every.axis[i] for i in np.flatnonzero(needed)
            if every.axis[i] and every.texts[i].startswith("any(")
        ]  # fmt: skip
        pairs = joined(table, said, failing, right, SAID)
        rules += _conjunctions(_both(every, pairs), failing, right, wrong)
        rules.sort(key=lambda rule: (rule.cost, len(rule.parts[0])))
    if rules[0].cost - rules[0].price > 4 * wrong:
        rules = sorted([*_either(every, failing, right, wrong), *rules], key=lambda r: r.cost)
    return [rule for rule in rules if rule.cost <= rules[0].cost + RIVALS][: 2 * WIDTH]


def _conjunctions(every: Atoms, failing: Mask, right: Mask, wrong: float) -> list[Rule]:
    """Rules without "or", best first."""
    needed = every.masks[:, failing].all(axis=1) & right.any()
    usable = needed & ~every.masks[:, right].all(axis=1)
    here: list[int] = []
    alike: dict[bytes, list[int]] = {}
    seen: set[bytes] = set()
    whole, among = np.packbits(every.masks, axis=1), every.masks[:, right]
    there = np.packbits(among, axis=1)
    for i in np.flatnonzero(usable).tolist():
        if (everywhere := whole[i].tobytes()) in seen:
            continue
        seen.add(everywhere)
        group = alike.setdefault(there[i].tobytes(), [])
        if not group:
            here.append(i)
        if len(group) < ALIKE:
            group.append(i)
    found = cheapest(among[here], every.prices[here].tolist(), wrong, LONGEST, WIDTH)
    made: dict[int, Atom] = {}

    def rule(members: Sequence[int], cost: float) -> Rule:
        for i in members:
            made.setdefault(i, Atom(every.texts[i], float(every.prices[i]), every.masks[i]))
        return Rule((tuple(made[i] for i in members),), cost)

    rules = []
    for entry in found:
        if entry.cost > found[0].cost + RIVALS:
            break
        members = [here[m] for m in entry.members]
        rules.append(rule(members, entry.cost))
        # And with one predicate replaced by another that looks the same so far.
        for place, i in enumerate(members):
            for other in alike[there[i].tobytes()][1:]:
                more = float(every.prices[other] - every.prices[i])
                swapped = [*members[:place], other, *members[place + 1 :]]
                rules.append(rule(swapped, entry.cost + more))
    return sorted(rules, key=lambda rule: (rule.cost, len(rule.parts[0])))


def _either(every: Atoms, failing: Mask, right: Mask, wrong: float) -> list[Rule]:
    """A rule of two conjunctions, each of which holds for a part of what fails, if any."""
    left = failing.copy()
    parts: list[tuple[Atom, ...]] = []
    while left.any() and len(parts) < 2:
        places = _part(every, left, right)
        if not places:
            return []
        part = [Atom(every.texts[i], float(every.prices[i]), every.masks[i]) for i in places]
        parts.append(tuple(part))
        left &= ~np.logical_and.reduce([atom.mask for atom in part])
    rule = Rule(tuple(parts), 0.0)
    holds = rule.holds(len(failing))
    cost = rule.price + 2.0 * (len(parts) - 1)
    cost += wrong * int((holds & right).sum()) + MISSED * int((failing & ~holds).sum())
    return [Rule(rule.parts, cost)]


def _both(one: Atoms, other: Atoms) -> Atoms:
    """All of both; the second ones come last whatever they cost."""
    return Atoms(
        (*one.texts, *other.texts), (*one.axis, *other.axis),
        np.concatenate([one.prices, other.prices]), np.concatenate([one.masks, other.masks]),
    )  # fmt: skip


def _part(every: Atoms, left: Mask, right: Mask) -> tuple[int, ...]:
    """The conjunction of at most three that holds for much of what is left, and little else."""
    pool = np.flatnonzero(every.masks[:, left].sum(axis=1) * 4 >= left.sum())
    good = every.masks[np.ix_(pool, np.flatnonzero(left))].astype(np.float32)
    bad = every.masks[np.ix_(pool, np.flatnonzero(right))].astype(np.float32)
    prices = every.prices[pool]
    best: tuple[float, tuple[int, ...]] = np.inf, ()
    front: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for _ in range(3):
        grown: dict[tuple[int, ...], float] = {}
        for _, members in front:
            here = np.ones(good.shape[1], np.float32), np.ones(bad.shape[1], np.float32)
            for m in members:
                here = here[0] * good[m], here[1] * bad[m]
            # What is missed may still be the other part's.
            missed, wrong = left.sum() - good @ here[0], bad @ here[1]
            costs = prices + sum(prices[m] for m in members) + WRONG * wrong + 0.8 * missed
            for at in np.argsort(costs, kind="stable")[:12].tolist():
                if at not in members:
                    grown[tuple(sorted((*members, at)))] = float(costs[at])
        front = sorted((cost, members) for members, cost in grown.items())[:12]
        if front and front[0][0] < best[0]:
            best = front[0]
    return tuple(int(pool[m]) for m in best[1])
