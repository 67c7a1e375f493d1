"""After the laws: the condition of each failure, and what it looks like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convspec.clause_results import Finding
from convspec.events import CRASHES, FAILING, TIMES_OUT, Event, Explained
from convspec.execute import Bench
from convspec.law import Law
from convspec.predicates import Predicate
from convspec.report import Report
from convspec.search import kind_of, seed_of
from convspec.spec.case import Case

from .learner import Condition, Learner
from .lookalikes import look_alike
from .oracle import COMPILED, Budget, Kind, Oracle, plainest
from .rivals import ALWAYS
from .variations import spaces_of

if TYPE_CHECKING:
    from convspec.afterwards import Run

PLAIN = ("definition", "gradient")
"""Laws that see every wrong result: what is found out about their failures serves others."""

LESS = ("smoke",)
"""Profiles that are to be quick above all, and leave failures unexplained."""


def conditions(run: Run) -> Iterator[Event]:
    """The stage of a run that explains its failures."""
    if run.conditions and (run.profile not in LESS or run.case is not None):
        yield from explain_failures(run.bench, run.laws, run.events, run.seed)


def explain_failures(
    bench: Bench, laws: Mapping[str, Law], events: Sequence[Event], seed: int = 0
) -> Iterator[Explained]:
    """Under which condition the failures of a run occur, and what they look like.

    One failure of each clause, operation and kind is looked into, the plainest first, until the
    cases that a run may spend on it (`oracle.PER_RUN`) are spent; those that are left are said to
    be unasked. A failure inside a condition that was found already is not asked about again.
    """
    budget = Budget()
    budget.left //= COMPILED if bench.adapter.claims.compiled else 1
    known: dict[tuple[str, str, Kind], list[Explained]] = {}
    for finding in failing(events):
        law, case = laws.get(finding.law), Case.parse(finding.failure.case)
        if law is None:
            continue
        if budget.left <= 0:
            yield Explained(law.name, case.op.name, case.rank, case.line, unasked=True)
            continue
        told = _explained(bench, laws, law, case, budget, known, seed)
        if told is not None:
            yield told


def failing(events: Sequence[Event]) -> list[Finding]:
    """The failures that a report shows, each of which repeats: those of plain laws first."""
    shown = [
        finding
        for clause in Report.from_events(events).failing
        for finding in clause.findings
        if finding.failure.verdict in FAILING and finding.failure.repeats and finding.failure.case
    ]
    deadly = CRASHES, TIMES_OUT
    return sorted(
        shown, key=lambda f: (f.failure.verdict in deadly, f.law not in PLAIN, f.failure.cells)
    )


def _explained(
    bench: Bench, laws: Mapping[str, Law], law: Law, case: Case, budget: Budget,
    known: dict[tuple[str, str, Kind], list[Explained]], seed: int,
) -> Explained | None:  # fmt: skip
    asked = plainest(bench, laws, law, case)
    oracle = Oracle(bench, asked, budget, case)
    mismatch = oracle.first(case)
    if mismatch is None:
        return None  # it does not fail any more: state or chance plays a part
    op, rank = case.op.name, case.rank
    of_its_kind = known.setdefault((asked.name, op, kind_of(mismatch)), [])
    for other in of_its_kind:
        rule = (other.condition or {}).get("rule")
        if rule == ALWAYS or (rule and Predicate.parse(rule).holds(case)):
            return Explained(law.name, op, rank, case.line, other.condition, other.looks_like)
    spaces = spaces_of(asked, op, bench.adapter.claims)
    condition = Learner(oracle, spaces, case, seed_of(seed, case.line)).learn()
    alike = look_alike(asked, oracle.found, mismatch, oracle.failures)
    if condition is None and not alike:
        return None
    told = Explained(
        law.name, op, rank, case.line, None if condition is None else _document(condition, asked),
        alike,
    )  # fmt: skip
    of_its_kind.append(told)
    return told


def _document(condition: Condition, asked: Law) -> dict[str, Any]:
    """The condition as events hold it. `law`: the one that was asked, perhaps a plainer one."""
    return {
        "rule": condition.rule,
        "inside": list(condition.inside),
        "outside": list(condition.outside),
        "strength": condition.strength,
        "law": asked.name,
        "asked": condition.asked,
    }
