"""Adaptive pools, by their bins, and pools that take norms."""

from __future__ import annotations

from functools import reduce
from math import prod
from typing import Any

import numpy as np

from convspec import dialect
from convspec.comparison import require_equal, require_shape, require_within
from convspec.conformance.premises import keeps_every_window
from convspec.law import law
from convspec.spec.groups import ADAPTIVE
from convspec.spec.relation import axes
from convspec.trial import Array, Trial, wide

APART = {"x.layout": ("contiguous",)}
"""Entries of one-hot inputs differ: none may be the repetition of another."""


def _reads(trial: Trial) -> Array:
    """Which output reads which cell of a map: (cells, *o), from the bins along each axis."""
    sizes = trial.case["x"].shape[2:]
    bins = dialect.bins_of(trial.case, trial.adapter.claims)
    along = [
        np.array([[cell in one for one in of_axis] for cell in range(n)])
        for n, of_axis in zip(sizes, bins, strict=True)
    ]
    together: Array = reduce(np.multiply.outer, along)
    rank = len(sizes)
    cells_first = together.transpose(*range(0, 2 * rank, 2), *range(1, 2 * rank, 2))
    return cells_first.reshape(prod(sizes), *trial.output_shape[2:])


def _one_hot_responses(trial: Trial, response: Array) -> Array:
    """Those of each map to ones in itself: entry n holds a one in cell n of all its channels."""
    channels, cells = trial.case["x"].shape[1], prod(trial.case["x"].shape[2:])
    require_shape(response, trial.output_shape, "y")
    apart = response.reshape(channels, cells, *response.shape[1:])
    return np.stack([apart[c, :, c] for c in range(channels)])


@law("bins", ("adaptive_avg_pool",), scale="tiny", narrow={"x.pattern": ("eye",), **APART})
def test_bins_of_means(trial: Trial) -> None:
    """A one in a cell is seen by the bins that hold the cell, and by no other."""
    seen = _one_hot_responses(trial, trial.run()) != 0
    require_equal(seen, np.broadcast_to(_reads(trial), seen.shape), "seen")


@law("bins", ("adaptive_max_pool",), scale="tiny", narrow={"x.pattern": ("floor",), **APART})
def test_bins_of_maxima(trial: Trial) -> None:
    """A cell above all others is seen by the bins that hold it, and by no other."""
    seen = _one_hot_responses(trial, trial.run()) == 0
    require_equal(seen, np.broadcast_to(_reads(trial), seen.shape), "seen")


@law("partition", ADAPTIVE, narrow={"tail": (0,), "fold": (2, 3, 4)})
def test_bins_that_part(trial: Trial) -> None:
    """Where the output divides the input, it is the pool with window and stride n/o."""
    sizes, outputs = trial.case["x"].shape[2:], trial.parameters["output_size"]
    if any(n % o for n, o in zip(sizes, outputs, strict=True)):
        return
    window = tuple(n // o for n, o in zip(sizes, outputs, strict=True))
    once, none = (1,) * len(window), ((0, 0),) * len(window)
    plain: dict[str, Any] = {
        "window": window, "stride": window, "padding": none, "dilation": once, "ceil_mode": False,
    }  # fmt: skip
    op = trial.op.removeprefix("adaptive_")
    if op == "avg_pool":
        plain["count_include_pad"] = False
    ordinary = trial.other(op, trial.inputs["x"], **plain)
    trial.require(trial.run(), ordinary, versus=f"{op} of window {window}")


@law("identity", ADAPTIVE, share=0.5, narrow={"tail": (0,), "fold": (1,)})
def test_bins_of_one_cell(trial: Trial) -> None:
    """An output as large as the input is the input."""
    if trial.parameters["output_size"] == trial.case["x"].shape[2:]:
        require_equal(trial.run(), trial.exact["x"], "y", "x")


@law("global", ADAPTIVE, share=0.5, narrow={"outputs": (1,)})
def test_one_bin(trial: Trial) -> None:
    """An output of one cell is the global pool."""
    if set(trial.parameters["output_size"]) != {1}:
        return
    op = trial.op.replace("adaptive", "global")
    whole = trial.other(op, trial.inputs["x"])
    require_shape(whole, trial.output_shape[:2], op)
    trial.require(trial.run(), whole.reshape(trial.output_shape), versus=op)


@law("sum", ("lp_pool",), narrow={"p": (1,)})
def test_lp_of_1_sums(trial: Trial) -> None:
    """With p = 1 it sums the magnitudes of each window."""
    if keeps_every_window(trial):
        return  # an average over nothing is no sum
    plain = {k: v for k, v in trial.parameters.items() if k != "p"}
    relation = axes(
        trial.case["x"].shape[2:], plain["window"], stride=plain["stride"],
        padding=plain["padding"], dilation=plain["dilation"], ceil=plain["ceil_mode"],
    )  # fmt: skip
    x = trial.inputs["x"] if _signed(trial) else np.abs(trial.inputs["x"])
    mean = trial.other("avg_pool", x, **plain, count_include_pad=True)
    trial.require_shape(mean)
    counts = reduce(np.multiply.outer, [np.array(a.inside_counts(), float) for a in relation])
    # A dialect may have fewer windows: the first ones.
    counts = counts[tuple(map(slice, trial.output_shape[2:]))]
    if trial.adapter.claims.dialect["lp_pool.clipped-window"] == "rescaled":
        counts = np.full_like(counts, np.prod(plain["window"]))
    total = wide(mean) * counts
    # The mean is off as a sum is, and its count multiplies that.
    slack = counts * trial.precision.sum(trial.expected(x=np.abs(trial.exact["x"])) / counts)
    require_within(trial.run(), total, trial.bound() + slack, "y", "avg_pool(|x|) times its count")


@law("monotone", ("lp_pool",))
def test_lp_falls_with_p(trial: Trial) -> None:
    """A greater p never gives a greater norm."""
    p = trial.parameters["p"]
    if p + 1 not in trial.claims.powers:
        return
    # Signed sums of an odd power can cancel: of magnitudes they are norms.
    size = np.abs(trial.inputs["x"])
    y = trial.run(x=size)
    trial.require_shape(y)
    rise = np.maximum(wide(trial.run(x=size, p=p + 1)) - wide(y), 0)
    exact = np.abs(trial.exact["x"])
    bound = trial.bound(x=exact) + trial.bound(x=exact, p=p + 1)
    require_within(rise, np.zeros_like(rise), bound, f"the rise from p = {p} to {p + 1}")


@law("homogeneous", ("lp_pool",))
def test_lp_scales(trial: Trial) -> None:
    """The norm of −2x is twice the norm of x."""
    y = trial.run()
    factor = 2 if _signed(trial) else -2
    scaled = trial.run(x=factor * trial.inputs["x"])
    bound = 2 * trial.bound() + trial.bound(x=factor * trial.exact["x"])
    require_within(scaled, 2 * wide(y), bound, f"y of {factor}x", "twice that of x")


def _signed(trial: Trial) -> bool:
    """Whether the dialect sums powers with their signs."""
    return trial.adapter.claims.dialect["lp_pool.sign"] == "signed"
