"""The two formulations of the reference, compared on a sample in one to three dimensions.

Every parameter differs per axis and per side; configurations are drawn from the output size, so
that all are valid.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from convspec import reference
from convspec.reference import scatter

Array = npt.NDArray[Any]
Rng = np.random.Generator

SEEDS = range(100)
SPECIAL = np.array([-np.inf, -np.inf, np.nan, 0.0, 1.0, 1.0, 2.0, np.inf])


def some(rng: Rng, low: int, high: int, count: int) -> tuple[int, ...]:
    return tuple(int(v) for v in rng.integers(low, high + 1, count))


def whole(rng: Rng, shape: tuple[int, ...], dtype: str) -> Array:
    return rng.integers(-6, 7, shape).astype(dtype)


class Windows:
    """Parameters of a windowed operation, one entry per axis, and an input size they fit."""

    def __init__(self, rng: Rng, rank: int) -> None:
        self.window = some(rng, 1, 3, rank)
        self.stride = some(rng, 1, 3, rank)
        self.dilation = some(rng, 1, 3 if rank < 3 else 2, rank)
        self.padding = tuple((a, b) for a, b in rng.integers(0, 3, (rank, 2)).tolist())
        sizes = []
        for axis in range(rank):
            extent = (self.window[axis] - 1) * self.dilation[axis] + 1
            windows, tail = int(rng.integers(1, 4)), int(rng.integers(0, self.stride[axis]))
            padded = (windows - 1) * self.stride[axis] + extent + tail
            sizes.append(max(padded - sum(self.padding[axis]), 1))
        self.sizes = tuple(sizes)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_conv(rank: int, seed: int) -> None:
    rng = np.random.default_rng([1, rank, seed])
    dtype = str(rng.choice(["float64", "float32", "int64", "int32"]))
    v = Windows(rng, rank)
    groups = int(rng.integers(1, 4))
    per_in, per_out, batch = some(rng, 1, 2, 3)
    x = whole(rng, (batch, groups * per_in, *v.sizes), dtype)
    w = whole(rng, (groups * per_out, per_in, *v.window), dtype)
    b = whole(rng, (groups * per_out,), dtype) if seed % 2 else None
    args = v.stride, v.padding, v.dilation, groups
    p: dict[str, Any] = dict(zip(("stride", "padding", "dilation", "groups"), args, strict=True))
    y = reference.conv(x, w, b, **p)
    np.testing.assert_array_equal(y, scatter.conv(x, w, b, *args), strict=True)
    g = whole(rng, y.shape, dtype)
    expected = scatter.conv_vjp(x, w, b, g, *args)
    got = reference.vjp("conv", (x, w) if b is None else (x, w, b), g, **p)
    assert len(got) == len(expected)
    for ours, theirs in zip(got, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs, strict=True)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_max_pool(rank: int, seed: int) -> None:
    rng = np.random.default_rng([2, rank, seed])
    v = Windows(rng, rank)
    ceil = bool(rng.integers(2))
    shape = (*some(rng, 1, 2, 2), *v.sizes)
    dtype = str(rng.choice(["float64", "float32", "int64", "uint8"]))
    x = rng.choice(SPECIAL, shape) if seed % 3 == 0 else rng.integers(0, 4, shape).astype(dtype)
    args = v.window, v.stride, v.padding, v.dilation, ceil
    names = ("window", "stride", "padding", "dilation", "ceil_mode")
    p: dict[str, Any] = dict(zip(names, args, strict=True))
    y, index = reference.max_pool_with_indices(x, **p)
    expected, expected_index = scatter.max_pool(x, *args)
    np.testing.assert_array_equal(y, expected, strict=True)
    np.testing.assert_array_equal(index, expected_index, strict=True)
    np.testing.assert_array_equal(reference.max_pool(x, **p), y, strict=True)
    g = rng.integers(0, 9, y.shape).astype(x.dtype)
    for tie in ("first", "last"):
        (dx,) = reference.vjp("max_pool", (x,), g, **p, tie=tie)
        np.testing.assert_array_equal(dx, scatter.max_pool_vjp(x, g, *args, tie), strict=True)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_avg_pool(rank: int, seed: int) -> None:
    rng = np.random.default_rng([3, rank, seed])
    v = Windows(rng, rank)
    ceil, include_pad = bool(rng.integers(2)), bool(rng.integers(2))
    x = whole(rng, (*some(rng, 1, 2, 2), *v.sizes), str(rng.choice(["float64", "float32"])))
    args = v.window, v.stride, v.padding, v.dilation, ceil, include_pad
    names = ("window", "stride", "padding", "dilation", "ceil_mode", "count_include_pad")
    p: dict[str, Any] = dict(zip(names, args, strict=True))
    try:
        expected = scatter.avg_pool(x, *args)
    except ValueError:
        with pytest.raises(ValueError, match="nothing but padding"):
            reference.avg_pool(x, **p)
        return
    y = reference.avg_pool(x, **p)
    np.testing.assert_array_equal(y, expected, strict=True)
    g = whole(rng, y.shape, "float64").astype(x.dtype) * 216  # every part is whole
    (dx,) = reference.vjp("avg_pool", (x,), g, **p)
    np.testing.assert_array_equal(dx, scatter.avg_pool_vjp(x, g, *args), strict=True)


@pytest.mark.parametrize("mode", ["constant", "reflect", "symmetric", "replicate", "circular"])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_pad(rank: int, mode: str) -> None:
    for seed in range(12):
        rng = np.random.default_rng([4, rank, seed])
        sizes = some(rng, 3, 5, rank)
        padding = tuple((a, b) for a, b in rng.integers(-1, 2, (rank, 2)).tolist())
        x = whole(rng, (*some(rng, 1, 2, 2), *sizes), str(rng.choice(["float32", "int16"])))
        p: dict[str, Any] = {"padding": padding, "mode": mode, "value": -3}
        y = reference.pad(x, **p)
        np.testing.assert_array_equal(y, scatter.pad(x, padding, mode, -3), strict=True)
        g = whole(rng, y.shape, str(x.dtype))
        (dx,) = reference.vjp("pad", (x,), g, **p)
        np.testing.assert_array_equal(dx, scatter.pad_vjp(x, g, padding, mode), strict=True)


@pytest.mark.parametrize("name", ["same_upper", "same_lower"])
def test_padding_by_name_is_the_padding_found_by_adding_cells_in_turn(name: str) -> None:
    for seed in range(40):
        rng = np.random.default_rng([5, seed])
        v = Windows(rng, 2)
        axes = zip(v.sizes, v.window, v.stride, v.dilation, strict=True)
        pairs = tuple(scatter.same(*axis, name == "same_lower") for axis in axes)
        x = whole(rng, (1, 2, *v.sizes), "float64")
        w = whole(rng, (1, 2, *v.window), "float64")
        p: dict[str, Any] = {"stride": v.stride, "dilation": v.dilation}
        y = reference.conv(x, w, padding=name, groups=1, **p)  # type: ignore[arg-type]
        expected = scatter.conv(x, w, None, v.stride, pairs, v.dilation, 1)
        np.testing.assert_array_equal(y, expected, strict=True)
        assert y.shape[2:] == tuple(-(-n // s) for n, s in zip(v.sizes, v.stride, strict=True))
