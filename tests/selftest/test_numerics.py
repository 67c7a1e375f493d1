"""The rounding bound: no correct sum is outside it, and a lost term is."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from liars import honest

from convspec.engine import run
from convspec.numerics import UNIT_ROUNDOFF, error_bound, gamma
from convspec.report import Report

Array = npt.NDArray[Any]

TERMS = (1, 2, 3, 10, 100, 1000, 10_000)


def pairwise(products: Array) -> Any:
    while len(products) > 1:
        if len(products) % 2:
            products = np.append(products, products.dtype.type(0))
        products = products[::2] + products[1::2]
    return products[0]


def sums(x: Array, w: Array) -> dict[str, Any]:
    """One sum of products in several correct ways, each rounded to the dtype in the end."""
    dtype = x.dtype.type
    products = x * w
    forth = np.add.accumulate(products, dtype=dtype)[-1]
    back = np.add.accumulate(products[::-1], dtype=dtype)[-1]
    fused = dtype(0)
    for a, b in zip(x.astype(np.longdouble), w.astype(np.longdouble), strict=True):
        fused = dtype(a * b + fused)
    wide = dtype((x.astype(np.longdouble) * w.astype(np.longdouble)).sum())
    return {
        "forth": forth,
        "back": back,
        "pairwise": pairwise(products),
        "fused": fused,
        "wide": wide,
    }


def data(pattern: str, dtype: str, count: int) -> tuple[Array, Array]:
    random = np.random.RandomState(count)
    pick = random.standard_normal if pattern == "normal" else lambda n: random.uniform(0.5, 1.5, n)
    return pick(count).astype(dtype), pick(count).astype(dtype)


@pytest.mark.parametrize("terms", TERMS)
@pytest.mark.parametrize("pattern", ["normal", "positive"])
@pytest.mark.parametrize("dtype", list(UNIT_ROUNDOFF))
def test_correct_sums_are_inside(dtype: str, pattern: str, terms: int) -> None:
    x, w = data(pattern, dtype, terms)
    exact = np.longdouble(0) + (x.astype(np.longdouble) * w.astype(np.longdouble)).sum()
    magnitude = np.abs(x.astype(np.float64) * w.astype(np.float64)).sum()
    bound = float(error_bound(magnitude, terms + 2, dtype, dtype))
    with np.errstate(over="ignore"):
        for how, got in sums(x, w).items():
            assert abs(float(np.longdouble(got) - exact)) <= bound, how


@pytest.mark.parametrize("terms", [1, 2, 9, 27, 100])
@pytest.mark.parametrize("dtype", list(UNIT_ROUNDOFF))
def test_a_lost_term_is_outside(dtype: str, terms: int) -> None:
    if terms > {"float16": 27, "bfloat16": 9}.get(dtype, terms):
        pytest.skip("the bound is wider than a term")
    x, w = data("positive", dtype, terms)
    exact = (x.astype(np.float64) * w.astype(np.float64)).sum()
    bound = float(error_bound(np.asarray(exact), terms + 2, dtype, dtype))
    assert abs((x[1:].astype(np.float64) * w[1:].astype(np.float64)).sum() - exact) > bound


def test_a_wider_accumulator_narrows_the_bound() -> None:
    magnitude = np.asarray(100.0)
    bounds = [
        float(error_bound(magnitude, 500, "float16", a)) for a in ("float16", "float32", "float64")
    ]
    assert bounds[0] > 100 * bounds[1] > 0
    assert bounds[1] >= bounds[2] >= 100 * UNIT_ROUNDOFF["float16"]


def test_single_precision_in_double_is_outside() -> None:
    x, w = data("normal", "float64", 50)
    got = float((x.astype(np.float32) * w.astype(np.float32)).sum())
    magnitude = np.abs(x * w).sum()
    assert abs(got - (x * w).sum()) > error_bound(magnitude, 52, "float64", "float64")


def test_the_bound_covers_what_underflows() -> None:
    tiny = np.float16(2.0**-24)
    exact = float(tiny) * 0.4
    bound = float(error_bound(np.asarray(exact), 1, "float16", "float16"))
    assert abs(float(np.float16(exact)) - exact) <= bound


def test_gamma() -> None:
    unit = 2.0**-11
    assert gamma(0, unit) == 0
    assert gamma(1, unit) == unit / (1 - unit)
    assert gamma(2**11, unit) == gamma(2**12, unit) == float("inf")
    assert all(gamma(n, unit) < gamma(n + 1, unit) for n in range(2000))


def test_the_bound_has_the_shape_of_the_result() -> None:
    magnitude = np.arange(6.0).reshape(2, 3)
    bound = error_bound(magnitude, 4, "float32", "float32")
    assert bound.shape == (2, 3) and (np.diff(bound.ravel()) > 0).all()


def test_a_bound_without_end_is_none_for_a_sum_of_zeros() -> None:
    nothing, one = error_bound(np.array([0.0, 1.0]), 300, "bfloat16", "bfloat16")
    assert 0 < nothing < 1e-36 and one == float("inf")


def test_a_bound_without_end_accuses_nobody() -> None:
    """The sum is so long that float16 promises nothing of it; its terms are all 0."""
    claims = {**honest.CLAIMS, "accumulate": {"float16": "float16"}}
    events = run(
        honest.implementation(claims=claims), clauses=["avg_pool.adjoint"], after=(), isolate=False,
        case="avg_pool window=2100 x=1x1x2100:float16:zeros@0 g=1x1x1:float16:impulse@0",
    )  # fmt: skip
    (adjoint,) = Report.from_events(events).clauses
    assert adjoint.verdict == "conforms"
