"""Dialects: every choice at every held point, made, declared, observed."""

from __future__ import annotations

import io
import os
import signal
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from liars.speakers import speaker
from rich.console import Console

from convspec import reference
from convspec.adapters.opening import adapt
from convspec.engine import run
from convspec.events import CONFORMS, FAILING, VACUOUS
from convspec.execute import Bench
from convspec.known.reading import known_of
from convspec.law import all_laws
from convspec.probes import expected, observe, parsed
from convspec.report import Report
from convspec.spec.claims import Claims
from convspec.spec.claims_reading import ClaimsError, read_claims
from convspec.spec.dialects import DIALECT_POINTS, HELD, HOW
from convspec.spec.groups import FLAT
from convspec.spec.operations import OPERATIONS
from convspec.terminal import show

FEW = {
    "batch": (1, 2), "channels": (1, 2), "filters": (1, 2), "outputs": (1, 2, 3), "size": (1, 2, 3),
}  # fmt: skip
"""Small cases: the implementation here goes cell by cell."""

ALL = all_laws()
LAWS = {
    name: replace(law, narrow={**FEW, **law.narrow}) if law.scale == "general" else law
    for name, law in ALL.items()
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
    known = ALL if op in FLAT else LAWS
    bench = Bench(adapt(speaker(op, made, declared)), known, None)
    verdicts = {}
    for name in laws:
        law, rank = known[name], bench.adapter.claims.ops[op].ranks[0]
        if op in law.ops and law.space(op, rank, bench.adapter.claims) is not None:
            finished = bench.run(law, op, rank, count=count, seed=0)
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
        off = failing(heard(op, makes, declares, ABOUT, 160, until_one_fails=True))
        assert off and all(v.startswith(FAILING) for v in off.values()), off


@pytest.mark.slow
@pytest.mark.parametrize(("point", "choice", "op"), CHOICES)
def test_every_law_holds_in_every_dialect(point: str, choice: str, op: str) -> None:
    made = {point: choice, **TOGETHER.get((point, choice, op), {})}
    assert not failing(heard(op, made, made, tuple(LAWS), 20))


@pytest.mark.parametrize(("point", "choice", "op"), CHOICES)
def test_a_choice_is_observed(point: str, choice: str, op: str) -> None:
    made = {point: choice, **TOGETHER.get((point, choice, op), {})}
    seen = observe(adapt(speaker(op, made, {})), [op])
    if point in seen:  # some probes need another operation of the point, or two axes
        assert seen[point]["choice"] == choice, seen[point]
    others = {name: entry for name, entry in seen.items() if name not in made}
    assert all(entry["choice"] == HELD[name].default for name, entry in others.items()), others


def test_the_answers_on_record_are_those_of_the_dialect() -> None:
    claims = Claims({})
    for name, point in HELD.items():
        # Some claim too little for the calls that tell all choices apart.
        assert any(set(probe.answers) == set(point.choices) for probe in point.probes), name
        for probe in point.probes:
            assert set(probe.answers) <= set(point.choices)
            assert len(set(probe.answers.values())) == len(probe.answers), f"{name}: {probe}"
            for choice, answers in probe.answers.items():
                told = replace(claims, dialect={**claims.dialect, name: choice})
                given = tuple(expected(case, probe.of, told) for case in parsed(probe.cases))
                assert given == answers, f"{name} {choice}"
            assert {case.op.name for case in parsed(probe.cases)} <= set(point.ops)


def test_points_are_whole() -> None:
    for name, point in DIALECT_POINTS.items():
        assert point.name == name and point.question.endswith(("?", ")")), name
        assert len(point.choices) > 1 and set(point.ops) <= set(OPERATIONS) and point.ops
        for seen in point.chosen:
            assert seen.choice in ("", *point.choices) and seen.how in HOW, f"{name}: {seen}"
            assert seen.choice or seen.detail, f"{name}: {seen}"


def test_what_fits_no_choice_is_told() -> None:
    def everything(op: str, inputs: Any, g: Any, **_: Any) -> tuple[Any, ...]:
        return (np.ones_like(inputs[0]),)

    strange = SimpleNamespace(max_pool=reference.max_pool, vjp=everything)
    seen = observe(adapt(strange), ["max_pool"])["max_pool.tie"]
    assert seen == {"choice": None, "got": ["1×1×2: 1 1"]}


def test_a_probe_may_kill() -> None:
    def conv(x: Any, w: Any, b: Any = None, **p: Any) -> Any:
        if min(map(min, p["padding"])) < 0:
            os.kill(os.getpid(), signal.SIGSEGV)
        return reference.conv(x, w, b, **p)

    seen = observe(adapt(SimpleNamespace(conv=conv)), ["conv"])
    assert seen["conv.flip"]["choice"] == "none"
    assert seen["conv.negative-padding"]["choice"] is None
    assert "SIGSEGV" in seen["conv.negative-padding"]["got"][0]


def test_a_known_failure_is_no_choice(tmp_path: Path) -> None:
    """What a region excuses is told as that; what lies outside, or ends otherwise, is not."""

    def conv(x: Any, w: Any, b: Any = None, **p: Any) -> Any:
        p["padding"] = tuple((max(low, 0), max(high, 0)) for low, high in p["padding"])
        return reference.conv(x, w, b, **p)

    text = """
        [[known]]
        adapter = "*"
        clause = "conv.rejects-invalid"
        when = "WHEN"
        verdict = "VERDICT"
        reason = "negative padding is taken as none"
        witness = "conv padding=-1:0 x=1x1x2:float32:ones@0 w=1x1x1:float32:ones@0"
    """

    def known(when: str, verdict: str) -> Any:
        file = tmp_path / "known.toml"
        file.write_text(text.replace("WHEN", when).replace("VERDICT", verdict))
        adapter = adapt(SimpleNamespace(conv=conv))
        regions = known_of([str(file)], adapter.name, adapter.version).regions
        return observe(adapter, ["conv"], regions=regions)["conv.negative-padding"]

    found = known("any(low < 0)", "accepts-invalid")
    assert found["choice"] is None and found["known"] == "negative padding is taken as none"
    assert "known" not in known("any(low < 0)", "crashes")
    assert "known" not in known("any(low < 0) and all(high == 0)", "accepts-invalid")


def test_what_is_not_declared_is_shown_and_does_not_decide() -> None:
    reports = [
        Report.from_events(run(speaker("max_pool", {"max_pool.tie": "split"}, declared),
                               profile="smoke", clauses=["max_pool.definition"]))
        for declared in ({}, {"max_pool.tie": "split"})
    ]  # fmt: skip
    first, second = reports
    assert first.exit_code == second.exit_code == 0
    assert list(first.undeclared) == ["max_pool.tie"] and not second.undeclared
    document = first.to_json()["dialect"]
    assert document["declared"]["max_pool.tie"] == "first"
    assert document["observed"]["max_pool.tie"]["choice"] == "split"
    shown = []
    for report in reports:
        out = Console(width=80, record=True, file=io.StringIO())
        show(out, report, "speaker")
        shown.append(out.export_text())
    assert 'claims["dialect"] = {"max_pool.tie": "split"}' in shown[0]
    assert max(map(len, shown[0].splitlines())) <= 80
    assert "dialect" not in shown[1].lower()


def test_a_front_end_has_nothing_to_declare() -> None:
    with pytest.raises(ClaimsError, match="front end"):
        read_claims({"dialect": {"same.odd-cell": "low"}}, ["conv"], False)
