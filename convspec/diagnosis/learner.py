"""Learning the condition of a failure: ask, find the shortest rule, ask what would refute it.

Cases around the smallest failing one come first, then rows drawn from the law's whole space. From
then on, questions go where the best rules disagree, where one of their predicates alone is flipped,
and inside and outside at random, until nothing is left to ask or nothing changes any more.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from convspec.spaces import Space
from convspec.spec.case import Case

from .atoms import Atoms, atoms, joined
from .oracle import Oracle, is_blind
from .rules import Mask, cheapest
from .table import Table
from .variations import LARGEST, Values, changed, drawn, moved, one_at_a_time, values_of

BESIDE = 4
"""Other levels that each factor of the smallest case is tried at."""

ROWS = 45
"""Rows of the whole space that are asked for at first."""

FEWER_ROWS = 9
"""So many where each failure costs a process."""

AROUND_RIGHT = 40
"""Changed right cases that are asked for then."""

MOVED = 6
"""Cases in each other number of axes that the smallest case is turned into."""

POOL = 300
"""Rows of the whole space among which questions are looked for."""

GROWN = 90
"""Changed failing cases that are added to them in every round."""

QUESTIONS = 10
"""Cases asked for in a round because rules disagree about them."""

ROUNDS = 14
"""Rounds of questions at most."""

CALM = 3
"""Rounds without a surprise after which a rule stands."""

LONGEST = 5
"""Predicates that are joined by "and" at most."""

WIDTH = 40
"""Rules that are carried on while longer ones are looked for."""

SAID = 40
"""Things said of an axis that are joined in pairs."""

ALWAYS = "True"
"""The rule of what fails in every case."""

ABOUT = {
    "window": ("kernel", "span", "taps", "tail", "overhang"), "stride": ("stride", "tail"),
    "dilation": ("dilation", "span"), "low": ("low", "padded"), "high": ("high", "padded"),
    "outputs": ("outputs", "size", "plane", "output_size"), "size": ("size", "plane"),
    "tail": ("tail", "overhang", "size", "output_padding", "output_size"), "fold": ("size",),
    "extra": ("size", "outputs"), "channels": ("channels",), "filters": ("filters",),
    "groups": ("groups",), "batch": ("batch",), "bias": ("bias",), "dtype": ("dtype",),
    "padding": ("padding",), "ceil_mode": ("ceil_mode", "overhang"), "mode": ("mode",),
    "count_include_pad": ("count_include_pad",), "p": ("p ",), "x.layout": ("x_layout",),
    "w.layout": ("w_layout",), "value": ("value",),
}  # fmt: skip
"""Factor of a case space → the facts that it has a say in."""

WRONG = 1.8
"""What a passing case inside a rule costs; a predicate costs 3 and more."""

MISSED = 12.0
"""What a failing case outside costs."""

MOSTLY = 0.7
"""The share that must fail inside a rule; of fewer, it says too little."""

RIVALS = 6.0
"""How much more than the best a rule may cost and still be taken for possible."""

ALIKE = 6
"""Predicates kept that agree on all cases asked for, and not on others."""


@dataclass(frozen=True)
class Condition:
    """A rule, and what it does among the cases tried.

    `inside` and `outside`: how many fail, and how many were tried. `rule` is empty if there is no
    simple condition; `asked` counts the cases put to the law.
    """

    rule: str
    inside: tuple[int, int]
    outside: tuple[int, int]
    asked: int = 0

    @property
    def strength(self) -> str:
        """How rule and failing hang together; "" without a rule."""
        if not self.rule:
            return ""
        if self.outside[0]:
            return "if"
        return "if and only if" if self.inside[0] == self.inside[1] else "only if"


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


class Learner:
    """The cases asked for about one failure, and the rule that follows from them."""

    def __init__(self, oracle: Oracle, spaces: dict[int, Space], found: Case, seed: int) -> None:
        self._oracle = oracle
        self._spaces = spaces
        self._found = found
        self._draw = random.Random(seed)
        self._table = Table()
        self._answers: dict[int, bool] = {}
        self._values: dict[int, tuple[int, Values]] = {}
        self._unsure: set[int] = set()
        self._blind = is_blind(found)
        # Where failures cost a process there are few, and what passes says the more.
        self._wrong = 3 * WRONG if oracle.deadly else WRONG

    def learn(self) -> Condition | None:
        """The condition; None if the smallest case could not even be asked for again."""
        if not self._begin():
            return None
        calm, before = 0, ""
        rivals: list[Rule] = []
        for _ in range(ROUNDS):
            self._grow(rivals)
            rivals = self._rivals()
            if self._oracle.spent or calm >= CALM:
                break
            surprised = self._question(rivals)
            calm = 0 if surprised or rivals[0].text != before else calm + 1
            before = rivals[0].text
        rivals = self._rivals()
        return self._condition(rivals[0])

    # Asking ------------------------------------------------------------------------------

    def _begin(self) -> bool:
        rank = self._found.rank
        space = self._spaces.get(rank)
        if space is None:
            return False
        deadly = self._oracle.deadly
        values = values_of(self._found, space)
        first = self._table.add(self._found)
        if self._oracle.fails(self._found, space) is not True:
            return False
        self._answers[first] = True
        if values is not None:
            self._values[first] = rank, values
            for variation in one_at_a_time(values, space, 1 if deadly else BESIDE):
                self._ask(self._enter(rank, variation))
            for target in self._spaces:
                for _ in range((1 if deadly else MOVED) if target != rank else 0):
                    self._ask(self._enter(target, self._moved(values, rank, target)))
        for target, other in self._spaces.items():
            for turn in range(POOL // len(self._spaces)):
                row = self._enter(target, drawn(other, self._draw))
                if turn < (FEWER_ROWS if deadly else ROWS) // len(self._spaces):
                    self._ask(row)
        if deadly:
            self._ask_around_right_ones()
        return True

    def _ask_around_right_ones(self) -> None:
        """Ask about cases beside right ones: most of them are right, too, and cost no process."""
        for _ in range(AROUND_RIGHT):
            right = [r for r, failed in self._answers.items() if not failed and r in self._values]
            if right:
                rank, values = self._values[self._draw.choice(right)]
                factors = self._draw.choice((1, 2, 3))
                self._ask(
                    self._enter(rank, changed(values, self._spaces[rank], self._draw, factors))
                )

    def _moved(self, values: Values, source: int, target: int) -> Values:
        return moved(values, source, target, self._spaces[target], self._draw)

    def _enter(self, rank: int, values: Values) -> int | None:
        """The row of the case with these values; None if there is none worth asking for."""
        try:
            case = self._spaces[rank].build(values)
        except (KeyError, ValueError):
            return None
        # Where much could not show, passing says little, unless that is what the failure is about.
        if case.cells > LARGEST or (is_blind(case) and not self._blind):
            return None
        row = self._table.add(case)
        self._values.setdefault(row, (rank, values))
        return row

    def _ask(self, row: int | None) -> bool | None:
        if row is None or row in self._answers or row in self._unsure or self._oracle.spent:
            return None
        case = self._table.cases[row]
        answer = self._oracle.fails(case, self._spaces[case.rank])
        if answer is None:
            self._unsure.add(row)
        else:
            self._answers[row] = answer
        return answer

    def _grow(self, rivals: Sequence[Rule]) -> None:
        """Add what failing cases become when a few of their parameters change.

        Half of the time those parameters change that the possible rules are about.
        """
        said = " ".join(rule.text for rule in rivals)
        stems = tuple(stem for stem, facts in ABOUT.items() if any(fact in said for fact in facts))
        failing = [r for r, failed in self._answers.items() if failed and r in self._values]
        if not failing:
            return
        ranks = list(self._spaces)
        for _ in range(GROWN):
            rank, values = self._values[self._draw.choice(failing)]
            target = self._draw.choice(ranks) if self._draw.random() < 0.3 else rank
            if target != rank:
                values = self._moved(values, rank, target)
            factors = self._draw.choice((1, 1, 2, 3))
            among = stems if self._draw.random() < 0.5 else ()
            self._enter(target, changed(values, self._spaces[target], self._draw, factors, among))

    def _question(self, rivals: list[Rule]) -> bool:
        """Ask what would refute the best rules; whether anything did."""
        size = len(self._table)
        best = rivals[0].holds(size)
        open_rows = np.ones(size, bool)
        open_rows[list(self._answers)] = False
        open_rows[list(self._unsure)] = False
        rows: list[int] = self._disputed(rivals, open_rows)
        for part in rivals[0].parts:
            for atom in part:
                others = [a.mask for a in part if a is not atom]
                flipped = np.logical_and.reduce([open_rows, ~best, ~atom.mask, *others])
                rows += self._some(flipped, 2)
        rows += self._some(open_rows & best, 6)
        rows += self._some(open_rows & ~best, 5)
        surprised = False
        for row in dict.fromkeys(rows):
            answer = self._ask(row)
            surprised |= answer is not None and answer != bool(best[row])
        return surprised

    def _some(self, mask: Mask, most: int) -> list[int]:
        rows = np.flatnonzero(mask).tolist()
        return self._draw.sample(rows, min(most, len(rows)))

    def _disputed(self, rivals: list[Rule], open_rows: Mask) -> list[int]:
        """Cases about which the rules disagree, a different disagreement each."""
        if len(rivals) < 2 or not open_rows.any():
            return []
        votes = np.array([rule.holds(len(self._table)) for rule in rivals])
        weight = np.array([2.0 ** (rivals[0].cost - rule.cost) for rule in rivals])
        share = weight @ votes / weight.sum()
        dispute = np.where(open_rows, share * (1 - share), 0.0)
        chosen: list[int] = []
        patterns: set[bytes] = set()
        cells = np.array([case.cells for case in self._table.cases])
        for row in np.lexsort((cells, -np.round(dispute, 6))):
            if dispute[row] <= 0 or len(chosen) >= QUESTIONS:
                break
            pattern = votes[:, row].tobytes()
            if pattern not in patterns:
                patterns.add(pattern)
                chosen.append(int(row))
        return chosen

    # Finding rules -----------------------------------------------------------------------

    def _masks(self) -> tuple[Mask, Mask]:
        size = len(self._table)
        failing, right = np.zeros(size, bool), np.zeros(size, bool)
        failing[[row for row, failed in self._answers.items() if failed]] = True
        right[[row for row, failed in self._answers.items() if not failed]] = True
        return failing, right

    def _rivals(self) -> list[Rule]:
        """The possible rules, best first."""
        failing, right = self._masks()
        every = atoms(self._table)
        rules = self._conjunctions(every, failing, right)
        several = sum(atom.text.startswith("any(") for atom in rules[0].parts[0]) > 1
        if several or rules[0].cost - rules[0].price > 2 * self._wrong:
            needed = every.masks[:, failing].all(axis=1)
            said = [
                every.axis[i] for i in np.flatnonzero(needed)
                if every.axis[i] and every.texts[i].startswith("any(")
            ]  # fmt: skip
            pairs = joined(self._table, said, failing, right, SAID)
            rules += self._conjunctions(_both(every, pairs), failing, right)
            rules.sort(key=lambda rule: (rule.cost, len(rule.parts[0])))
        if rules[0].cost - rules[0].price > 4 * self._wrong:
            rules = sorted([*self._either(every, failing, right), *rules], key=lambda r: r.cost)
        return [rule for rule in rules if rule.cost <= rules[0].cost + RIVALS][: 2 * WIDTH]

    def _conjunctions(self, every: Atoms, failing: Mask, right: Mask) -> list[Rule]:
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
        found = cheapest(among[here], every.prices[here].tolist(), self._wrong, LONGEST, WIDTH)
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

    def _either(self, every: Atoms, failing: Mask, right: Mask) -> list[Rule]:
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
        cost += self._wrong * int((holds & right).sum()) + MISSED * int((failing & ~holds).sum())
        return [Rule(rule.parts, cost)]

    def _condition(self, rule: Rule) -> Condition:
        failing, right = self._masks()
        holds = rule.holds(len(failing))
        text = rule.text
        inside = int((holds & failing).sum()), int((holds & (failing | right)).sum())
        outside = int((~holds & failing).sum()), int((~holds & (failing | right)).sum())
        asked = self._oracle.asked
        poor = inside[0] < MOSTLY * inside[1] or outside[0] * 10 > inside[0]
        if poor or (text == ALWAYS and inside[0] < inside[1]):
            total = int(failing.sum()), int((failing | right).sum())
            return Condition("", (0, 0), total, asked)
        return Condition(text, inside, outside, asked)


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
