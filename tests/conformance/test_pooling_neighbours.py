"""Pooling held to other operations, and to itself with other windows."""

from __future__ import annotations

from typing import Any

import numpy as np

from convspec.comparison import require_equal, require_shape
from convspec.conformance.premises import (
    HALVES,
    PLAIN,
    allowed,
    blocks,
    everywhere,
    halving,
    plain,
    tiles,
)
from convspec.law import law
from convspec.spec.clauses.pooling import STATISTICS
from convspec.spec.groups import ADAPTIVE, GLOBAL, MAX_POOLS, POOLS
from convspec.trial import Array, Trial, wide
from convspec.verdicts import WrongShape

SHARE = 0.5


@law(
    "uniform-kernel",
    ("avg_pool",),
    share=SHARE,
    narrow={"padding": ("explicit",), "ceil_mode": (False,)},
)
def test_uniform_kernel(trial: Trial) -> None:
    """An average is a depthwise convolution with ones, divided by the taps that count."""
    x, given = trial.inputs["x"], trial.parameters
    if given["ceil_mode"]:
        return
    ones = np.ones((x.shape[1], 1, *given["window"]), x.dtype)
    how = {name: given[name] for name in ("stride", "padding", "dilation")}
    total = trial.other("conv", x, ones, None, **how, groups=x.shape[1])
    # Padding counts as a cell that is 1, or as one that is 0.
    present = np.ones_like(x)
    if given["count_include_pad"]:
        around = ((0, 0), (0, 0), *given["padding"])
        how["padding"] = everywhere(trial, (0, 0))
        present = np.pad(present, around, constant_values=1)
    count = trial.other("conv", present, ones, None, **how, groups=x.shape[1])
    if total.shape != count.shape:
        raise WrongShape("the convolutions with ones differ in shape", got=total)
    trial.require(trial.run(), wide(total) / wide(count), "y, against a convolution with ones,")


@law("subsampling", STATISTICS, share=0.25, narrow={**PLAIN, "window": (1,)})
def test_subsampling(trial: Trial) -> None:
    """A window of one cell at stride s keeps every s-th cell."""
    changes = {**plain(trial), "window": everywhere(trial, 1)}
    if not allowed(trial, **changes):
        return
    steps: tuple[Any, ...] = (..., *(slice(None, None, s) for s in trial.parameters["stride"]))
    require_equal(trial.run(**changes), trial.exact["x"][steps], "y of one-cell windows")


@law("grouping", STATISTICS, share=SHARE, narrow=PLAIN)
def test_grouping(trial: Trial) -> None:
    """Windows side by side are groups; each output is the statistic of its group."""
    changes, x = tiles(trial), trial.exact["x"]
    if not allowed(trial, **changes):
        return
    groups = blocks(x, trial.parameters["window"])
    expected = groups.mean(axis=-1) if trial.op == "avg_pool" else groups.max(axis=-1)
    trial.require(trial.run(**changes), expected, "y of groups", summed={"x": np.abs(x), **changes})


@law("nested", STATISTICS, share=SHARE, narrow={**PLAIN, "window": HALVES})
def test_nested(trial: Trial) -> None:
    """Windows side by side of windows side by side are windows of the product."""
    window = trial.parameters["window"]
    if trial.op == "avg_pool" and not halving(trial):
        return
    x = _wrapped(trial.inputs["x"], tuple(2 * k for k in window))
    twice, whole = tiles(trial, everywhere(trial, 2)), tiles(trial, tuple(2 * k for k in window))
    if not (allowed(trial, **tiles(trial)) and allowed(trial, x=x, **whole)):
        return
    if not allowed(trial, x=x, **twice):
        return
    once = trial.run(x=x, **tiles(trial))
    require_shape(once, (*x.shape[:2], *_counts(x, window)), "y of the inner windows")
    require_equal(
        trial.run(x=once, **twice), trial.run(x=x, **whole), "the pool of the pool", "one pool"
    )


@law("pool-of-pool", MAX_POOLS, share=SHARE, narrow={**PLAIN, "window": (2, 3, 4, 5, 7)})
def test_pool_of_pool(trial: Trial) -> None:
    """At stride 1 a maximum over a of maxima over b is a maximum over a + b − 1."""
    window = trial.parameters["window"]
    once = {**plain(trial), "stride": everywhere(trial, 1)}
    inner = tuple((k + 1) // 2 for k in window)
    outer = tuple(k + 1 - a for k, a in zip(window, inner, strict=True))
    if not all(allowed(trial, **once, window=w) for w in (window, inner, outer)):
        return
    first = trial.run(**once, window=inner)
    sizes = trial.case["x"].shape[2:]
    left = tuple(n - a + 1 for n, a in zip(sizes, inner, strict=True))
    require_shape(first, (*trial.case["x"].shape[:2], *left), "y of the inner windows")
    second = trial.run(x=first, **once, window=outer)
    require_equal(second, trial.run(**once), "the pool of the pool", "one pool")


@law("channels-kept", (*POOLS, *ADAPTIVE, *GLOBAL), share=0.1)
def test_channels_kept(trial: Trial) -> None:
    """There are as many images and channels after pooling as before."""
    y = trial.run()
    require_shape(y, trial.case["x"].shape[:2] + y.shape[2:], "y")


def _wrapped(x: Array, least: tuple[int, ...]) -> Array:
    """x, continued by itself where it is shorter than that."""
    missing = [max(k - n, 0) for n, k in zip(x.shape[2:], least, strict=True)]
    return np.pad(x, [(0, 0), (0, 0), *((0, m) for m in missing)], mode="wrap")


def _counts(x: Array, window: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n // k for n, k in zip(x.shape[2:], window, strict=True))
