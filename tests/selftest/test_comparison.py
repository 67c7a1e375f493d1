"""Comparison: what counts as equal, and how a difference is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convspec.comparison import number, require_equal, require_shape, require_within
from convspec.verdicts import Mismatch, WrongNaN, WrongShape, WrongValue

NAN, INF = float("nan"), float("inf")


def outcome(got: Any, expected: Any) -> Mismatch | None:
    try:
        require_equal(np.asarray(got), np.asarray(expected), "y")
    except Mismatch as mismatch:
        return mismatch
    return None


@pytest.mark.parametrize(
    ("got", "expected", "kind"),
    [
        ([1, 2], [1, 2], None),
        ([1.0, 2.0], [1, 2], None),
        ([1, 2], [1, 3], WrongValue),
        ([NAN, 1], [NAN, 1], None),
        ([NAN, 1], [1, 1], WrongNaN),
        ([1, 1], [1, NAN], WrongNaN),
        ([INF], [INF], None),
        ([INF], [-INF], WrongValue),
        ([INF], [1], WrongValue),
        ([-0.0], [0.0], None),
        ([], [], None),
        ([[1, 2]], [1, 2], WrongShape),
        ([1], [1, 1], WrongShape),
        (1, [1], WrongShape),
        ([[]], [], WrongShape),
        ([True], [1], None),
        ([2**53 + 1], [2**53], WrongValue),
    ],
)
def test_equality(got: Any, expected: Any, kind: type[Mismatch] | None) -> None:
    found = outcome(got, expected)
    assert (found is None) if kind is None else type(found) is kind


def test_a_difference_is_told_in_one_line() -> None:
    found = outcome([[1, 2], [3, 7]], [[1, 2], [4, 4]])
    assert found is not None
    assert found.message == "y[1, 1] is 7, expected 4 (2 of 4 cells differ)"
    assert found.worst == (1, 1)
    assert found.expected is not None and found.got is not None


@pytest.mark.parametrize(
    ("got", "worst"),
    [([0, 9, NAN], (2,)), ([INF, 9, 0], (0,)), ([1, 2, 8], (2,)), ([-5, 1, 0], (0,))],
)
def test_the_worst_cell_is_furthest_off(got: Any, worst: tuple[int, ...]) -> None:
    found = outcome(got, [0, 0, 0])
    assert found is not None and found.worst == worst


def test_shapes_are_told() -> None:
    with pytest.raises(WrongShape, match=r"^y has shape 2×3, expected scalar$"):
        require_shape(np.zeros((2, 3)), (), "y")
    require_shape(np.zeros((0, 3)), (0, 3), "y")


@given(st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=8), st.data())
def test_one_changed_cell_is_found(cells: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(cells) - 1))
    other = np.array(cells)
    other[place] += data.draw(st.sampled_from([-3, -1, 1, 2**20]))
    found = outcome(other, cells)
    assert type(found) is WrongValue and found.worst == (place,)
    assert outcome(cells, cells) is None


def within(got: Any, expected: Any, bound: Any) -> type[Mismatch] | None:
    try:
        require_within(np.asarray(got), np.asarray(expected), np.asarray(bound), "y")
    except Mismatch as mismatch:
        assert len(mismatch.message.splitlines()) == 1
        return type(mismatch)
    return None


def test_bounds_hold_cell_by_cell() -> None:
    assert within([1.0, 2.0], [1.5, 2.0], [0.5, 0.0]) is None
    assert within([1.0, 2.0], [1.5, 2.1], [0.5, 0.0]) is WrongValue
    assert within([1.0], [1.5], [0.49]) is WrongValue
    assert within([[1.0]], [1.0], [1.0]) is WrongShape


def test_what_is_not_finite_must_be_equal() -> None:
    assert within([NAN, INF, -INF], [NAN, INF, -INF], [0.0, 0.0, 0.0]) is None
    assert within([NAN], [1.0], [INF]) is WrongNaN
    assert within([1.0], [NAN], [INF]) is WrongNaN
    assert within([INF], [1.0], [1e300]) is WrongValue
    assert within([INF], [-INF], [1.0]) is WrongValue


@pytest.mark.parametrize(
    ("value", "text"),
    [(3, "3"), (3.0, "3"), (-2.5, "-2.5"), (np.float32(0.5), "0.5"), (1 / 3, "0.333333333"),
     (NAN, "nan"), (-INF, "-inf"), (np.int8(-4), "-4"), (1e20, "1e+20")],
)  # fmt: skip
def test_numbers_are_written_as_people_do(value: Any, text: str) -> None:
    assert number(value) == text
