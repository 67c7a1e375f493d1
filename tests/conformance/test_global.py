"""Global pooling: blind to places, at home with any size, and what hangs together with it."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from convspec.comparison import require_equal, require_shape
from convspec.conformance.premises import every_place, rearranged
from convspec.law import law
from convspec.spec.groups import GLOBAL
from convspec.trial import Array, Trial, wide

SHARE = 0.5
POWERS = (1, 2, 4, 8, 16, 32)
"""Extents over whose product the mean of integers is exact."""

EXACT: dict[str, tuple[Any, ...]] = {"size": POWERS, "dtype": ("float32", "float64")}
CLASSES = 3


@law("position-blind", GLOBAL, share=SHARE)
def test_position_blind(trial: Trial) -> None:
    """Every permutation of a map's cells gives the same number."""
    mixed = rearranged(trial.inputs["x"], every_place(trial))
    trial.require(trial.run(x=mixed), trial.run(), "y of permuted maps", versus="the given order")


@law("any-size", GLOBAL, share=SHARE)
def test_any_size(trial: Trial) -> None:
    """A map side by side with itself has the same mean and maximum, and twice the sum."""
    x, y = trial.inputs["x"], trial.run()
    axis = 2 + trial.case["x"].k % trial.case.rank
    double = trial.run(x=np.concatenate([x, x], axis=axis))
    expected = 2 * wide(y) if trial.op == "global_sum_pool" else wide(y)
    summed = {"x": 2 * np.abs(wide(x))}
    trial.require(double, expected, "y of the map twice", versus="the map once", summed=summed)


@law("full-window", ("global_avg_pool", "global_max_pool"), share=SHARE)
def test_full_window(trial: Trial) -> None:
    """One window of the size of the map gives the global pool."""
    x = trial.inputs["x"]
    how = _window(x.shape[2:])
    if trial.op == "global_avg_pool":
        pooled = trial.other("avg_pool", x, **how, count_include_pad=False)
    else:
        pooled = trial.other("max_pool", x, **how)
    _one_each(trial, pooled, "the pool with one window")


@law("adaptive", ("global_avg_pool", "global_max_pool"), share=SHARE)
def test_adaptive_to_one(trial: Trial) -> None:
    """The adaptive pool with one bin gives the global pool."""
    op = trial.op.replace("global", "adaptive")
    pooled = trial.other(op, trial.inputs["x"], output_size=(1,) * trial.case.rank)
    _one_each(trial, pooled, "the adaptive pool with one bin")


def _window(sizes: tuple[int, ...]) -> dict[str, Any]:
    rank = len(sizes)
    return {
        "window": sizes, "stride": (1,) * rank, "padding": ((0, 0),) * rank,
        "dilation": (1,) * rank, "ceil_mode": False,
    }  # fmt: skip


def _one_each(trial: Trial, pooled: Array, versus: str) -> None:
    """`pooled` has one cell for each map, and it is the global pool."""
    maps = trial.case["x"].shape[:2]
    require_shape(pooled, (*maps, *(1,) * trial.case.rank), versus)
    trial.require(trial.run(), pooled.reshape(maps), versus=versus)


@law("as-dense", ("global_avg_pool", "global_sum_pool"), share=SHARE)
def test_as_dense(trial: Trial) -> None:
    """A global sum is a dense layer with weights 1 on each flattened map."""
    x = trial.inputs["x"]
    flat = x.reshape(-1, prod(x.shape[2:]))
    total = trial.other("dense", flat, np.ones((1, flat.shape[1]), x.dtype), None)
    require_shape(total, (len(flat), 1), "the dense layer's y")
    total = total.reshape(x.shape[:2])
    if trial.op == "global_avg_pool":
        trial.require(trial.run(), wide(total) / flat.shape[1], "y, against a dense layer,")
    else:
        require_equal(trial.run(), total, "y", "a dense layer with ones")


@law("sum-for-mean", ("global_avg_pool",), share=SHARE, narrow=EXACT)
def test_sum_for_mean(trial: Trial) -> None:
    """The global sum is the mean times the number of cells."""
    x = trial.inputs["x"]
    if not _exact(trial):
        return
    total = trial.other("global_sum_pool", x)
    require_equal(wide(trial.run()) * prod(x.shape[2:]), total, "n·y", "the global sum")


@law("activation-map", ("global_avg_pool",), share=SHARE, narrow=EXACT)
def test_class_activation_map(trial: Trial) -> None:
    """Mean, then linear, is 1×1 convolution, then mean: a score is the mean of its map."""
    x = trial.inputs["x"]
    if not _exact(trial):
        return
    w, rank = _weights(x), trial.case.rank
    pooled = trial.run()
    require_shape(pooled, x.shape[:2], "y")
    scores = trial.other("dense", pooled, w, None)
    maps = trial.other(
        "conv", x, w.reshape(*w.shape, *(1,) * rank), None, stride=(1,) * rank,
        padding=((0, 0),) * rank, dilation=(1,) * rank, groups=1,
    ).astype(x.dtype)  # fmt: skip
    require_shape(maps, (len(x), CLASSES, *x.shape[2:]), "the class activation maps")
    require_equal(trial.run(x=maps), scores, "the mean of the class activation map", "the score")


@law("head", ("global_avg_pool",), share=SHARE, narrow=EXACT)
def test_head(trial: Trial) -> None:
    """Mean and dense layer are a dense layer whose weights are the same at every position."""
    x = trial.inputs["x"]
    if not _exact(trial):
        return
    w, cells = _weights(x), prod(x.shape[2:])
    pooled = trial.run()
    require_shape(pooled, x.shape[:2], "y")
    scores = wide(trial.other("dense", pooled, w, None)) * cells
    whole = trial.other("dense", x.reshape(len(x), -1), np.repeat(w, cells, axis=1), None)
    require_equal(scores, whole, "n · the score", "one dense layer")


def _exact(trial: Trial) -> bool:
    """Whether a sum over channels and cells, and the mean of it, are exact."""
    powers = all(n & (n - 1) == 0 for n in trial.case["x"].shape[2:])
    return powers and trial.case.dtype in ("float32", "float64")


def _weights(x: Array) -> Array:
    """A linear classifier (classes, channels) with weights −1, 0 and 1, in the dtype of x."""
    count = CLASSES * x.shape[1]
    return ((np.arange(count) * 5 // 2 + 1) % 3 - 1).reshape(CLASSES, x.shape[1]).astype(x.dtype)
