"""The two formulations of the reference, compared on every small one-dimensional configuration.

The contents are small whole numbers, so that sums are exact and equality is bit for bit; the two
also agree on which configurations are rejected.
"""

from collections.abc import Callable
from itertools import product
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pytest

from convspec import reference
from convspec.reference import scatter
from convspec.reference.pad import Mode

Array = npt.NDArray[Any]
T = TypeVar("T")

CONFIGURATIONS = list(product(range(1, 5), range(1, 5), range(1, 4), range(4), range(4)))
"""Window, stride, dilation, low and high padding."""

NUMBERS = np.random.default_rng(20261).integers(-9, 10, 4096).astype(np.float64)
# Few different numbers, so that windows have ties.
TIES = np.random.default_rng(20262).integers(0, 3, 4096).astype(np.float64)


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
    same = (
        got.shape == expected.shape
        and got.dtype == expected.dtype
        and got.tobytes() == (expected + 0.0).tobytes()
    )
    if not same:
        np.testing.assert_array_equal(got, expected, err_msg=str(configuration), strict=True)


@pytest.mark.parametrize("n", range(7))
def test_conv(n: int) -> None:
    accepted = rejected = 0
    for number, (k, s, d, low, high) in enumerate(CONFIGURATIONS):
        groups = 1 + number % 2
        x = numbers(NUMBERS, number, (1 + number % 2, 2, n))
        w = numbers(NUMBERS, number + 7, (2, 2 // groups, k))
        b = numbers(NUMBERS, number + 9, (2,)) if number % 3 else None
        parameters: dict[str, Any] = {
            "stride": (s,),
            "padding": ((low, high),),
            "dilation": (d,),
            "groups": groups,
        }
        args = (s,), ((low, high),), (d,), groups
        got = result_or_none(lambda: reference.conv(x, w, b, **parameters))  # noqa: B023
        expected = result_or_none(lambda: scatter.conv(x, w, b, *args))  # noqa: B023
        if expected is None:
            assert got is None, parameters
            rejected += 1
            continue
        assert got is not None, parameters
        assert_same(got, expected, n, k, parameters)
        g = numbers(NUMBERS, number + 13, got.shape)
        gradients = reference.conv_vjp(x, w, b, g, **parameters)
        for ours, theirs in zip(gradients, scatter.conv_vjp(x, w, b, g, *args), strict=True):
            assert_same(ours, theirs, n, k, parameters)
        accepted += 1
    assert accepted + rejected == 768
    assert rejected == REJECTED[n]


REJECTED = [396, 300, 224, 164, 112, 76, 48]
"""For each n, how many configurations have a window larger than the padded input."""


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("n", range(7))
def test_max_pool(n: int, ceil: bool) -> None:
    accepted = rejected = 0
    for number, (k, s, d, low, high) in enumerate(CONFIGURATIONS):
        x = numbers(TIES, number, (1, 2, n))
        parameters: dict[str, Any] = {
            "window": (k,),
            "stride": (s,),
            "padding": ((low, high),),
            "dilation": (d,),
            "ceil_mode": ceil,
        }
        args = (k,), (s,), ((low, high),), (d,), ceil
        got = result_or_none(lambda: reference.max_pool_with_indices(x, **parameters))  # noqa: B023
        expected = result_or_none(lambda: scatter.max_pool(x, *args))  # noqa: B023
        if expected is None:
            assert got is None, parameters
            rejected += 1
            continue
        assert got is not None, parameters
        y, index = got
        assert_same(y, expected[0], n, parameters)
        assert np.array_equal(index, expected[1]), (n, parameters)
        assert_same(reference.max_pool(x, **parameters), y, n, parameters)
        g = numbers(NUMBERS, number + 5, y.shape) * 12  # 12: a split between 2, 3 or 4 is exact
        for tie in ("first", "last" if number % 2 else "split"):
            dx = reference.max_pool_vjp(x, g, **parameters, tie=tie)
            assert_same(dx, scatter.max_pool_vjp(x, g, *args, tie), n, parameters, tie)
        accepted += 1
    assert accepted + rejected == 768
    assert rejected == REJECTED[n]


@pytest.mark.parametrize("include_pad", [False, True])
@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("n", range(7))
def test_avg_pool(n: int, ceil: bool, include_pad: bool) -> None:
    accepted = rejected = 0
    for number, (k, s, d, low, high) in enumerate(CONFIGURATIONS):
        x = numbers(NUMBERS, number, (1, 2, n))
        parameters: dict[str, Any] = {
            "window": (k,),
            "stride": (s,),
            "padding": ((low, high),),
            "dilation": (d,),
            "ceil_mode": ceil,
            "count_include_pad": include_pad,
        }
        args = (k,), (s,), ((low, high),), (d,), ceil, include_pad
        got = result_or_none(lambda: reference.avg_pool(x, **parameters))  # noqa: B023
        expected = result_or_none(lambda: scatter.avg_pool(x, *args))  # noqa: B023
        if expected is None:
            assert got is None, parameters
            rejected += 1
            continue
        assert got is not None, parameters
        assert_same(got, expected, n, parameters)
        g = numbers(NUMBERS, number + 5, got.shape) * 12  # 12: so that all parts are whole
        dx = reference.avg_pool_vjp(x, g, **parameters)
        assert_same(dx, scatter.avg_pool_vjp(x, g, *args), n, parameters)
        accepted += 1
    assert accepted + rejected == 768
    assert rejected == REJECTED[n] if include_pad else rejected >= REJECTED[n]


PAD_COUNTS: dict[Mode, tuple[int, int]] = {
    "constant": (504, 175),
    "reflect": (209, 470),
    "symmetric": (287, 392),
    "replicate": (447, 232),
    "circular": (287, 392),
}
"""For each mode, how many pairs of amounts are accepted, and how many rejected."""


@pytest.mark.parametrize("mode", PAD_COUNTS)
def test_pad(mode: Mode) -> None:
    accepted = rejected = 0
    for n in range(7):
        for low, high in product(range(-n - 1, n + 2), repeat=2):
            x = numbers(NUMBERS, 10 * n + low, (2, 1, n))
            padding = ((low, high),)
            got = result_or_none(
                lambda: reference.pad(x, padding=padding, mode=mode, value=7)  # noqa: B023
            )
            expected = result_or_none(lambda: scatter.pad(x, padding, mode, 7))  # noqa: B023
            if expected is None:
                assert got is None, (n, padding)
                rejected += 1
                continue
            assert got is not None, (n, padding)
            assert_same(got, expected, n, padding)
            g = numbers(NUMBERS, 10 * n + high, got.shape)
            dx = reference.pad_vjp(x, g, padding=padding, mode=mode)
            assert_same(dx, scatter.pad_vjp(x, g, padding, mode), n, padding)
            accepted += 1
    assert accepted + rejected == sum((2 * n + 3) ** 2 for n in range(7)) == 679
    assert (accepted, rejected) == PAD_COUNTS[mode]


@pytest.mark.parametrize("kind", ["avg", "max", "sum"])
def test_global_pools(kind: str) -> None:
    forward = getattr(reference, f"global_{kind}_pool")
    backward = getattr(reference, f"global_{kind}_pool_vjp")
    for number, sizes in enumerate([*product(range(1, 5), repeat=2), (7,), (2, 1, 3)]):
        x = numbers(TIES, number, (2, 3, *sizes))
        assert_same(forward(x), scatter.global_pool(x, kind), kind, sizes)
        g = numbers(NUMBERS, number, (2, 3))
        assert_same(backward(x, g), scatter.global_pool_vjp(x, g, kind), kind, sizes)
