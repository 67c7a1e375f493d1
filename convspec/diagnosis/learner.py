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

from .oracle import Oracle, is_blind
from .rivals import ALWAYS, WRONG, Rule, possible
from .rules import Mask
from .table import Table
from .variations import LARGEST, Values, changed, drawn, moved, one_at_a_time, values_of

BESIDE = 4
"""Other levels that each factor of the smallest case is tried at."""

ROWS = 60
"""Rows of the whole space that are asked for at first."""

FEWER_ROWS = 9
"""So many where each failure costs a process."""

AROUND_RIGHT = 40
"""Changed right cases that are asked for then."""

MOVED = 6
"""Cases in each other number of axes that the smallest case is turned into."""

POOL = 300
"""Rows of the whole space among which questions are looked for."""

GROWN = 150
"""Changed failing cases that are added to them in every round."""

QUESTIONS = 10
"""Cases asked for in a round because rules disagree about them."""

ROUNDS = 25
"""Rounds of questions at most."""

CALM = 6
"""Rounds without a surprise after which a rule stands."""

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

MOSTLY = 0.7
"""The share that must fail inside a rule; of fewer, it says too little."""


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
            rivals = possible(self._table, *self._masks(), self._wrong)
            if self._oracle.spent or calm >= CALM:
                break
            surprised = self._question(rivals)
            calm = 0 if surprised or rivals[0].text != before else calm + 1
            before = rivals[0].text
        rivals = possible(self._table, *self._masks(), self._wrong)
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

    # What follows ------------------------------------------------------------------------

    def _masks(self) -> tuple[Mask, Mask]:
        size = len(self._table)
        failing, right = np.zeros(size, bool), np.zeros(size, bool)
        failing[[row for row, failed in self._answers.items() if failed]] = True
        right[[row for row, failed in self._answers.items() if not failed]] = True
        return failing, right

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
