"""Space: shifted, mirrored, with two axes exchanged, or with an axis more."""

from __future__ import annotations

from typing import Any

import numpy as np

from convspec.comparison import require_shape
from convspec.law import law
from convspec.moves import agree, claimed, grown, none, run, window_axes
from convspec.spec.groups import GLOBAL, MAPS, PLACED, WINDOWED
from convspec.trial import Array, Trial, wide

EXPLICIT = {"padding": ("explicit",)}
FLOOR = {"ceil_mode": (False,)}


@law("translation", WINDOWED, share=0.5, narrow=EXPLICIT, bits=True)
def test_translation(trial: Trial) -> None:
    """The input moved by t strides moves by t every output whose window meets no end."""
    x, k, rank = trial.inputs["x"], trial.case["x"].k, trial.case.rank
    which, steps = k % rank, 1 + k // rank % 3
    axis = window_axes(trial)[which]
    moved, reach = steps * axis.stride, axis.extent + axis.stride
    # Grown by whole strides, so that the windows at the high end stay what they were, and by as
    # many as leave at least one window clear of both ends.
    more = moved + -(-max(reach - axis.size, 0) // axis.stride) * axis.stride
    long = grown(x, [more + moved if a == which else 0 for a in range(rank)])
    spatial = 2 + which
    before = np.delete(long, np.s_[axis.size + more :], spatial)
    after = np.delete(long, np.s_[:moved], spatial)
    first = -(-axis.low // axis.stride)
    last = (axis.size + more - moved - axis.extent + axis.low) // axis.stride
    part = (slice(None),) * spatial + (slice(first, last + 1),)
    there = (slice(None),) * spatial + (slice(first + steps, last + 1 + steps),)
    got = run(trial, x=after)[part]
    agree(trial, got, run(trial, x=before)[there], "the unmoved x", part=part, x=after)


@law("circular-translation", WINDOWED, share=0.5, narrow={**EXPLICIT, **FLOOR}, bits=True)
def test_circular_translation(trial: Trial) -> None:
    """With circular padding, the input turned by t strides turns the output by t."""
    k, rank = trial.case["x"].k, trial.case.rank
    strides = trial.parameters["stride"]
    sizes = trial.case["x"].shape[2:]
    x = grown(trial.inputs["x"], [-n % s for n, s in zip(sizes, strides, strict=True)])
    extents = [axis.extent for axis in window_axes(trial)]
    unpadded = none(rank)
    if not claimed(trial, x=_round(trial, x, extents), padding=unpadded):
        return
    spatial = tuple(range(2, 2 + rank))
    turns = [(k // (a + 1)) % (n // s) for a, (n, s) in enumerate(zip(x.shape[2:], strides))]  # noqa: B905
    turns[k % rank] = turns[k % rank] or 1
    turned = np.roll(x, [-t * s for t, s in zip(turns, strides, strict=True)], spatial)
    ends = _round(trial, turned, extents)
    y = run(trial, x=_round(trial, x, extents), padding=unpadded)
    expected = np.roll(y, [-t for t in turns], spatial)
    got = run(trial, x=ends, padding=unpadded)
    agree(trial, got, expected, "the unturned x", x=ends, padding=unpadded)


def _round(trial: Trial, x: Array, extents: list[int]) -> Array:
    """x with circular padding that gives every cell as many windows as any other."""
    around = tuple(((e - 1) // 2, e - 1 - (e - 1) // 2) for e in extents)
    if all(max(pair) <= n for pair, n in zip(around, x.shape[2:], strict=True)):
        padded = trial.other("pad", x, padding=around, mode="circular", value=0)
        sizes = [n + e - 1 for n, e in zip(x.shape[2:], extents, strict=True)]
        require_shape(padded, (*x.shape[:2], *sizes), "the padded x")
        return padded.astype(x.dtype)
    return np.pad(x, ((0, 0), (0, 0), *around), mode="wrap")


@law("flip", PLACED, share=0.5, narrow={**EXPLICIT, **FLOOR}, bits=True)
def test_flip(trial: Trial) -> None:
    """Mirrored x and w, low and high padding exchanged: the mirrored result."""
    given, k, rank = trial.parameters, trial.case["x"].k, trial.case.rank
    x, chosen = trial.inputs["x"], 1 + k % (2**rank - 1)
    turned = [a for a in range(rank) if chosen >> a & 1]
    changes: dict[str, Any] = {}
    if trial.op == "conv_transpose":
        # Output padding is at the high end alone: without it the two ends are alike.
        changes["output_padding"] = (0,) * rank
    elif trial.op != "pad":
        # Windows are counted from the low end. That comes to the same from the high end where
        # stride leaves no cell over.
        left = [(axis.padded - axis.extent) % axis.stride for axis in window_axes(trial)]
        short = [-rest % s for rest, s in zip(left, given["stride"], strict=True)]
        x = grown(x, [short[a] if a in turned else 0 for a in range(rank)])
    if not claimed(trial, x=x, **changes):
        return
    if trial.op in ("avg_pool", "conv_transpose") and not trial.meaningful(x=wide(x), **changes):
        return
    y = run(trial, x=x, **changes)
    spatial = tuple(2 + a for a in turned)
    changes["padding"] = tuple(
        pair[::-1] if a in turned else pair for a, pair in enumerate(given["padding"])
    )
    changes["x"] = np.flip(x, spatial).copy()
    if "w" in trial.inputs:
        changes["w"] = np.flip(trial.inputs["w"], spatial).copy()
    agree(trial, run(trial, **changes), np.flip(y, spatial), "the mirror image of y", **changes)


@law("axis-exchange", MAPS, share=0.5, ranks=(2, 3), bits=True)
def test_axes_exchanged(trial: Trial) -> None:
    """Two spatial axes exchanged in all that goes in are exchanged in what comes out."""
    rank = trial.case.rank
    first, second = ((0, 1), (1, 2), (0, 2))[trial.case["x"].k % 3 if rank == 3 else 0]
    order = list(range(rank))
    order[first], order[second] = second, first
    changes: dict[str, Any] = {
        name: tuple(value[a] for a in order)
        for name, value in trial.parameters.items()
        if isinstance(value, tuple)
    }
    places = (2 + first, 2 + second)
    for name in ("x", "w"):
        if name in trial.inputs:
            changes[name] = trial.inputs[name].swapaxes(*places).copy(order="C")
    y = run(trial)
    expected = y if trial.op in GLOBAL else y.swapaxes(*places)
    agree(trial, run(trial, **changes), expected, "y with its axes exchanged", **changes)


@law("lower-rank", MAPS, share=0.5, ranks=(1, 2), bits=True)
def test_lower_rank(trial: Trial) -> None:
    """With one more spatial axis, of a single cell and a single tap, the result is the same."""
    rank, k = trial.case.rank, trial.case["x"].k
    place = k % (rank + 1)
    single = {
        "window": 1, "stride": 1 + k // 3 % 3, "dilation": 1 + k // 9 % 2, "padding": (0, 0),
        "output_padding": 0, "output_size": 1,
    }  # fmt: skip
    changes: dict[str, Any] = {
        name: (*value[:place], single[name], *value[place:])
        for name, value in trial.parameters.items()
        if isinstance(value, tuple)
    }
    for name in ("x", "w"):
        if name in trial.inputs:
            changes[name] = np.expand_dims(trial.inputs[name], 2 + place).copy(order="C")
    if not claimed(trial, **changes):
        return
    y = run(trial)
    expected = y if trial.op in GLOBAL else np.expand_dims(y, 2 + place)
    agree(trial, run(trial, **changes), expected, "y without the axis of one cell", **changes)
