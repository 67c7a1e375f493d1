"""Bounds of operations that go through library functions: no honest result is outside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from convspec import reference
from convspec.bounds import gradient_bounds, result_bound
from convspec.numerics import Precision, compounded
from convspec.spec.claims_reading import read_claims

Array = npt.NDArray[Any]
CLAIMS = read_claims({}, ["softmax", "log_softmax", "cross_entropy", "lp_pool"], False)

CLASSES = (1, 2, 5, 33, 200)


def rows(classes: int, scale: float, dtype: str) -> Array:
    return (np.random.RandomState(classes).standard_normal((50, classes)) * scale).astype(dtype)


def shifted(x: Array) -> Array:
    parts = np.exp(x - x.max(axis=1, keepdims=True))
    y: Array = parts / parts.sum(axis=1, keepdims=True)
    return y


def by_reciprocal(x: Array) -> Array:
    parts = np.exp(x - x.max(axis=1, keepdims=True))
    y: Array = parts * (parts.dtype.type(1) / parts.sum(axis=1, keepdims=True))
    return y


def by_logarithm(x: Array) -> Array:
    greatest = x.max(axis=1, keepdims=True)
    y: Array = np.exp(x - (greatest + np.log(np.exp(x - greatest).sum(axis=1, keepdims=True))))
    return y


def in_one_pass(x: Array) -> Array:
    """The sum in units of the greatest number met so far."""
    greatest, total = x[:, 0].copy(), np.ones(len(x), x.dtype)
    for c in range(1, x.shape[1]):
        higher = np.maximum(greatest, x[:, c])
        total = total * np.exp(greatest - higher) + np.exp(x[:, c] - higher)
        greatest = higher
    y: Array = np.exp(x - greatest[:, None]) / total[:, None]
    return y


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("scale", [0.01, 1.0, 30.0])
@pytest.mark.parametrize("way", [shifted, by_reciprocal, by_logarithm, in_one_pass])
def test_softmax_by_any_way(way: Callable[[Array], Array], scale: float, dtype: str) -> None:
    for classes in CLASSES:
        x = rows(classes, scale, dtype)
        got, wide = way(x).astype(np.float64), x.astype(np.float64)
        precision = Precision(dtype, dtype, max(x.shape))
        bound = result_bound("softmax", [wide], {}, precision, CLAIMS)
        assert (np.abs(got - reference.softmax(wide)) <= bound).all()
        with np.errstate(divide="ignore"):
            log = np.log(way(x)).astype(np.float64)
        seen = np.isfinite(log) & (got > 1e-4)
        bound = result_bound("log_softmax", [wide], {}, precision, CLAIMS)
        # Rounding softmax before its logarithm is taken is no correct way, but near where it is
        # not small.
        room = bound + np.finfo(dtype).eps
        assert (np.abs(log - reference.log_softmax(wide)) <= room)[seen].all()


@pytest.mark.parametrize("classes", CLASSES[1:])
def test_softmax_in_half_precision_is_outside(classes: int) -> None:
    x = rows(classes, 1.0, "float32")
    wide = x.astype(np.float64)
    precision = Precision("float32", "float32", max(x.shape))
    bound = result_bound("softmax", [wide], {}, precision, CLAIMS)
    got = shifted(x.astype(np.float16)).astype(np.float64)
    assert (np.abs(got - reference.softmax(wide)) > bound).any()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("classes", CLASSES)
def test_cross_entropy_and_its_gradient(classes: int, dtype: str) -> None:
    x = rows(classes, 2.0, dtype)
    wide, n = x.astype(np.float64), len(x)
    labels = np.arange(n) % classes
    precision = Precision(dtype, dtype, max(x.shape))
    chosen = -np.log(shifted(x))[np.arange(n), labels]
    bound = result_bound("cross_entropy", [wide, labels], {}, precision, CLAIMS)
    exact = reference.cross_entropy(wide, labels)
    one_by_one = np.add.accumulate(chosen)[-1] / x.dtype.type(n)
    for mean in (chosen.sum() / x.dtype.type(n), chosen[::-1].mean(), one_by_one):
        assert abs(float(mean) - exact) <= bound
    assert abs(float(chosen[:-1].sum() / n) - exact) > bound or classes == 1
    g = np.asarray(1.5)
    (bounds,) = gradient_bounds("cross_entropy", [wide, labels], g, {}, precision, CLAIMS)
    hot = np.eye(classes, dtype=dtype)[labels]
    got = (shifted(x) - hot) * x.dtype.type(1.5 / n)
    (right,) = reference.vjp("cross_entropy", (wide, labels), g)
    assert (np.abs(got - right) <= bounds).all()


POOL: dict[str, Any] = {
    "window": (3, 2), "stride": (2, 1), "padding": ((1, 0), (0, 1)), "dilation": (1, 1),
    "ceil_mode": False,
}  # fmt: skip


def norms(x: Array, p: int, tap: Callable[[Array, int], Array], out: Any) -> Array:
    """Norms by powers and sums in the dtype of x alone."""
    padded = np.pad(x, [(0, 0), (0, 0), *POOL["padding"]])
    height, width = (padded.shape[2] - 3) // 2 + 1, padded.shape[3] - 1
    total = np.zeros((*x.shape[:2], height, width), x.dtype)
    for i in range(3):
        for j in range(2):
            total += tap(np.abs(padded[:, :, i : i + 2 * height - 1 : 2, j : j + width]), p)
    y: Array = out(total, p)
    return y


def power(a: Array, p: int) -> Array:
    raised: Array = a ** a.dtype.type(p)
    return raised


def root(s: Array, p: int) -> Array:
    taken: Array = s ** s.dtype.type(1 / p)
    return taken


def root_of_mean(s: Array, p: int) -> Array:
    """As where the sum is a mean times its count."""
    return root(s / s.dtype.type(6) * s.dtype.type(6), p)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("p", [1, 2, 3, 4, 6])
def test_norms(p: int, dtype: str) -> None:
    x = np.random.RandomState(p).standard_normal((2, 3, 7, 6)).astype(dtype)
    wide = x.astype(np.float64)
    precision = Precision(dtype, dtype, 6)
    bound = result_bound("lp_pool", [wide], {**POOL, "p": p}, precision, CLAIMS)
    exact = reference.lp_pool(wide, p=p, **POOL)
    got = norms(x, p, power, root)
    assert got.shape == exact.shape and (np.abs(got - exact) <= bound).all()
    mean = norms(x, p, power, root_of_mean)
    assert (np.abs(mean - exact) <= bound).all()
    half = norms(x.astype(np.float16), p, power, root).astype(np.float64)
    assert (np.abs(half - exact) > bound).any()


def test_a_window_of_zeros_has_no_slack() -> None:
    zeros = np.zeros((1, 1, 4, 4))
    precision = Precision("float32", "float32", 6)
    bound = result_bound("lp_pool", [zeros], {**POOL, "p": 3}, precision, CLAIMS)
    assert (bound < 1e-30).all()


def test_compounded() -> None:
    for e in (0.0, 1e-8, 1e-3, 0.2):
        # One factor 1 + e, one quotient by 1 − e, two of half each.
        for worst in (1 + e, 1 / (1 - e), (1 + e / 2) / (1 - e / 2)):
            assert worst - 1 <= compounded(e) * (1 + 1e-9) + 1e-16
    assert compounded(1.0) == compounded(7.0) == np.inf
    assert compounded(1e-6) < 1.1e-6
