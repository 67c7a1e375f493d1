"""Transforms: their matrices, their bounds, and that a declared one is still held to something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from transforming import adapter, fourier, losing_a_tap, winograd

from convspec import reference
from convspec.engine import run
from convspec.numerics import Precision
from convspec.report import Report
from convspec.spec.algorithms import transforms
from convspec.spec.claims_reading import ClaimsError, read_claims
from convspec.transforms import matrices, transform_bound

Array = npt.NDArray[Any]
CLAUSES = ["conv.definition", "conv.rounding", "conv.precision", "conv.impulse-response"]
TOYS = {
    "winograd-2x3": winograd(4), "winograd-6x3": winograd(8), "fft": fourier,
}  # fmt: skip


@pytest.mark.parametrize(("m", "r"), [(1, 3), (2, 3), (4, 3), (6, 3), (2, 5), (7, 2), (12, 5)])
def test_matrices_make_the_sliding_sum(m: int, r: int) -> None:
    a, g, b = matrices(m, r)
    x, w = np.arange(m + r - 1) - 2.0, np.arange(r) + 1.0
    np.testing.assert_allclose(a @ ((g @ w) * (b @ x)), np.correlate(x, w), atol=1e-5)


@pytest.mark.parametrize("name", TOYS)
def test_honest_results_are_inside_the_bound(name: str) -> None:
    draw = np.random.RandomState(1)
    p: dict[str, Any] = {
        "stride": (1, 1), "padding": ((1, 2), (0, 1)), "dilation": (1, 1), "groups": 2,
    }  # fmt: skip
    for kernel in ((3, 3), (2, 3), (1, 2), (3, 4)):
        x = draw.standard_normal((2, 6, 13, 11)).astype(np.float32)
        w = draw.standard_normal((4, 3, *kernel)).astype(np.float32)
        exact = [x.astype(np.float64), w.astype(np.float64)]
        expected = reference.conv(exact[0], exact[1], **p)
        bound = transform_bound(name, exact, p, Precision("float32", "float32", 30))
        got = TOYS[name](x, w, **p)
        assert bound.shape == expected.shape
        assert (np.abs(got - expected) <= bound).all()
        lost = losing_a_tap(TOYS[name])(x, w, **p)
        assert (np.abs(lost - expected) > bound).any()
        x[1, 2, 5, 5] = np.nan
        spoilt = transform_bound(
            name, [x.astype(np.float64), exact[1]], p, Precision("float32", "float32", 30)
        )
        with np.errstate(invalid="ignore"):
            assert np.isinf(spoilt[np.isnan(TOYS[name](x, w, **p))]).all()
        assert np.isfinite(spoilt[0]).all()


def judged(conv: Callable[..., Array], algorithm: Any) -> int:
    events = run(adapter(conv, algorithm), profile="smoke", clauses=CLAUSES, after=())
    return Report.from_events(events).exit_code


@pytest.mark.parametrize("name", TOYS)
def test_declared_it_conforms_and_with_a_lost_tap_it_does_not(name: str) -> None:
    assert judged(TOYS[name], {"float32": name}) == 0
    assert judged(losing_a_tap(TOYS[name]), {"float32": name}) == 1


def test_undeclared_it_deviates() -> None:
    events = run(adapter(TOYS["winograd-6x3"]), profile="quick", clauses=CLAUSES[:1], after=())
    assert Report.from_events(events).exit_code == 1


@pytest.mark.parametrize("text", ["winograd", "winograd-4x3", "fft-16", "winograd-6x3+fft-8"])
def test_declarations_are_read(text: str) -> None:
    assert transforms(text)
    claims = read_claims({"conv": {"algorithm": text}}, ["conv"], False)
    assert dict(claims.ops["conv"].algorithm)["float32"] == text
    assert claims.to_json()["ops"]["conv"]["algorithm"]["float64"] == text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"conv": {"algorithm": "strassen"}}, "strassen"),
        ({"conv": {"algorithm": {"int8": "fft"}}}, "int8"),
        ({"conv": {"algorithm": 3}}, "expected the name of a transform"),
        ({"conv": {"algorithm": "winograd-16x16"}}, "from 1 to 16 cells"),
        ({"all": {"algorithm": "fft"}}, "conv alone"),
    ],
)
def test_what_is_no_declaration_is_told(data: dict[str, Any], said: str) -> None:
    with pytest.raises(ClaimsError, match=said):
        read_claims(data, ["conv"], False)
