"""What each mode of the pad operation puts around the input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from convspec.comparison import require_equal
from convspec.law import law
from convspec.trial import Array, Trial


def _inner(trial: Trial) -> tuple[list[Any], list[Any]]:
    """Along each axis, what is kept of the input and where it stands in the result."""
    kept, place = [], []
    sizes = trial.case["x"].shape[2:]
    for n, (low, high) in zip(sizes, trial.parameters["padding"], strict=True):
        kept.append(slice(max(-low, 0), n - max(-high, 0)))
        place.append(slice(max(low, 0), max(low, 0) + n - max(-low, 0) - max(-high, 0)))
    return kept, place


@law("crop", ("pad",), share=0.5)
def test_pad_keeps_what_is_left(trial: Trial) -> None:
    """What padding surrounds is the input, less what negative amounts take off."""
    y = trial.run()
    trial.require_shape(y)
    kept, place = _inner(trial)
    require_equal(y[(..., *place)], trial.exact["x"][(..., *kept)], "the inner part of y at ")


@law("constant", ("pad",), share=0.5, narrow={"mode": ("constant",)})
def test_pad_constant(trial: Trial) -> None:
    """Every cell around the input holds the value."""
    y = trial.run().copy()
    trial.require_shape(y)
    value = trial.parameters["value"]
    y[(..., *_inner(trial)[1])] = value
    require_equal(y, np.full_like(y, value), "what is around, at y")


def _beyond(trial: Trial, source: Callable[[int, int], int]) -> None:
    """Cell j before the inner part is the cell `source(j, n)` of the part, and so from the end.

    `n` is the length of the inner part along the axis; of the whole input where it is padded before
    negative amounts crop, and then a source that was cropped off says nothing.
    """
    y = trial.run()
    trial.require_shape(y)
    whole = trial.adapter.claims.dialect["pad.negative"] == "pad-first"
    for axis, place in enumerate(_inner(trial)[1]):
        ends: tuple[tuple[str, Array, int], ...] = (
            ("before", y, place.start),
            ("after", np.flip(y, 2 + axis), y.shape[2 + axis] - place.stop),
        )
        n = trial.case["x"].shape[2 + axis] if whole else place.stop - place.start
        for side, seen, amount in ends:
            for j in range(1, amount + 1):
                at: Any = (slice(None),) * (2 + axis)
                if whole and amount + source(j, n) >= seen.shape[2 + axis]:
                    continue
                expected = seen[(*at, amount + source(j, n))]
                where = f"y {j} {side} the input along axis {axis}, at "
                require_equal(seen[(*at, amount - j)], expected, where, "its source")


@law("reflect", ("pad",), share=0.5, narrow={"mode": ("reflect",)})
def test_pad_reflect(trial: Trial) -> None:
    """The edge cell is the mirror, and is not repeated."""
    _beyond(trial, lambda j, n: j)


@law("symmetric", ("pad",), share=0.5, narrow={"mode": ("symmetric",)})
def test_pad_symmetric(trial: Trial) -> None:
    """The mirror stands beyond the edge cell, which is repeated."""
    _beyond(trial, lambda j, n: j - 1)


@law("replicate", ("pad",), share=0.5, narrow={"mode": ("replicate",)})
def test_pad_replicate(trial: Trial) -> None:
    """The edge cell stands around, over and over."""
    _beyond(trial, lambda j, n: 0)


@law("circular", ("pad",), share=0.5, narrow={"mode": ("circular",)})
def test_pad_circular(trial: Trial) -> None:
    """The input begins again where it ends."""
    _beyond(trial, lambda j, n: n - j)
