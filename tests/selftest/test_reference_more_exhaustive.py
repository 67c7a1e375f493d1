"""The two formulations of the rest of the reference, compared on every small configuration.

Contents are small whole numbers: sums are exact, and compared for equality. Only roots,
exponentials and logarithms round; their bounds are stated beside them. The two also agree on which
configurations are rejected.
"""

from collections.abc import Callable
from itertools import product
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pytest

from convspec import reference
from convspec.reference import scatter_more

Array = npt.NDArray[Any]
T = TypeVar("T")

NUMBERS = np.random.default_rng(20263).integers(-9, 10, 4096).astype(np.float64)
# Few different numbers, so that bins have ties.
TIES = np.random.default_rng(20264).integers(0, 3, 4096).astype(np.float64)


def numbers(pool: Array, start: int, shape: tuple[int, ...]) -> Array:
    """Contents that differ from configuration to configuration."""
    count = int(np.prod(shape))
    first = start * 31 % (len(pool) - count)
    return pool[first : first + count].reshape(shape).copy()


def result_or_none(function: Callable[[], T]) -> T | None:
    try:
        return function()
    except ValueError:
        return None


def assert_same(got: Array, expected: Array, *configuration: object) -> None:
    if got.dtype != expected.dtype or not np.array_equal(got, expected):
        np.testing.assert_array_equal(got, expected, err_msg=str(configuration), strict=True)


TRANSPOSED = [
    (k, s, d, low, high, more)
    for k, s, d, low, high in product(range(1, 4), range(1, 4), range(1, 3), range(3), range(3))
    for more in range(max(s, d))
]
"""Window, stride, dilation, low and high padding, and every output padding that is in range."""

LEFT_NOTHING = [351, 132, 31, 8, 2, 0]
"""For each n, how many of these configurations have no input or no output cell."""


@pytest.mark.parametrize("n", range(6))
def test_conv_transpose(n: int) -> None:
    assert len(TRANSPOSED) == 351
    accepted = rejected = 0
    for number, (k, s, d, low, high, more) in enumerate(TRANSPOSED):
        groups = 1 + number % 2
        x = numbers(NUMBERS, number, (1 + number % 2, 2, n))
        w = numbers(NUMBERS, number + 7, (2, 2 // groups, k))
        b = numbers(NUMBERS, number + 9, (2,)) if number % 3 else None
        args = (s,), ((low, high),), (more,), (d,), groups
        names = ("stride", "padding", "output_padding", "dilation", "groups")
        p: dict[str, Any] = dict(zip(names, args, strict=True))
        got = result_or_none(lambda: reference.conv_transpose(x, w, b, **p))  # noqa: B023
        expected = result_or_none(lambda: scatter_more.conv_transpose(x, w, b, *args))  # noqa: B023
        if expected is None:
            assert got is None, (n, k, p)
            rejected += 1
            continue
        assert got is not None, (n, k, p)
        assert got.shape[2] == s * (n - 1) + d * (k - 1) + 1 - low - high + more
        assert_same(got, expected, n, k, p)
        g = numbers(NUMBERS, number + 13, got.shape)
        gradients = reference.conv_transpose_vjp(x, w, b, g, **p)
        second = scatter_more.conv_transpose_vjp(x, w, b, g, *args)
        for ours, theirs in zip(gradients, second, strict=True):
            assert_same(ours, theirs, n, k, p)
        # ⟨conv_transpose(x), g⟩ = ⟨x, conv(g)⟩: of conv's windows the first n are meant.
        back = reference.conv(
            g, w, stride=(s,), padding=((low, high),), dilation=(d,), groups=groups
        )
        assert back.shape[2] == n + more // s
        linear = got if b is None else got - b[:, None]
        assert (linear * g).sum() == (x * back[..., :n]).sum()
        accepted += 1
    assert accepted + rejected == 351
    assert rejected == LEFT_NOTHING[n]


POOLS = list(product(range(1, 4), range(1, 4), range(1, 3), range(3), range(3)))
"""Window, stride, dilation, low and high padding."""

TOO_LARGE = [78, 45, 24, 9, 3, 0]
"""For each n, how many of these configurations have a window larger than the padded input."""

FEW_ULPS = 8 * np.finfo(np.float64).eps
"""Both formulations take a power, a sum, and a root or a quotient: a few roundings each."""


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("p", [1, 2, 3])
def test_lp_pool(p: int, ceil: bool) -> None:
    for n in range(6):
        accepted = rejected = 0
        for number, (k, s, d, low, high) in enumerate(POOLS):
            x = numbers(NUMBERS, number, (1, 2, n))
            args = p, (k,), (s,), ((low, high),), (d,), ceil
            names = ("p", "window", "stride", "padding", "dilation", "ceil_mode")
            q: dict[str, Any] = dict(zip(names, args, strict=True))
            got = result_or_none(lambda: reference.lp_pool(x, **q))  # noqa: B023
            expected = result_or_none(lambda: scatter_more.lp_pool(x, *args))  # noqa: B023
            if expected is None:
                assert got is None, (n, q)
                rejected += 1
                continue
            assert got is not None, (n, q)
            g = numbers(NUMBERS, number + 5, got.shape)
            dx = reference.lp_pool_vjp(x, g, **q)
            second = scatter_more.lp_pool_vjp(x, g, *args)
            if p == 1:
                assert_same(got, expected, n, q)
                assert_same(dx, second, n, q)
            np.testing.assert_allclose(got, expected, rtol=FEW_ULPS, atol=0, err_msg=str(q))
            # Parts of different sign may cancel: the bound is one on what is added up.
            most = scatter_more.lp_pool_vjp(abs(x), abs(g), *args)
            assert (abs(dx - second) <= FEW_ULPS * most).all(), (n, q)
            accepted += 1
        assert accepted + rejected == len(POOLS) == 162
        assert rejected == TOO_LARGE[n]


@pytest.mark.parametrize("kind", ["avg", "max"])
def test_adaptive_pools(kind: str) -> None:
    forward = getattr(reference, f"adaptive_{kind}_pool")
    backward = getattr(reference, f"adaptive_{kind}_pool_vjp")
    compared = 0
    for number, (n, out) in enumerate(product(range(1, 10), repeat=2)):
        x = numbers(TIES if kind == "max" else NUMBERS, number, (2, 2, n))
        y = forward(x, output_size=(out,))
        assert_same(y, scatter_more.adaptive_pool(x, (out,), kind), n, out)
        g = numbers(NUMBERS, number + 5, y.shape) * 2520  # so that all parts are whole
        ties = ({"tie": t} for t in ("first", "last", "split")) if kind == "max" else ({},)
        for tie in ties:
            dx = backward(x, g, output_size=(out,), **tie)
            assert_same(dx, scatter_more.adaptive_pool_vjp(x, g, (out,), kind, **tie), n, out, tie)
        compared += 1
    assert compared == 81
    for n, out in ((0, 1), (3, 0)):
        x = np.ones((1, 1, n))
        with pytest.raises(ValueError, match="of spatial axis 0 must be a whole number"):
            forward(x, output_size=(out,))
        with pytest.raises(ValueError, match=f"{n} cells have no {out} parts"):
            scatter_more.adaptive_pool(x, (out,), kind)


def test_relu() -> None:
    x = np.array([-np.inf, -2.0, -0.0, 0.0, 3.0, np.inf, np.nan])
    g = np.array([np.inf, np.nan, 4.0, 5.0, -6.0, 7.0, 8.0])
    for shape in ((7,), (1, 7, 1), (7, 1, 1, 1)):
        there, back = x.reshape(shape), g.reshape(shape)
        assert_same(reference.relu(there), scatter_more.relu(there), shape)
        assert_same(reference.relu_vjp(there, back), scatter_more.relu_vjp(there, back), shape)


def test_dense() -> None:
    compared = 0
    for number, (batch, channels, out) in enumerate(product(range(4), repeat=3)):
        for bias in (False, True):
            x = numbers(NUMBERS, number, (batch, channels))
            w = numbers(NUMBERS, number + 3, (out, channels))
            b = numbers(NUMBERS, number + 5, (out,)) if bias else None
            y = reference.dense(x, w, b)
            assert_same(y, scatter_more.dense(x, w, b), number)
            g = numbers(NUMBERS, number + 9, y.shape)
            second = scatter_more.dense_vjp(x, w, b, g)
            for ours, theirs in zip(reference.dense_vjp(x, w, b, g), second, strict=True):
                assert_same(ours, theirs, number)
            compared += 1
    assert compared == 128


def test_softmax_and_its_kin() -> None:
    compared = 0
    for number, (batch, channels) in enumerate(product(range(4), range(1, 6))):
        x = numbers(NUMBERS, number, (batch, channels)) / 2
        g = numbers(NUMBERS, number + 5, x.shape)
        for op in ("softmax", "log_softmax"):
            y, second = getattr(reference, op)(x), getattr(scatter_more, op)(x)
            # At most 9 apart, the shift and the logarithm cost an absolute rounding of about 9.
            np.testing.assert_allclose(y, second, rtol=4 * FEW_ULPS, atol=2 * FEW_ULPS)
            (dx,) = reference.vjp(op, (x,), g)
            second = getattr(scatter_more, f"{op}_vjp")(x, g)
            np.testing.assert_allclose(dx, second, rtol=0, atol=FEW_ULPS * 9 * channels)
        compared += 1
        if not batch:
            continue
        labels = np.arange(number, number + batch, dtype=np.int64) % channels
        loss = reference.cross_entropy(x, labels)
        assert loss.shape == ()
        second = scatter_more.cross_entropy(x, labels)
        np.testing.assert_allclose(loss, second, rtol=4 * FEW_ULPS, atol=4 * FEW_ULPS)
        (dx,) = reference.vjp("cross_entropy", (x, labels), np.array(3.0))
        second = scatter_more.cross_entropy_vjp(x, labels, 3.0)
        np.testing.assert_allclose(dx, second, rtol=0, atol=3 * FEW_ULPS)
    assert compared == 20
