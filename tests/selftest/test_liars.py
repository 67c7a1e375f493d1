"""Implementations that lie in one corner: each is caught within quick, by a small case."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from liars import calls, convolutions, honest, pools
from liars.catalogue import LIARS, Liar

from convspec.engine import run
from convspec.report import Report
from convspec.spec.case import Case
from convspec.spec.claims_reading import read_claims

assert all((calls, convolutions, pools))  # importing them enters their liars

OPS = [f.__name__ for f in honest.OPERATIONS]


def check(target: Any, **wanted: Any) -> Report:
    return Report.from_events(run(target, after=(), **wanted))


def shown(report: Report) -> str:
    return "\n".join(f"{c.slug} {c.verdict}: {c.remark} {c.findings[:1]}" for c in report.failing)


def test_honesty_is_believed_at_once() -> None:
    claims = {**honest.CLAIMS, "all": {**honest.CLAIMS["all"], "ranks": [1]}}
    report = check(honest.implementation(claims=claims), profile="smoke")
    assert report.exit_code == 0, shown(report)


@pytest.mark.slow
@pytest.mark.parametrize("op", OPS)
def test_honesty_is_believed(op: str) -> None:
    """No false alarm: what the lies are told on top of conforms in every clause."""
    report = check(honest.implementation(), profile="quick", ops=[op])
    assert report.exit_code == 0, shown(report)
    assert report.cases > 1000


BRIEF = {
    "one_buffer", "answers_by_address", "packed_weights_by_identity", "every_fifth_call",
    "double_summed_in_single", "a_tail_makes_a_window", "a_nan_is_lost", "a_window_in_the_padding",
    "divided_by_the_whole_window", "the_value_of_one_side", "nothing_to_pad", "two_of_three_axes",
    "axes_kept",
}  # fmt: skip
"""Liars of all kinds that are soon caught; the others are among the long tests."""


OTHERWISE = {"strides_swapped": "conv.lower-rank"}
"""Where all clauses share the cases, it is another clause that has one in which the lie shows."""


def marked(liar: Liar) -> Any:
    marks = [] if liar.name in BRIEF else [pytest.mark.slow]
    return pytest.param(liar, id=liar.name, marks=marks)


@pytest.mark.parametrize("liar", [marked(liar) for liar in LIARS])
def test_a_liar_is_caught(liar: Liar) -> None:
    target = liar.implementation(ranks=[liar.rank])
    report = check(target, profile="quick", clauses=[liar.clause])
    assert report.exit_code == 1, f"{report.cases} cases"
    (clause,) = report.failing
    assert clause.slug == liar.clause
    found = [f.failure for f in clause.findings if f.failure.kind == liar.kind]
    assert found, shown(report)
    smallest = found[0]
    assert smallest.cells <= liar.cells, f"{smallest.cells} cells: {smallest.case}"
    assert Case.parse(smallest.case).line == smallest.case
    if liar.repeats:
        assert smallest.repeats
        replayed = check(target, case=smallest.case, clauses=[liar.clause])
        assert replayed.exit_code == 1, smallest.case


@pytest.mark.slow
@pytest.mark.parametrize("liar", [marked(liar) for liar in LIARS])
def test_a_liar_is_caught_by_the_whole_suite(liar: Liar) -> None:
    op = liar.clause.partition(".")[0]
    report = check(liar.implementation(), profile="quick", ops=[op])
    assert report.exit_code == 1
    assert not [c for c in report.clauses if c.verdict == "error"], shown(report)
    assert {liar.clause, OTHERWISE.get(liar.name)} & {c.slug for c in report.failing}


def test_there_are_many_kinds_of_lies() -> None:
    assert len({liar.name for liar in LIARS}) == len(LIARS) >= 40
    assert {liar.clause.partition(".")[0] for liar in LIARS} == set(OPS)
    assert read_claims(honest.CLAIMS, OPS, True)


@pytest.mark.slow
def test_an_endless_loop_is_ended() -> None:
    def waits(x: honest.Array) -> honest.Array:
        if x.shape[1] == 2:
            time.sleep(1000)
        return honest.global_sum_pool(x)

    report = check(
        honest.implementation(global_sum_pool=waits), clauses=["global_sum_pool.output-size"]
    )
    assert report.exit_code == 1
    (clause,) = report.failing
    assert clause.verdict == "times-out"
    assert clause.findings[0].failure.cells <= 4


FILE = """
import numpy as np


def global_sum_pool(x):
    y = np.asarray(x.sum(axis=tuple(range(2, x.ndim)), dtype=x.dtype))
    if y.shape[1] > 2:
        y[:, 2] += 1
    return y
"""


def test_one_function_in_a_file_is_judged(tmp_path: Path) -> None:
    path = tmp_path / "kernel.py"
    path.write_text(FILE)
    report = check(str(path), profile="quick", clauses=["global_sum_pool.definition"], jobs=1)
    assert report.exit_code == 1
    (clause,) = report.failing
    (failure,) = [found.failure for found in clause.findings if found.law == "definition"]
    assert failure.cells == 3 and failure.worst == (0, 2)
    assert failure.case == "global_sum_pool x=1x3x1:float32:zeros@0"
