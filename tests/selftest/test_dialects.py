"""Dialects: every choice at every held point, made, declared, observed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from liars.speakers import speaker

from convspec.adapters.opening import adapt
from convspec.events import CONFORMS, FAILING, VACUOUS
from convspec.execute import Bench
from convspec.law import all_laws
from convspec.spec.dialects import HELD

FEW = {
    "batch": (1, 2), "channels": (1, 2), "filters": (1, 2), "outputs": (1, 2, 3), "size": (1, 2, 3),
}  # fmt: skip
"""Small cases: the implementation here goes cell by cell."""

LAWS = {
    name: replace(law, narrow={**FEW, **law.narrow}) if law.scale == "general" else law
    for name, law in all_laws().items()
}

ABOUT = (
    "definition", "gradient", "rejects_invalid", "output_size", "impulse_response_max", "nan",
    "nan_index", "nan_gradient", "indices", "tie",
)  # fmt: skip
"""The laws that a choice shows in, one or the other."""

TOGETHER = {
    ("pool.ceil-mode", "keep", "avg_pool"): {"avg_pool.empty-window": "nan"},
}
"""Choices that another one needs to be seen."""

CHOICES = [
    (name, choice, op)
    for name, point in HELD.items()
    for choice in point.choices
    for op in point.ops
    if choice != point.default
]

UNSEEN = {
    # Along one axis rows are columns.
    ("max_pool.index-place", "column-major", "max_pool_with_indices"),
    # A gradient is only asked for where the first NaN, too, is the maximum.
}


def heard(
    op: str,
    made: dict[str, str],
    declared: dict[str, str],
    laws: tuple[str, ...],
    count: int,
    until_one_fails: bool = False,
) -> dict[str, str]:
    """Law → verdict, for those that apply."""
    bench = Bench(adapt(speaker(op, made, declared)), LAWS, None)
    verdicts = {}
    for name in laws:
        law = LAWS[name]
        ranks = bench.adapter.claims.ops[op].ranks
        if op in law.ops and law.space(op, ranks[0], bench.adapter.claims) is not None:
            finished = bench.run(law, op, ranks[0], count=count, seed=0)
            verdicts[name] = finished.verdict
            if finished.verdict not in (CONFORMS, VACUOUS):
                verdicts[name] += (
                    f": {[f.message for f in finished.failures][:1]}{finished.note or ''}"
                )
                if until_one_fails:
                    break
    return verdicts


def failing(verdicts: dict[str, str]) -> dict[str, str]:
    return {law: v for law, v in verdicts.items() if v not in (CONFORMS, VACUOUS)}


@pytest.mark.parametrize("op", sorted({op for _, _, op in CHOICES}))
def test_who_speaks_as_the_definition_conforms(op: str) -> None:
    assert not failing(heard(op, {}, {}, ABOUT, 25))


@pytest.mark.parametrize(("point", "choice", "op"), CHOICES)
def test_a_declared_choice_conforms_and_an_undeclared_one_does_not(
    point: str, choice: str, op: str
) -> None:
    others = TOGETHER.get((point, choice, op), {})
    made = {point: choice, **others}
    assert not failing(heard(op, made, made, ABOUT, 25))
    if (point, choice, op) in UNSEEN:
        return
    for makes, declares in ((made, others), (others, made)):
        off = failing(heard(op, makes, declares, ABOUT, 80, until_one_fails=True))
        assert off and all(v.startswith(FAILING) for v in off.values()), off


@pytest.mark.slow
@pytest.mark.parametrize(("point", "choice", "op"), CHOICES)
def test_every_law_holds_in_every_dialect(point: str, choice: str, op: str) -> None:
    made = {point: choice, **TOGETHER.get((point, choice, op), {})}
    assert not failing(heard(op, made, made, tuple(LAWS), 60))
