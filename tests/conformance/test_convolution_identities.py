"""Convolution in other words: matrix products, dense layers, kernels that fall into factors."""

from __future__ import annotations

from functools import reduce
from math import prod
from typing import Any

import numpy as np

from convspec.comparison import require_equal, require_shape
from convspec.contents import backwards, exact_up_to
from convspec.law import law
from convspec.moves import claimed, grown, none, shape_of
from convspec.spec.groups import CONVOLUTIONS
from convspec.trial import Array, Trial, wide
from convspec.verdicts import WrongValue

BARE = {"padding": ("explicit",), "low": (0,), "high": (0,), "groups": (1,)}
ROOMY = {"dtype": ("float32", "float64", "int64", "int32")}
"""Types in which the sums of sums of small integers stay exact."""


@law("pointwise", ("conv",), share=0.5, narrow={**BARE, "window": (1,)}, bits=True)
def test_pointwise(trial: Trial) -> None:
    """A kernel of one cell multiplies the channels of each pixel by one matrix."""
    x, w, b = trial.inputs["x"], trial.inputs["w"], trial.inputs.get("b")
    kept: tuple[Any, ...] = (..., *(slice(None, None, s) for s in trial.parameters["stride"]))
    pixels = np.moveaxis(x[kept], 1, -1)
    rows = trial.other("dense", pixels.reshape(-1, x.shape[1]), w.reshape(len(w), -1), b)
    require_shape(rows, (pixels[..., 0].size, len(w)), "the dense layer of the pixels")
    expected = np.moveaxis(rows.reshape(*pixels.shape[:-1], len(w)), -1, 1)
    trial.require(trial.run(), expected, versus="each pixel's channels times the matrix")


@law(
    "pixel-permutation",
    ("conv",),
    share=0.5,
    narrow={**BARE, "window": (1,), "stride": (1,)},
    bits=True,
)
def test_pixel_permutation(trial: Trial) -> None:
    """A kernel of one cell keeps where things are: pixels in another order come out in it."""
    x, y = trial.inputs["x"], trial.run()
    trial.require_shape(y)
    order = np.random.RandomState(trial.case["x"].k).permutation(prod(x.shape[2:]))
    got = trial.run(x=_reordered(x, order))
    trial.require(got, _reordered(y, order), versus="the pixels of y in the order of x's")


@law(
    "whole-input-kernel",
    ("conv",),
    share=0.5,
    narrow={**BARE, "outputs": (1,), "tail": (0,)},
    bits=True,
)
def test_whole_input_kernel(trial: Trial) -> None:
    """With a kernel as large as the input, conv is the dense layer; it mixes all positions."""
    # Taken out at the kernel's taps, a dilated input is as large as the kernel.
    taps: tuple[Any, ...] = (..., *(slice(None, None, d) for d in trial.parameters["dilation"]))
    x, w, b = trial.inputs["x"][taps].copy(), trial.inputs["w"], trial.inputs.get("b")
    undilated = (1,) * trial.case.rank
    if not claimed(trial, x=x, dilation=undilated):
        return
    y = trial.run(x=x, dilation=undilated)
    require_shape(y, (len(x), len(w), *undilated), "y")
    matrix = _as_defined(trial, w)
    dense = trial.other("dense", x.reshape(len(x), -1), matrix.reshape(len(w), -1), b)
    trial.require(y.reshape(len(x), len(w)), dense, versus="the dense layer")
    order = np.random.RandomState(trial.case["x"].k).permutation(prod(x.shape[2:]))
    other = _as_defined(trial, _reordered(matrix, order))
    got = trial.run(x=_reordered(x, order), w=other, dilation=undilated)
    trial.require(got, y, "y of pixels and weights in another order", versus="the given order")


def _as_defined(trial: Trial, w: Array) -> Array:
    """The kernel as it meets the input: turned round in a dialect that turns kernels round."""
    if trial.adapter.claims.dialect["conv.flip"] != "flipped":
        return w
    return np.flip(w, tuple(range(w.ndim - trial.case.rank, w.ndim))).copy()


def _reordered(array: Array, order: Array) -> Array:
    flat = array.reshape(*array.shape[:2], -1)[:, :, order]
    return np.ascontiguousarray(flat).reshape(array.shape)


@law(
    "associative",
    ("conv",),
    share=0.5,
    narrow={**ROOMY, "groups": (1,), "bias": (False,), "padding": ("explicit",), "stride": (1, 2)},
    bits=True,
)
def test_associative(trial: Trial) -> None:
    """Two convolutions, the first of stride 1, are one by the convolution of their kernels."""
    given, rank = trial.parameters, trial.case.rank
    first = np.array(trial.inputs["w"][:5], order="C")
    kernel = tuple(min(k, 2) for k in first.shape[2:])
    shape = (3, len(first), *kernel)
    second = np.resize(backwards(first), shape)
    if first[0].size * second[0].size * 4**3 > exact_up_to(trial.case.dtype):
        first, second = np.sign(first), np.sign(second)
    both = _composed(first, second)
    # The input is larger by what the second kernel takes off.
    more = [d * (k - 1) for d, k in zip(given["dilation"], kernel, strict=True)]
    x = grown(trial.inputs["x"][:2], more)
    if not claimed(trial, x=x, w=both):
        return
    once: dict[str, Any] = {"dilation": given["dilation"], "groups": 1}
    steps = (1,) * rank
    between = trial.other("conv", x, first, stride=steps, padding=given["padding"], **once)
    require_shape(between, shape_of(trial, x=x, w=first, stride=steps), "the first result")
    expected = trial.other(
        "conv", between.astype(x.dtype), second, stride=given["stride"], padding=none(rank), **once
    )
    require_equal(trial.run(x=x, w=both), expected, "y", "one kernel after the other")


def _composed(first: Array, second: Array) -> Array:
    """The kernel (O, C, *(k1 + k2 − 1)) that does what `first` and then `second` do."""
    kernel = [a + b - 1 for a, b in zip(first.shape[2:], second.shape[2:], strict=True)]
    both = np.zeros((len(second), first.shape[1], *kernel), first.dtype)
    for place in np.ndindex(second.shape[2:]):
        there: tuple[Any, ...] = (
            ...,
            *(slice(i, i + k) for i, k in zip(place, first.shape[2:], strict=True)),
        )
        here: tuple[Any, ...] = (..., *place)
        both[there] += np.tensordot(second[here], first, 1)
    return both


@law(
    "separable",
    ("conv",),
    share=0.5,
    ranks=(2, 3),
    narrow={**ROOMY, "groups": (1,), "bias": (False,), "padding": ("explicit",)},
    bits=True,
)
def test_separable(trial: Trial) -> None:
    """A kernel that is an outer product may be applied one axis after the other."""
    given, rank = trial.parameters, trial.case.rank
    source = np.clip(trial.inputs["w"], -2, 2).ravel()
    lines = [np.resize(np.roll(source, -a), k) for a, k in enumerate(trial.case["w"].shape[2:])]
    x = trial.inputs["x"]
    x = np.reshape(x, (-1, 1, *x.shape[2:]))[:4].copy()
    whole = np.asarray(reduce(np.multiply.outer, lines))[None, None]
    if not claimed(trial, x=x, w=whole):
        return
    step: Array = x
    order = list(range(rank))
    for a in order[:: -1 if trial.case["x"].k % 2 else 1]:

        def along(values: Any, plain: Any, a: int = a) -> tuple[Any, ...]:
            return tuple(values[i] if i == a else plain for i in order)

        line = lines[a].reshape(1, 1, *along(lines[a].shape * rank, 1))
        once: dict[str, Any] = {
            "stride": along(given["stride"], 1), "padding": along(given["padding"], (0, 0)),
            "dilation": given["dilation"], "groups": 1,
        }  # fmt: skip
        shape = shape_of(trial, x=step, w=line, **once)
        step = trial.other("conv", step.astype(x.dtype), line, **once)
        require_shape(step, shape, f"the result along axis {a}")
    require_equal(trial.run(x=x, w=whole), step, "y", "one axis after the other")


DEPTHS = (2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33)


@law("depthwise", CONVOLUTIONS, narrow={"groups": (2, 3, 4, 8), "channels": (1,)}, bits=True)
def test_depthwise(trial: Trial) -> None:
    """With as many groups as channels, each channel c has maps c·m … c·m + m − 1 to itself."""
    depth = DEPTHS[trial.case["x"].k % len(DEPTHS)]
    groups, forward = trial.parameters["groups"], trial.op == "conv"
    x, w, b = trial.inputs["x"][:2], wide(trial.inputs["w"]), trial.inputs.get("b")
    # As (channel, map of the channel, *k) for either layout of the weight.
    w = w.reshape(groups, -1, *w.shape[2:])[:, :3]
    maps = w.shape[1]
    channels = np.arange(depth) % groups
    x, w = x[:, channels].copy(), w[channels].astype(x.dtype)
    b = None if b is None else np.resize(b, depth * maps)
    plain = w.reshape(-1, 1, *w.shape[2:]) if forward else w
    if not (claimed(trial, x=x, w=plain, b=b, groups=depth) and trial.claims.groups[0] == 1):
        return
    y = trial.run(x=x, w=plain, b=b, groups=depth)
    require_shape(y, (len(x), depth * maps, *trial.output_shape[2:]), "y")
    for c in {0, trial.case["w"].k % depth, depth - 1}:
        mine = slice(c * maps, (c + 1) * maps)
        alone = w[c][:, None] if forward else w[c][None]
        own = None if b is None else b[mine].copy()
        expected = trial.run(x=x[:, c : c + 1].copy(), w=alone, b=own, groups=1)
        require_equal(y[:, mine], expected, f"maps of channel {c}, y", "the channel alone")
    if depth <= DEPTHS[6]:
        full = np.zeros((depth, maps, depth, *w.shape[2:]), w.dtype)
        full[range(depth), :, range(depth)] = w
        block = full.reshape(depth * maps, depth, *w.shape[2:])
        if not forward:
            block = block.swapaxes(0, 1).copy()
        expected = trial.run(x=x, w=block, b=b, groups=1)
        require_equal(y, expected, "y", "the kernel with zeros for all other channels")


@law(
    "matched-filter",
    ("conv",),
    share=0.5,
    narrow={"groups": (1,), "bias": (False,), "padding": ("explicit",)},
    bits=True,
)
def test_matched_filter(trial: Trial) -> None:
    """Among patches of equal norm the kernel's own pattern gets the greatest answer: ‖w‖²."""
    rank, k = trial.case.rank, trial.case["x"].k
    w = np.array(trial.inputs["w"], order="C")
    chosen = k % len(w)
    if not w[chosen].any():
        w[chosen].flat[0] = 1
    if (wide(w[chosen]) ** 2).sum() > exact_up_to(trial.case.dtype):
        w[chosen] = np.sign(w[chosen])  # a case that reads little of its kernel has large weights
    pattern = _as_defined(trial, w[chosen])
    kernel, tiles = pattern.shape[1:], (3 if rank < 3 else 2,) * rank
    changes: dict[str, Any] = {
        "w": w, "stride": kernel, "padding": none(rank), "dilation": (1,) * rank
    }  # fmt: skip
    home = k % prod(tiles)
    x = np.zeros((1, len(pattern), *(t * n for t, n in zip(tiles, kernel, strict=True))), w.dtype)
    alike = np.zeros(tiles, bool)
    for turn, tile in enumerate(np.ndindex(tiles)):
        patch = pattern if turn == home else _scrambled(pattern, turn)
        where: tuple[Any, ...] = (
            0, slice(None),
            *(slice(i * n, (i + 1) * n) for i, n in zip(tile, kernel, strict=True)),
        )  # fmt: skip
        x[where] = patch
        alike[tile] = bool((patch == pattern).all())
    norm = int((wide(pattern) ** 2).sum())
    if norm > exact_up_to(trial.case.dtype) or not claimed(trial, x=x, **changes):
        return
    y = trial.run(x=x, **changes)
    require_shape(y, (1, len(w), *tiles), "y")
    answers = wide(y)[0, chosen]
    if not (answers[alike] == norm).all():
        raise WrongValue(f"filter {chosen} answers its own pattern by {answers[alike][0]:g}, "
                         f"but ‖w‖² = {norm}", got=y)  # fmt: skip
    if not (answers[~alike] < norm).all():
        most = answers[~alike].max()
        raise WrongValue(f"filter {chosen} answers a pattern of equal norm by {most:g}, its own "
                         f"by {norm}", got=y)  # fmt: skip


def _scrambled(pattern: Array, turn: int) -> Array:
    """The cells of a pattern in another order or with other signs: another one of equal norm."""
    cells = np.roll(pattern.ravel(), turn)
    cells = cells[::-1] if turn % 3 == 1 else cells
    signs = np.where(np.arange(cells.size) % (2 + turn % 3) == 0, -1, 1)
    return (cells * signs).astype(pattern.dtype).reshape(pattern.shape)
