"""Counts of weights and work against an enumeration of every product."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
import pytest

from convspec import reference
from convspec.spec import counts
from convspec.spec.groups import ADAPTIVE, GLOBAL, POOLS
from convspec.spec.operations import OPERATIONS
from convspec.spec.relation import Axis, axes

SMALL = [
    Axis(n, k, s, low, high, d)
    for n, k, s, low, high, d in product(
        range(1, 8), range(1, 4), range(1, 4), range(3), range(3), (1, 2, 3)
    )
    if d * (k - 1) + 1 <= n + low + high
]
"""Every small axis."""


def test_neighbours_share_what_is_said() -> None:
    compared = 0
    for axis in SMALL:
        for o in range(axis.out - 1):
            both = set(axis.cells(o)) & set(axis.cells(o + 1))
            assert len(both) == counts.shared(axis.window, axis.stride, axis.dilation)
            compared += 1
    assert compared == 3128


def test_unread_cells_are_those_between_windows_and_a_rest() -> None:
    for axis in SMALL:
        e, s = axis.extent, axis.stride
        rest = (axis.padded - e) % s
        if axis.dilation > 1 and axis.window > 1:
            continue  # taps leave gaps of their own
        places = np.arange(axis.size) + axis.low
        between = places % s >= e
        last = places >= axis.padded - rest
        assert counts.unread(axis) == tuple(np.flatnonzero(between | last))


@pytest.mark.parametrize("sizes", [(5,), (5, 5), (4, 6)])
def test_reads_are_the_gradient_of_a_sum_pool(sizes: tuple[int, ...]) -> None:
    rank = len(sizes)
    how = {"stride": (1,) * rank, "padding": ((1, 0),) * rank, "dilation": (1,) * rank}
    given = axes(sizes, (3,) * rank, **how)  # type: ignore[arg-type]
    x, w = np.zeros((1, 1, *sizes)), np.ones((1, 1, *(3,) * rank))
    g = np.ones((1, 1, *(a.out for a in given)))
    dx = reference.vjp("conv", (x, w), g, **how, groups=1)[0]
    assert counts.reads_per_cell(given) == tuple(dx.ravel())


def test_a_corner_is_read_less() -> None:
    def corner_and_middle(padding: int) -> tuple[int, int]:
        each = counts.reads_per_cell([Axis(5, 3, low=padding, high=padding)] * 2)
        return each[0], each[12]

    assert corner_and_middle(0) == (1, 9)
    assert corner_and_middle(1) == (4, 9)
    assert corner_and_middle(2) == (9, 9)


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_work_is_the_number_of_products(groups: int, stride: int) -> None:
    channels, filters, kernel, sizes = 4, 6, (3, 2), (6, 5)
    x = np.ones((1, channels, *sizes))
    w = np.ones((filters, channels // groups, *kernel))
    how = {"padding": ((0, 0),) * 2, "dilation": (1, 1), "groups": groups}
    # Products of ones: their sum is their number.
    y = reference.conv(x, w, stride=(stride, stride), **how)  # type: ignore[arg-type]
    counted = counts.conv_work(channels, filters, kernel, y.shape[2:], groups=groups)
    assert counted == y.sum()
    assert counts.conv_parameters(channels, filters, kernel, groups=groups, bias=False) == w.size


def test_work_falls_with_the_stride() -> None:
    for axis in SMALL:
        longer = Axis(axis.size, axis.window, axis.stride + 1, axis.low, axis.high, axis.dilation)
        works = [counts.conv_work(1, 1, (a.window,), (a.out,)) for a in (axis, longer)]
        assert works[0] >= works[1]


def test_dense_counts() -> None:
    assert counts.dense_parameters(224 * 224 * 3, 1000, bias=False) == 150_528_000
    assert counts.conv_parameters(3, 64, (3, 3), bias=False) == 1728
    assert counts.dense_parameters(4, 3) == 15
    w = np.ones((3, 4))
    assert counts.dense_work(4, 3) == reference.dense(np.ones((1, 4)), w).sum() == w.size


def test_a_pool_spares_work_and_not_the_weights_of_convolutions() -> None:
    before, (axis,) = (32, 32), axes((32,), (2,), stride=(2,), padding="valid", dilation=(1,))
    after = (axis.out,) * 2
    assert counts.pool_work(8, (2, 2), after) == 8 * prod(before)
    works = [counts.conv_work(8, 16, (1, 1), sizes) for sizes in (before, after)]
    assert works[0] == 4 * works[1]
    weights = [counts.conv_parameters(8, 16, (3, 3)) for _ in (before, after)]
    assert weights[0] == weights[1]
    dense = [counts.dense_parameters(8 * prod(n), 10, bias=False) for n in (before, after)]
    assert dense[0] == 4 * dense[1]


@pytest.mark.parametrize("op", [*POOLS, *ADAPTIVE, *GLOBAL])
def test_pools_take_an_input_and_nothing_else(op: str) -> None:
    assert OPERATIONS[op].inputs == ("x",) and not OPERATIONS[op].optional
