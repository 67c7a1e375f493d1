"""What tested nothing says so: cases in which a law has nothing to test, clauses, whole runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from played import deviating, law, report

from convspec.adapters.opening import adapt, open_adapter
from convspec.cli import cli
from convspec.events import CONFORMS, DEVIATES, UNSUPPORTED, VACUOUS
from convspec.execute import Bench
from convspec.law import Law, all_laws
from convspec.trial import Trial
from convspec.verdicts import WrongValue


def relu(x: Any) -> Any:
    return np.maximum(x, 0)


ADAPTER = adapt(SimpleNamespace(relu=relu, name="ours"))


def put(check: Callable[[Trial], None]) -> Any:
    own = Law("own", "own", ("relu",), "A law.", check)
    return Bench(ADAPTER, {"own": own}).run(own, "relu", 1, count=30, seed=0)


def large(trial: Trial) -> bool:
    return trial.case["x"].shape[-1] > 2


def test_a_law_says_that_a_case_has_nothing_for_it() -> None:
    def check(trial: Trial) -> None:
        trial.run()
        if not large(trial):
            trial.nothing_to_test("the axis is short")

    found = put(check)
    assert found.verdict == CONFORMS
    assert 0 < found.empty < found.cases
    assert found.tested == found.cases - found.empty
    assert found.note is None


def test_a_law_all_of_whose_cases_are_empty_is_vacuous_and_says_why() -> None:
    def check(trial: Trial) -> None:
        trial.run()
        trial.nothing_to_test("this law asks for the moon")

    found = put(check)
    assert (found.verdict, found.tested) == (VACUOUS, 0)
    assert found.note == (
        f"nothing to test in any case: this law asks for the moon ({found.cases})"
    )


@pytest.mark.parametrize("limit", [None, 20.0])
def test_empty_cases_are_counted_where_the_implementation_is_apart(limit: float | None) -> None:
    laws = all_laws()
    bench = Bench(open_adapter("numpy"), laws, limit)
    try:
        found = bench.run(laws["softmax_keeps_order"], "softmax", 0, count=8, seed=0)
    finally:
        bench.close()
    assert (found.verdict, found.cases, found.empty) == (CONFORMS, 8, 3)


def test_a_law_that_never_calls_the_implementation_tested_nothing() -> None:
    found = put(lambda trial: None)
    assert (found.verdict, found.empty) == (VACUOUS, found.cases)
    assert "does not meet the law's premises" in (found.note or "")
    by_the_reference = put(lambda trial: trial.other("dense", *[np.ones((1, 1), np.float32)] * 2)
                           and None)  # fmt: skip
    assert by_the_reference.verdict == VACUOUS


def test_empty_cases_do_not_hide_a_failure_nor_become_one() -> None:
    def check(trial: Trial) -> None:
        trial.run()
        if not large(trial):
            trial.nothing_to_test("the axis is short")
        raise WrongValue("wrong")

    found = put(check)
    assert found.verdict == DEVIATES
    assert found.failures[0].message == "wrong"
    assert "x=1x1x3:" in found.failures[0].case, "shrunk to the smallest case that is not empty"


def test_a_clause_is_vacuous_only_if_no_law_of_it_tested_anything() -> None:
    def clause(*laws: Any) -> Any:
        (found,) = report(*laws).clauses
        return found

    empty = law("conv.value", VACUOUS, law="a", empty=10, note="nothing")
    assert clause(empty).verdict == VACUOUS
    assert clause(empty).tested == 0
    assert clause(empty, law("conv.value", law="b")).verdict == CONFORMS
    assert clause(empty, law("conv.value", law="b")).tested == 10
    assert (
        clause(
            empty,
            deviating(
                "conv.value",
            ),
        ).verdict
        == DEVIATES
    )
    assert clause(empty, law("conv.value", UNSUPPORTED, law="b", cases=0)).verdict == VACUOUS


# A run that executed nothing exits with 4 ---------------------------------------------------------


def check(*words: object) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(cli, ["check", *map(str, words)])


ONE = "def relu(x):\n    import numpy\n    return numpy.maximum(x, 0)\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--op", "conv"], "nothing ran"),
        (["--clause", "max_pool.*"], "nothing ran"),
        (["--op", "conv", "--clause", "relu.*"], "no law fits what was asked for"),
    ],
)
def test_a_run_in_which_nothing_is_claimed_or_asked_for(
    tmp_path: Path, words: list[str], said: str
) -> None:
    (tmp_path / "one.py").write_text(ONE)
    result = check(tmp_path / "one.py", "--profile", "smoke", "-j", "1", *words)
    assert result.exit_code == 4
    assert said in result.stderr


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ((VACUOUS, VACUOUS), 4), ((UNSUPPORTED, VACUOUS), 4), ((UNSUPPORTED,), 4), ((), 4),
        ((VACUOUS, CONFORMS), 0),
    ],
)  # fmt: skip
def test_a_run_that_tested_nothing(verdicts: tuple[str, ...], code: int) -> None:
    laws = [
        law(f"conv.c{i}", verdict, cases=0 if verdict == UNSUPPORTED else 10,
            empty=10 if verdict == VACUOUS else 0)
        for i, verdict in enumerate(verdicts)
    ]  # fmt: skip
    assert report(*laws).exit_code == code
    assert report(law("conv.a", CONFORMS, empty=10)).exit_code == 4
