"""The two formulations of the rest of the reference, compared in one to three dimensions.

Every parameter differs per axis and per side, and all configurations are valid.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from convspec import reference
from convspec.reference import scatter_more

Array = npt.NDArray[Any]
Rng = np.random.Generator

SEEDS = range(25)


def some(rng: Rng, low: int, high: int, count: int) -> tuple[int, ...]:
    return tuple(int(v) for v in rng.integers(low, high + 1, count))


def whole(rng: Rng, shape: tuple[int, ...], dtype: str) -> Array:
    return rng.integers(-6, 7, shape).astype(dtype)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_conv_transpose(rank: int, seed: int) -> None:
    rng = np.random.default_rng([11, rank, seed])
    dtype = str(rng.choice(["float64", "float32", "int64", "int32"]))
    groups = int(rng.integers(1, 4))
    per_in, per_out, batch = some(rng, 1, 2, 3)
    sizes, window = some(rng, 1, 4 if rank < 3 else 2, rank), some(rng, 1, 3, rank)
    stride, dilation = some(rng, 1, 3, rank), some(rng, 1, 3 if rank < 3 else 2, rank)
    output_padding, padding = [], []
    for n, k, s, d in zip(sizes, window, stride, dilation, strict=True):
        more = int(rng.integers(max(s, d)))
        spare = s * (n - 1) + d * (k - 1) + more  # one cell must be left
        low = int(rng.integers(min(spare, 3) + 1))
        padding.append((low, int(rng.integers(min(spare - low, 3) + 1))))
        output_padding.append(more)
    args = stride, tuple(padding), tuple(output_padding), dilation, groups
    names = ("stride", "padding", "output_padding", "dilation", "groups")
    p: dict[str, Any] = dict(zip(names, args, strict=True))
    x = whole(rng, (batch, groups * per_in, *sizes), dtype)
    w = whole(rng, (groups * per_in, per_out, *window), dtype)
    b = whole(rng, (groups * per_out,), dtype) if seed % 2 else None
    y = reference.conv_transpose(x, w, b, **p)
    np.testing.assert_array_equal(y, scatter_more.conv_transpose(x, w, b, *args), strict=True)
    g = whole(rng, y.shape, dtype)
    expected = scatter_more.conv_transpose_vjp(x, w, b, g, *args)
    got = reference.vjp("conv_transpose", (x, w) if b is None else (x, w, b), g, **p)
    for ours, theirs in zip(got, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs, strict=True)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_lp_pool(rank: int, seed: int) -> None:
    rng = np.random.default_rng([12, rank, seed])
    ceil, norm = bool(rng.integers(2)), int(rng.integers(1, 5))
    window, stride = some(rng, 1, 3, rank), some(rng, 1, 3, rank)
    dilation = some(rng, 1, 2, rank)
    padding = tuple((a, b) for a, b in rng.integers(0, 3, (rank, 2)).tolist())
    sizes = tuple(
        d * (k - 1) + 1 + int(rng.integers(3)) for k, d in zip(window, dilation, strict=True)
    )
    args = norm, window, stride, padding, dilation, ceil
    names = ("p", "window", "stride", "padding", "dilation", "ceil_mode")
    p: dict[str, Any] = dict(zip(names, args, strict=True))
    x = whole(rng, (*some(rng, 1, 2, 2), *sizes), str(rng.choice(["float64", "float32"])))
    eps = 8 * np.finfo(x.dtype).eps
    y = reference.lp_pool(x, **p)
    expected = scatter_more.lp_pool(x, *args)
    np.testing.assert_allclose(y, expected, rtol=eps, atol=0, strict=True)
    g = whole(rng, y.shape, str(x.dtype))
    (dx,) = reference.vjp("lp_pool", (x,), g, **p)
    assert dx.dtype == x.dtype
    most = scatter_more.lp_pool_vjp(abs(x), abs(g), *args)
    parts = int(np.prod(window))  # a cell adds up at most so many parts
    assert (abs(dx - scatter_more.lp_pool_vjp(x, g, *args)) <= eps * parts * most).all()


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_adaptive_pools(rank: int, seed: int) -> None:
    rng = np.random.default_rng([13, rank, seed])
    sizes, out = some(rng, 1, 6 if rank < 3 else 4, rank), some(rng, 1, 5 if rank < 3 else 3, rank)
    shape = (*some(rng, 1, 2, 2), *sizes)
    x = whole(rng, shape, str(rng.choice(["float64", "float32"])))
    y = reference.adaptive_avg_pool(x, output_size=out)
    np.testing.assert_array_equal(y, scatter_more.adaptive_pool(x, out, "avg"), strict=True)
    g = whole(rng, y.shape, "float64").astype(x.dtype) * 3600  # every part is whole
    (dx,) = reference.vjp("adaptive_avg_pool", (x,), g, output_size=out)
    expected = scatter_more.adaptive_pool_vjp(x, g, out, "avg")
    np.testing.assert_array_equal(dx, expected, strict=True)

    special = rng.choice(np.array([-np.inf, -np.inf, np.nan, 0.0, 1.0, 1.0, np.inf]), shape)
    dtype = str(rng.choice(["float64", "float32", "int64", "uint8"]))
    x = special if seed % 3 == 0 else rng.integers(0, 4, shape).astype(dtype)
    y = reference.adaptive_max_pool(x, output_size=out)
    np.testing.assert_array_equal(y, scatter_more.adaptive_pool(x, out, "max"), strict=True)
    g = rng.integers(0, 9, y.shape).astype(x.dtype)
    for tie in ("first", "last"):
        (dx,) = reference.vjp("adaptive_max_pool", (x,), g, output_size=out, tie=tie)
        expected = scatter_more.adaptive_pool_vjp(x, g, out, "max", tie)
        np.testing.assert_array_equal(dx, expected, strict=True)
