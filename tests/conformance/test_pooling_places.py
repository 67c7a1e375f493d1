"""What pooling does with places: which cells it reads, how often, and what may move."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from convspec.comparison import require_equal, require_shape
from convspec.conformance.premises import (
    HALVES,
    PLAIN,
    allowed,
    blocks,
    divides_by_taps,
    halving,
    leading,
    plain,
    readers,
    spatial,
    spread,
    tiles,
    unblocked,
)
from convspec.law import law
from convspec.spec.dtypes import FLOATS
from convspec.spec.groups import MAX_POOLS, POOLS
from convspec.trial import Trial, wide
from convspec.verdicts import WrongValue

SHARE = 0.5


@law("window-permutation", POOLS, share=SHARE, narrow={**PLAIN, "window": (2, 3, 4, 5, 7)})
def test_window_permutation(trial: Trial) -> None:
    """The cells of windows side by side may stand in any order within them."""
    window, changes = trial.parameters["window"], tiles(trial)
    if not allowed(trial, **changes):
        return
    x = trial.inputs["x"]
    order = np.random.RandomState(trial.case["x"].k).permutation(prod(window))
    mixed = x.copy()
    inside = unblocked(blocks(x, window)[..., order], window)
    mixed[leading(inside.shape[2:])] = inside
    trial.require(
        trial.run(x=mixed, **changes), trial.run(**changes), "y of cells mixed in their windows",
        versus="the given order", summed={"x": np.abs(wide(x)), **changes},
    )  # fmt: skip


@law(
    "small-shift",
    MAX_POOLS,
    share=SHARE,
    narrow={**PLAIN, "window": (2, 3, 4), "outputs": (2, 3, 4, 5)},
)
def test_small_shift(trial: Trial) -> None:
    """Shifted by less than a window, a maximum stays within those of two neighbours."""
    changes, k = tiles(trial), trial.parameters["window"][-1]
    if not allowed(trial, **changes):
        return
    x, t = trial.inputs["x"], trial.case["x"].k % k
    if x.shape[-1] - t < k:
        return
    y, moved = wide(trial.run(**changes)), wide(trial.run(x=x[..., t:].copy(), **changes))
    require_shape(
        y,
        (
            *x.shape[:2],
            *(n // k for n, k in zip(x.shape[2:], trial.parameters["window"], strict=True)),
        ),
        "y",
    )
    require_shape(moved, (*y.shape[:-1], (x.shape[-1] - t) // k), "y of the shifted x")
    pairs = y.shape[-1] - 1
    both = np.maximum(y[..., :-1], y[..., 1:])
    require_equal(
        np.minimum(moved[..., :pairs], both), moved[..., :pairs],
        "the greater of two neighbours", "the window between them",
    )  # fmt: skip
    between = np.maximum(moved[..., :-1], moved[..., 1:])
    within = y[..., 1 : moved.shape[-1]]
    require_equal(
        np.maximum(between, within), between, "the greater of two shifted windows", "what they hold"
    )


@law(
    "coverage",
    ("avg_pool",),
    gradient=True,
    share=SHARE,
    narrow={
        "padding": ("explicit",),
        "ceil_mode": (False,),
        "count_include_pad": (True,),
        "window": HALVES,
        "dtype": FLOATS,
    },
)
def test_pool_coverage(trial: Trial) -> None:
    """The gradient of the sum of all outputs counts the windows that read each cell."""
    given = trial.parameters
    if not halving(trial) or not given["count_include_pad"] or given["ceil_mode"]:
        return
    if not divides_by_taps(trial):
        return
    g = np.ones_like(trial.inputs["g"])
    (dx,) = trial.gradients(g=g)
    windows = spread([seen.sum(axis=0) for seen in readers(trial, g.shape[2:])])
    expected = np.broadcast_to(windows, trial.case["x"].shape)
    require_equal(wide(dx) * prod(given["window"]), expected, "K·dx")


@law(
    "read-once",
    ("avg_pool",),
    gradient=True,
    share=SHARE,
    narrow={**PLAIN, "window": HALVES, "dtype": FLOATS},
)
def test_read_once(trial: Trial) -> None:
    """Windows side by side read each cell that they cover exactly once."""
    window, changes = trial.parameters["window"], tiles(trial)
    if not halving(trial) or not allowed(trial, **changes):
        return
    x = trial.inputs["x"]
    outputs = [n // k for n, k in zip(x.shape[2:], window, strict=True)]
    (dx,) = trial.gradients(g=np.ones((*x.shape[:2], *outputs), x.dtype), **changes)
    once = np.zeros(x.shape)
    once[leading([o * k for o, k in zip(outputs, window, strict=True)])] = 1
    require_equal(wide(dx) * prod(window), once, "K·dx")


@law("sums-preserved", ("avg_pool",), share=SHARE, narrow={**PLAIN, "window": HALVES})
def test_sums_preserved(trial: Trial) -> None:
    """Means over windows side by side keep the sum of the cells they cover."""
    window, changes = trial.parameters["window"], tiles(trial)
    if not halving(trial) or not allowed(trial, **changes):
        return
    y = wide(trial.run(**changes))
    places = tuple(range(2, y.ndim))
    covered = blocks(trial.exact["x"], window)
    total = covered.sum(axis=tuple(range(2, covered.ndim)))
    require_equal(y.sum(axis=places) * prod(window), total, "Σ K·y", "Σ x")


@law(
    "overlap",
    ("conv", "avg_pool"),
    gradient=True,
    share=SHARE,
    narrow={**PLAIN, "dtype": FLOATS, "outputs": (2, 3, 4)},
)
def test_overlap(trial: Trial) -> None:
    """Neighbouring windows share max(0, k − s) cells along their axis, all along the others."""
    changes: dict[str, Any] = plain(trial)
    x = trial.inputs["x"]
    if trial.op == "conv":
        changes["w"] = np.ones_like(trial.inputs["w"])
    if not allowed(trial, **changes):
        return
    kernel = trial.case["w"].shape[2:] if trial.op == "conv" else trial.parameters["window"]
    arrays = {k: wide(v) if isinstance(v, np.ndarray) else v for k, v in changes.items()}
    outputs: tuple[int, ...] = trial.expected(**arrays).shape
    if outputs[-1] < 2:
        return
    supports = []
    for o in (0, 1):
        # The first map, and in it the first windows along the last axis.
        g = np.zeros((prod(outputs[:-1]), outputs[-1]), x.dtype)
        g[0, o] = 1
        g = g.reshape(outputs)
        dx = trial.gradients(g=g, **changes)[0]
        require_shape(dx, x.shape, "dx")
        supports.append(dx[0, 0] != 0)
    shared = int((supports[0] & supports[1]).sum())
    step = trial.parameters["stride"][-1]
    expected = prod(kernel[:-1]) * max(0, kernel[-1] - step)
    if shared != expected:
        raise WrongValue(f"two neighbouring windows share {shared} cells, expected {expected}")


@law(
    "padding-gradient",
    ("conv", "avg_pool"),
    gradient=True,
    share=SHARE,
    narrow={
        "padding": ("explicit",),
        "ceil_mode": (False,),
        "count_include_pad": (True,),
        "dtype": FLOATS,
    },
)
def test_padding_gradient(trial: Trial) -> None:
    """The gradient under padding is that of the padded input, without its border."""
    given = trial.parameters
    if given.get("ceil_mode") or not given.get("count_include_pad", True):
        return
    x = trial.inputs["x"]
    padded = np.pad(x, ((0, 0), (0, 0), *given["padding"]))
    changes = {"x": padded, "padding": plain(trial)["padding"]}
    if not allowed(trial, **changes):
        return
    dx, *others = trial.gradients(**changes)
    require_shape(dx, padded.shape, "dx of the padded x")
    inner = spatial(
        slice(low, low + n) for n, (low, _) in zip(x.shape[2:], given["padding"], strict=True)
    )
    got = trial.gradients()
    trial.require_gradients(got, trial.expected_gradients())
    trial.require_gradients((dx[inner], *others), trial.expected_gradients())
