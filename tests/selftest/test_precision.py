"""The errors of whole results: correct sums are never accused, downgrades are found, and why."""

from __future__ import annotations

import json
from math import exp, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from click.testing import CliRunner

from convspec.adapters.opening import open_adapter
from convspec.cli import cli
from convspec.law import all_laws
from convspec.numerics import Precision
from convspec.power import DATA, DOWNGRADES, HONEST, SIGNED, judged, table
from convspec.precision import (
    gradient_spreads,
    lengths,
    mean_square_limit,
    measure,
    partial_sums_factor,
    result_spread,
    spread_of,
)
from convspec.spec.case import Case
from convspec.trial import Trial

Array = npt.NDArray[Any]


def test_the_limit_of_the_mean_square_solves_its_equation() -> None:
    for risk in (1e-3, 1e-6, 1e-12):
        t = mean_square_limit(risk)
        assert sqrt(t) * exp((1 - t) / 2) == pytest.approx(risk)


def test_squares_of_partial_sums_seldom_exceed_their_mean() -> None:
    draw = np.random.default_rng(0)
    signs = draw.choice([-1.0, 1.0], (400, 200, 4))
    squares = (signs.cumsum(axis=0) ** 2).sum(axis=0) / (400 * 401 / 2)
    assert squares.mean(axis=1).max() < partial_sums_factor(4, 1e-3)
    assert partial_sums_factor(1000, 1e-12) < partial_sums_factor(1, 1e-12)


@pytest.mark.parametrize("terms", [1, 2, 7, 60, 500])
@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("way", HONEST)
def test_correct_sums_are_not_accused(way: str, data: str, terms: int) -> None:
    draw = np.random.default_rng(terms)
    for _ in range(5):
        x, w = (a.astype(np.float32) for a in DATA[data](draw, (terms, 64)))
        assert not any(judged(HONEST[way](x, w), x, w, signed=data in SIGNED))


@pytest.mark.parametrize("terms", [10, 100, 1000, 5000])
@pytest.mark.parametrize("name", [n for n in DOWNGRADES if n != "flush to zero"])
def test_downgrades_are_found(name: str, terms: int) -> None:
    if name == "sums cut off" and terms == 10:
        pytest.skip("ten roundings are too few to tell")
    x, w = (
        a.astype(np.float32) for a in DATA["normal"](np.random.default_rng(terms), (terms, 128))
    )
    assert any(judged(DOWNGRADES[name](x, w), x, w, signed=True))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_direction_tells_cutting_off_from_rounding(dtype: str) -> None:
    open_adapter("reference")  # which brings bfloat16
    y = np.random.default_rng(0).uniform(0.5, 1.5, 20_000)
    precision = Precision(dtype, "float32", 1)
    spread = spread_of(y, y, None, 1, precision, independent=1, apart=len(y))
    nearest = y.astype(np.float32).astype(dtype)
    bits = 24 - {"float16": 11, "bfloat16": 8}[dtype]
    cut = (y.astype(np.float32).view(np.uint32) >> bits << bits).view(np.float32)
    assert (found := measure(nearest, y, spread)) and found.explained
    assert (found := measure(cut, y, spread)) and abs(found.drift) > found.drift_limit
    assert found.size < found.size_limit and found.drift < 0


def test_nothing_is_said_of_sums_that_stagnate() -> None:
    y = np.ones(4)
    spread = spread_of(
        y, y, None, 300, Precision("float16", "float16", 300), independent=1, apart=4
    )
    assert measure(y + 1, y, spread) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("conv x=2x6x5:float32:normal@0 w=4x3x2:float32:normal@64 b=4:float32:normal@64"
         " g=2x4x4:float32:normal@128", None),
        ("conv groups=2 x=2x6x5:float32:normal@0 w=4x3x2:float32:normal@64 b=4:float32:normal@64"
         " g=2x4x4:float32:normal@128", {"y": 7, "dx": 4, "dw": 8, "db": 8}),
        ("conv_transpose x=2x4x3:float32:normal@0 w=4x5x2:float32:normal@64"
         " g=2x5x4:float32:normal@128", {"y": 8, "dx": 10, "dw": 6, "db": 8}),
        ("dense x=3x5:float32:normal@0 w=4x5:float32:normal@64 g=3x4:float32:normal@128",
         {"y": 5, "dx": 4, "dw": 3, "db": 3}),
        ("avg_pool window=2,3 x=1x1x4x4:float32:normal@0", {"y": 6, "dx": 6}),
    ],
)  # fmt: skip
def test_lengths_of_sums(line: str, expected: dict[str, int] | None) -> None:
    if expected is not None:
        assert lengths(Case.parse(line)) == expected


@pytest.mark.parametrize("op", ["conv", "conv_transpose", "avg_pool", "global_avg_pool", "dense"])
def test_spreads_have_the_shapes_of_results(op: str) -> None:
    adapter = open_adapter("numpy")
    for name in ("precision", "gradient_precision"):
        space = all_laws()[name].space(op, adapter.claims.ops[op].ranks[0], adapter.claims)
        assert space is not None
        trial = Trial(adapter, space.case([0] * len(space.factors)))
        args = (trial.case, trial.exact, trial.precision, adapter.claims)
        if name == "precision":
            assert result_spread(*args).unit.shape == trial.output_shape
        else:
            for array, spread in gradient_spreads(*args).items():
                assert spread.unit.shape == trial.case[array].shape


def test_the_table_is_the_same_each_time_and_accuses_nobody() -> None:
    entries = list(table(most=10, batches=2))
    assert entries == list(table(most=10, batches=2))
    assert not any(e.outside for e in entries if e.honest)
    assert all(e.outside == e.batches for e in entries if e.sum == "TF32 inputs" and e.terms == 10)


def test_the_command_prints_it() -> None:
    said = CliRunner().invoke(cli, ["power", "--most", "1", "--batches", "1"])
    assert "TF32 inputs" in said.stdout and max(map(len, said.stdout.splitlines())) <= 80
    document = json.loads(
        CliRunner().invoke(cli, ["power", "--most", "1", "--batches", "1", "--json"]).stdout
    )
    assert document["entries"][0]["terms"] == 1
