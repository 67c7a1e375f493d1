"""What the laws of pooling read off a case, against the index relation."""

from __future__ import annotations

import numpy as np
import pytest

from convspec.adapters.opening import open_adapter
from convspec.conformance.premises import (
    allowed,
    blocks,
    halving,
    readers,
    rearranged,
    tiles,
    unblocked,
)
from convspec.spec.case import Case
from convspec.spec.relation import axes
from convspec.trial import Trial


def trial(line: str) -> Trial:
    return Trial(open_adapter("reference"), Case.parse(line))


@pytest.mark.parametrize("window", [(2,), (3,), (2, 3), (1, 2, 2)])
def test_blocks_are_the_windows_side_by_side(window: tuple[int, ...]) -> None:
    sizes = tuple(3 * k for k in window)
    x = np.arange(2 * np.prod(sizes)).reshape(1, 2, *sizes)
    found = blocks(x, window)
    assert found.shape == (1, 2, *(3,) * len(window), np.prod(window))
    second = x[(0, 1, *(slice(k, 2 * k) for k in window))]
    assert (found[(0, 1, *(1,) * len(window))] == second.ravel()).all()
    assert (unblocked(found, window) == x).all()


def test_a_rest_is_in_no_block() -> None:
    assert blocks(np.arange(7).reshape(1, 1, 7), (3,)).tolist() == [[[[0, 1, 2], [3, 4, 5]]]]


@pytest.mark.parametrize(
    "line",
    [
        "max_pool window=3 stride=2 padding=1:2 x=1x1x8:float32:ramp@0",
        "avg_pool window=2,3 stride=3,1 dilation=2,2 padding=0:1,2:0 x=1x1x7x6:float32:ramp@0",
        "max_pool window=3 stride=2 ceil_mode=yes x=1x1x6:float32:ramp@0",
        "conv stride=2 padding=1:0 x=1x1x7:float32:ramp@0 w=1x1x3:float32:ones@0",
    ],
)
def test_readers_are_those_of_the_index_relation(line: str) -> None:
    given = trial(line)
    kernel = given.parameters.get("window") or given.case["w"].shape[2:]
    how = {name: given.parameters[name] for name in ("stride", "padding", "dilation")}
    relation = axes(
        given.case["x"].shape[2:], kernel, **how, ceil=given.parameters.get("ceil_mode", False)
    )
    found = readers(given, given.output_shape[2:])
    for axis, seen in zip(relation, found, strict=True):
        for o in range(axis.out):
            assert list(np.flatnonzero(seen[o])) == list(axis.real(o))


def test_what_is_allowed() -> None:
    line = "max_pool window=3 stride=2 padding=1:1 x=1x1x7:float32:ramp@0"
    given = trial(line)
    assert allowed(given, **tiles(given))
    assert not allowed(given, window=(9,), padding=((0, 0),)), "the definition has no meaning"
    narrow = Trial(open_adapter("torch"), Case.parse(line))
    assert not allowed(narrow, padding=((2, 2),)), "more than half the window is not claimed"
    assert not halving(given)
    assert halving(trial("max_pool window=4,1 x=1x1x7x2:float32:ramp@0"))


def test_rearranged_keeps_the_cells() -> None:
    x = np.arange(6).reshape(1, 1, 2, 3)
    assert rearranged(x, np.array([5, 4, 3, 2, 1, 0])).tolist() == [[[[5, 4, 3], [2, 1, 0]]]]
