"""How often the condition that is found is the planted one.

Each planted fault that says when it shows (`Mutant.when`) is run against its law as in a profile;
the smallest failure's condition is looked for, and compared with what was planted on cases drawn
anew from the space of the law that was asked, and on cases beside the planted condition's edge.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from convspec.adapters.mutants import MUTANTS
from convspec.adapters.opening import open_adapter
from convspec.execute import Bench
from convspec.law import Law, all_laws
from convspec.plan import Item, counts
from convspec.predicates import Facts, Predicate
from convspec.search import seed_of
from convspec.spaces import Space
from convspec.spec.case import Case

from .learner import Condition, Learner
from .oracle import Budget, Oracle, is_blind, plainest
from .variations import LARGEST, changed, contents, drawn, spaces_of

DRAWN = 2000
"""Cases on which two conditions have to agree to be the same."""

BESIDE = 1000
"""And as many beside others, one or two parameters apart from cases in the planted region."""


@dataclass(frozen=True)
class Measured:
    """What became of one planted fault. `disagree`: cases that tell the conditions apart."""

    name: str
    law: str
    case: str
    condition: Condition | None
    disagree: int
    compared: int

    @property
    def planted(self) -> str:
        """The condition as planted."""
        return MUTANTS[self.name].when

    @property
    def equal(self) -> bool:
        """Whether the condition found is the planted one."""
        return self.condition is not None and bool(self.condition.rule) and not self.disagree


def measured(name: str, profile: str = "quick", seed: int = 0) -> Measured:
    """Find one planted fault, learn its condition, and compare."""
    bench, law, case = _found(name, profile, seed)
    if case is None:
        return Measured(name, "", "", None, 0, 0)
    op, claims = MUTANTS[name].op, bench.adapter.claims
    asked = plainest(bench, all_laws(), law, case)
    spaces = spaces_of(asked, op, claims)
    oracle = Oracle(bench, asked, Budget(), case)
    condition = Learner(oracle, spaces, case, seed_of(seed, case.line)).learn()
    bench.close()
    planted = Predicate.parse(MUTANTS[name].when)
    rule = condition.rule if condition is not None else ""
    cases = list(sample(spaces, planted, seed))
    found = Predicate.parse(rule) if rule else None
    facts = [Facts(one) for one in cases]
    disagree = sum(found is None or found.holds_for(one) != planted.holds_for(one) for one in facts)
    return Measured(name, asked.name, case.line, condition, disagree, len(cases))


def sample(spaces: dict[int, Space], planted: Predicate, seed: int) -> Iterator[Case]:
    """Cases drawn from the spaces, and cases beside those that lie in the planted region."""
    draw = random.Random(seed)
    inside = []
    for turn in range(DRAWN):
        rank = list(spaces)[turn % len(spaces)]
        values = drawn(spaces[rank], draw)
        case = spaces[rank].build(values)
        yield case
        if planted.holds(case):
            inside.append((rank, values))
    for _ in range(BESIDE if inside else 0):
        rank, values = draw.choice(inside)
        yield spaces[rank].build(changed(values, spaces[rank], draw, draw.choice((1, 2))))


def shown(name: str, number: int = 150, seed: int = 1) -> tuple[int, int, int, int]:
    """Whether a planted condition is true: failing and all cases inside, failing and all outside.

    That is asked of drawn cases, each with a few contents; for the catalogue's own tests.
    """
    bench, law, case = _found(name, "quick", 0)
    assert case is not None
    asked = plainest(bench, all_laws(), law, case)
    spaces = spaces_of(asked, MUTANTS[name].op, bench.adapter.claims)
    planted = Predicate.parse(MUTANTS[name].when)
    draw = random.Random(seed)
    counted = [[0, 0], [0, 0]]
    seeds: list[tuple[int, dict[str, object]]] = []
    for turn in range(number):
        if seeds and turn % 2:
            rank, values = draw.choice(seeds)
            values = changed(values, spaces[rank], draw, draw.choice((1, 2)))
        else:
            rank = list(spaces)[turn % len(spaces)]
            values = drawn(spaces[rank], draw)
        one = spaces[rank].build(values)
        if is_blind(one) or one.cells > LARGEST:
            continue
        failed = any(bench.broken(asked, c) for c in contents(one, spaces[rank], {}))
        holds = planted.holds(one)
        if holds:
            seeds.append((rank, values))
        counted[not holds][0] += failed
        counted[not holds][1] += 1
    bench.close()
    (a, b), (c, d) = counted
    return a, b, c, d


def _found(name: str, profile: str, seed: int) -> tuple[Bench, Law, Case | None]:
    """A smallest case of a fault, and the law that it breaks.

    That is what the definition (of results or of gradients) finds, in the least number of spatial
    axes where it finds any; where it finds none, what the law does that is named for the fault.
    """
    mutant, laws = MUTANTS[name], all_laws()
    adapter = open_adapter(f"mutant:{name}")
    planned = counts(laws, adapter.claims, profile)
    bench = Bench(adapter, laws, None)
    named = laws[mutant.law]
    plain = laws["gradient" if named.gradient else "definition"]
    # Whole numbers do not show what rounds.
    only = named.defective or mutant.cause == "low-precision accumulation"
    for law in (named,) if only else (plain, named):
        for rank in (1, 2, 3, 0):
            item = Item(law.name, mutant.op, rank)
            if item in planned:
                done = bench.run(law, mutant.op, rank, count=planned[item], seed=seed)
                if done.failures:
                    best = min(done.failures, key=lambda f: (f.cells, len(f.case)))
                    return bench, law, Case.parse(best.case)
    return bench, named, None
