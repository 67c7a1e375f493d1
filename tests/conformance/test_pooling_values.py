"""What pooling does to values: it keeps constants, order and range, and blows nothing up."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from convspec.comparison import require_equal
from convspec.conformance.premises import (
    HALVES,
    PLAIN,
    allowed,
    blocks,
    divides_by_taps,
    halving,
    plain,
    readers,
    spread,
    tiles,
    unblocked,
)
from convspec.contents import backwards
from convspec.dtypes import lowest
from convspec.law import law
from convspec.spec.clauses.pooling import CHOICES
from convspec.spec.groups import MAX_POOLS, MAXIMA
from convspec.trial import Array, Trial, wide
from convspec.verdicts import WrongValue

SHARE = 0.5


def _empty(trial: Trial, y: Array) -> Array:
    """True for the outputs of windows that hold nothing but padding."""
    trial.require_shape(y)
    seen = trial.empty_windows() if y.ndim > 2 else np.zeros((1, 1), bool)
    return np.broadcast_to(seen, y.shape)


@law("constants", CHOICES, share=0.25, narrow={"padding": ("explicit",)})
def test_constants(trial: Trial) -> None:
    """A constant map stays constant wherever padding has no part in it."""
    if trial.op == "avg_pool" and not divides_by_taps(trial):
        return
    value = trial.case["x"].k % 7 - 3
    x = np.full_like(trial.inputs["x"], value)
    y = trial.run(x=x)
    kept = ~_empty(trial, y)
    if trial.parameters.get("count_include_pad"):
        # There padding counts as zeros: only windows without any keep the constant.
        taps = [seen.sum(axis=1) for seen in readers(trial, y.shape[2:])]
        kept = np.broadcast_to(spread(taps) == prod(trial.parameters["window"]), y.shape)
    expected = np.where(kept, float(value), wide(y))
    trial.require(y, expected, "y of a constant map", summed={"x": np.abs(wide(x))})


@law("range", CHOICES, share=0.25)
def test_range(trial: Trial) -> None:
    """No output is above or below all cells of its map."""
    x, y = trial.exact["x"], trial.run()
    places = tuple(range(2, x.ndim))
    least, most = x.min(axis=places, keepdims=True), x.max(axis=places, keepdims=True)
    if trial.parameters.get("count_include_pad"):
        least, most = np.minimum(least, 0), np.maximum(most, 0)
    if y.ndim == 2:
        least, most = least.reshape(x.shape[:2]), most.reshape(x.shape[:2])
    empty = _empty(trial, y)
    inside = np.where(empty, wide(y), np.clip(wide(y), least, most))
    trial.require(y, inside, "y, which must lie in the range of its map,")


@law("monotone", CHOICES, share=SHARE)
def test_monotone(trial: Trial) -> None:
    """Raising cells lowers no output."""
    x = trial.inputs["x"]
    raised = x + (backwards(x) > x).astype(x.dtype)
    y, higher = wide(trial.run()), trial.run(x=raised)
    trial.require_shape(higher)
    trial.require(
        higher, np.maximum(wide(higher), y), "y of a larger x", versus="the smaller x",
        summed={"x": np.abs(wide(x)) + 1},
    )  # fmt: skip


@law("increasing-maps", MAXIMA, share=SHARE)
def test_increasing_maps(trial: Trial) -> None:
    """max(φ(x)) = φ(max(x)) for an increasing φ, here one with uneven steps."""
    x = trial.inputs["x"]
    known, places = np.unique(x, return_inverse=True)
    steps = np.arange(len(known))
    phi = (steps + steps // 2 - len(known) // 2).astype(x.dtype)
    y = trial.run()
    empty = _empty(trial, y)
    found = np.clip(np.searchsorted(known, wide(y)), 0, len(known) - 1)
    require_equal(np.where(empty, y, known[found]), y, "the nearest cell of x", "y")
    mapped = trial.run(x=phi[places].reshape(x.shape))
    require_equal(mapped, np.where(empty, mapped, phi[found]), "max(φ(x))", "φ(max(x))")


@law("lipschitz", CHOICES, share=SHARE)
def test_lipschitz(trial: Trial) -> None:
    """Noise of at most 1 in every cell moves no output by more than 1."""
    x = trial.inputs["x"]
    noise = np.sign(wide(backwards(x)) - wide(x)).astype(x.dtype)
    y, noisy = trial.run(), trial.run(x=x + noise)
    empty = _empty(trial, y) | _empty(trial, noisy)
    near = np.clip(wide(noisy), wide(y) - 1, wide(y) + 1)
    trial.require(
        noisy, np.where(empty, wide(noisy), near), "y of a noisy x", versus="x without noise, ± 1,",
        summed={"x": np.abs(wide(x)) + 1},
    )  # fmt: skip


@law("lone-peak", MAX_POOLS, share=SHARE, narrow={"padding": ("explicit",)})
def test_lone_peak(trial: Trial) -> None:
    """A single peak has its full height in every window that reads it, and in no other."""
    x = np.zeros(trial.case["x"].shape, trial.case.dtype)
    peak, count = 100, prod(x.shape[2:])
    cell = np.unravel_index(trial.case["x"].k * max(count // 64, 1) % count, x.shape[2:])
    at: tuple[Any, ...] = (slice(None), slice(None), *cell)
    x[at] = peak
    y = trial.run(x=x)
    empty = _empty(trial, y)
    seen = [r[:, i] for r, i in zip(readers(trial, y.shape[2:]), cell, strict=True)]
    expected = np.where(spread(seen), peak, np.where(empty, y, 0))
    require_equal(y, expected, "y of a lone peak")


@law(
    "above-the-mean",
    ("max_pool",),
    share=SHARE,
    narrow={
        **PLAIN,
        "dilation": (1, 2, 3, 4),
        "window": HALVES,
        "dtype": ("float32", "float64"),
        "x.pattern": ("ints", "ramp", "impulse", "ones", "negative"),
    },
)
def test_above_the_mean(trial: Trial) -> None:
    """min ≤ mean ≤ max in every window, and mean = max only where min = max."""
    exact = halving(trial) and trial.case.dtype in ("float32", "float64")
    if not exact or not divides_by_taps(trial):
        return
    changes = {**plain(trial), "dilation": trial.parameters["dilation"]}
    if not allowed(trial, **changes):
        return
    x = trial.inputs["x"]
    how = {**trial.parameters, **changes, "count_include_pad": False}
    mean = wide(trial.other("avg_pool", x, **how))
    greatest, least = wide(trial.run(**changes)), -wide(trial.run(x=-x, **changes))
    if not greatest.shape == least.shape == mean.shape:
        raise WrongValue(f"maximum {greatest.shape} and mean {mean.shape} differ in shape")
    off = (least > mean) | (mean > greatest) | ((mean == greatest) != (least == greatest))
    if off.any():
        at = tuple(int(i[0]) for i in np.nonzero(off))
        raise WrongValue(
            f"window {at}: min {least[at]:g}, mean {mean[at]:g}, max {greatest[at]:g}",
            got=greatest,
            worst=at,
        )


@law("total-variation", ("avg_pool",), share=SHARE, narrow={**PLAIN, "window": HALVES})
def test_total_variation(trial: Trial) -> None:
    """Means over windows side by side do not vary more than the cells, along any axis."""
    window, changes = trial.parameters["window"], tiles(trial)
    if not halving(trial) or not allowed(trial, **changes):
        return
    covered = unblocked(blocks(trial.exact["x"], window), window)
    y = wide(trial.run(**changes))
    if y.ndim != covered.ndim:
        raise WrongValue(f"y has {y.ndim} axes, x {covered.ndim}", got=y)
    for axis, k in enumerate(window):
        before = np.abs(np.diff(covered, axis=axis + 2)).sum()
        after = np.abs(np.diff(y, axis=axis + 2)).sum() * prod(window) / k
        if after > before:
            raise WrongValue(
                f"along spatial axis {axis} the means vary by {after:g}, the cells by {before:g}",
                got=y,
            )


@law("discarded-cells", MAXIMA, share=SHARE)
def test_discarded_cells(trial: Trial) -> None:
    """All cells that are no window's maximum may be lowered to the bottom at once."""
    x = trial.inputs["x"]
    kept = np.where(trial.reachable_maxima(), x, lowest(x.dtype)).astype(x.dtype)
    require_equal(trial.run(x=kept), trial.run(), "y of the maxima alone", "all of x")
