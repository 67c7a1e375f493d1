"""The laws as a body: bound to clauses, planned by weight, and each able to fail."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from liars import honest

from convspec.adapters.opening import adapt, open_adapter
from convspec.execute import Bench
from convspec.law import all_laws, law
from convspec.plan import BUDGETS, counts, items
from convspec.spec.case import Case
from convspec.spec.claims_reading import read_claims
from convspec.spec.clauses import CLAUSES
from convspec.spec.groups import possible_ranks
from convspec.trial import Trial

LAWS = all_laws()
PAIRS = [pytest.param(name, op, id=f"{name}-{op}") for name, law in LAWS.items() for op in law.ops]


def test_every_law_is_bound_to_clauses() -> None:
    for declared in LAWS.values():
        for op in declared.ops:
            assert declared.slug(op) in CLAUSES, f"{declared.name}: {declared.slug(op)}"
        assert declared.statement.endswith((".", "…")) and declared.statement[0].isprintable()


def test_every_clause_has_a_law() -> None:
    held = {declared.slug(op) for declared in LAWS.values() for op in declared.ops}
    # A clause without one says why.
    assert {slug for slug, clause in CLAUSES.items() if clause.unlawful} == set(CLAUSES) - held


def scrambled(base: Any) -> dict[str, Any]:
    """Every answer is another array of the right shape, and every call another answer."""
    turn = count(1)

    def scramble(y: Any) -> Any:
        if isinstance(y, tuple):
            return tuple(map(scramble, y))
        noise = np.random.RandomState(next(turn)).randint(1, 9, y.shape)
        return (y + noise).astype(y.dtype)

    def wrap(function: Any) -> Any:
        return lambda *a, **k: scramble(function(*a, **k))

    return {name: wrap(f) for name, f in functions(base).items()}


def sloppy(base: Any) -> dict[str, Any]:
    """Writes into x and g, returns float16 or int8 of another shape, and takes anything."""

    def wrap(name: str, function: Any) -> Any:
        def call(*arguments: Any, **given: Any) -> Any:
            x = arguments[0]
            x[...] = 3
            y = np.zeros((*x.shape[:1], 7), np.int8)
            return (y, y) if name == "max_pool_with_indices" else y

        return call

    def vjp(op: str, inputs: Any, g: Any, **given: Any) -> Any:
        gradients = base.vjp(op, inputs, g, **given)
        g[...] = 3
        return gradients

    return {**{name: wrap(name, f) for name, f in base.functions.items()}, "vjp": vjp}


def shared(base: Any) -> dict[str, Any]:
    """Every result lies in one and the same memory."""
    memory = np.zeros(1 << 20)

    def place(y: Any) -> Any:
        if isinstance(y, tuple):
            return tuple(map(place, y))
        view = memory.view(y.dtype)[: y.size].reshape(y.shape)
        view[...] = y
        return view

    def wrap(function: Any) -> Any:
        return lambda *a, **k: place(function(*a, **k))

    def vjp(*a: Any, **k: Any) -> Any:
        return place(tuple(base.vjp(*a, **k)))

    return {**{name: wrap(f) for name, f in base.functions.items()}, "vjp": vjp}


def functions(base: Any) -> dict[str, Any]:
    return {**base.functions, "vjp": base.vjp, "double_vjp": base.double_vjp}


@pytest.mark.parametrize(("name", "op"), PAIRS)
def test_every_law_can_fail(name: str, op: str) -> None:
    base = open_adapter("reference")
    rank = 2 if 2 in possible_ranks(op) else 0
    # Only whole numbers leave their type.
    dtypes = ["int8"] if name == "overflow" else ["float32"]
    claims = {"all": {"named_padding": ["same_upper", "valid"], "dtypes": dtypes}}
    for sabotage in (scrambled, sloppy, shared):
        adapter = adapt(SimpleNamespace(**sabotage(base), claims=claims))
        if LAWS[name].space(op, rank, adapter.claims) is None:
            continue
        if Bench(adapter, LAWS, None).run(LAWS[name], op, rank, count=25, seed=0).failures:
            return
    pytest.fail("it holds whatever is done to results")


@pytest.mark.parametrize("op", ["avg_pool", "global_avg_pool"])
def test_a_wrong_shape_is_never_our_error(op: str) -> None:
    adapter = adapt(SimpleNamespace(**sloppy(open_adapter("reference"))))
    for name in ("input_read_anew", "layout_irrelevant", "linear_in_input"):
        finished = Bench(adapter, LAWS, None).run(LAWS[name], op, 2, count=25, seed=0)
        assert finished.verdict == "deviates", finished.note


def test_what_does_not_repeat_is_said() -> None:
    calls = count()

    def once(x: Any) -> Any:
        return honest.global_sum_pool(x) + (next(calls) == 7)

    bench = Bench(adapt(SimpleNamespace(global_sum_pool=once)), LAWS, None)
    finished = bench.run(LAWS["definition"], "global_sum_pool", 1, count=40, seed=0)
    (failure,) = finished.failures
    assert finished.verdict == "deviates" and not failure.repeats
    assert "not every time" in failure.message
    steady = bench.run(LAWS["definition"], "global_sum_pool", 1, count=40, seed=0)
    assert steady.verdict == "conforms" and steady.cases >= 40


def test_plans_depend_on_claims_and_profile_alone() -> None:
    claims = read_claims(honest.CLAIMS, [f.__name__ for f in honest.OPERATIONS], True)
    for profile, budget in BUDGETS.items():
        plan = counts(LAWS, claims, profile)
        assert plan == counts(LAWS, claims, profile)
        assert all(n >= 2 for n in plan.values())
        assert sum(plan.values()) <= 1.5 * budget
    whole = items(LAWS.values(), claims, "quick")
    assert len(whole) == len(set(whole)) > 100
    assert {i.rank for i in whole if i.op == "max_pool_with_indices"} == {None}, (
        "unclaimed: one item"
    )


def test_two_laws_of_one_name_are_refused() -> None:
    def test_definition(trial: Trial) -> None:
        """Another law."""

    with pytest.raises(ValueError, match="two laws are named definition"):
        law("definition", ("conv",))(test_definition)
    assert all_laws()["definition"] is LAWS["definition"]


@pytest.mark.parametrize(
    ("line", "valid", "laws", "others"),
    [
        ("conv x=1x1x3:float32:ramp@0 w=1x1x2:float32:ones@0", True, {"definition", "repeatable"},
         {"gradient", "rounding", "rejects_invalid", "nan"}),
        ("conv stride=0 x=1x1x3:float32:ramp@0 w=1x1x2:float32:ones@0", False, {"rejects_invalid"},
         {"definition"}),
        ("conv x=1x1x3:float32:normal@0 w=1x1x2:float32:normal@0", True, {"rounding"},
         {"definition"}),
        ("max_pool window=2 x=1x1x3:float32:nan@0", True, {"nan"}, {"definition", "tie"}),
        ("max_pool window=2 x=1x1x3:float32:ones@0 g=1x1x2:float32:ones@0", True,
         {"gradient", "tie"}, {"definition", "nan"}),
    ],
)  # fmt: skip
def test_laws_take_the_cases_they_are_about(
    line: str, valid: bool, laws: set[str], others: set[str]
) -> None:
    case = Case.parse(line)
    fitting = {name for name, declared in LAWS.items() if declared.applies_to(case, valid)}
    assert laws & {n.replace("input_read_anew", "repeatable") for n in fitting} == laws
    assert not others & fitting
