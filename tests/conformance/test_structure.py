"""What the parameters mean, each in terms of the operation without it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from convspec import reference
from convspec.comparison import require_shape
from convspec.contents import backwards
from convspec.dtypes import lowest
from convspec.law import law
from convspec.spec.groups import CONVOLUTIONS, POOLS, WINDOWED
from convspec.spec.relation import resolve_padding
from convspec.trial import Trial, wide
from convspec.verdicts import WrongValue

EXPLICIT = {"padding": ("explicit",)}
FLOOR = {"ceil_mode": (False,)}


@law(
    "padding",
    ("conv", "max_pool", "avg_pool", "lp_pool"),
    narrow={**EXPLICIT, **FLOOR, "count_include_pad": (True,)},
)
def test_padding_is_pad(trial: Trial) -> None:
    """Padding p is the same as padding the input by p, then using none."""
    x = trial.inputs["x"]
    value = lowest(x.dtype) if trial.op == "max_pool" else 0
    around = ((0, 0), (0, 0), *trial.parameters["padding"])
    padded = np.pad(x, around, constant_values=value)
    none = ((0, 0),) * trial.case.rank
    y, expected = trial.run(), trial.run(x=padded, padding=none)
    if trial.op == "max_pool" and expected.shape == y.shape:
        # What a window wholly in padding gives is a matter of dialect.
        expected = np.where(trial.empty_windows(), y, expected)
    trial.require(y, expected, versus="the padded x")


@law("padding", ("conv_transpose",))
def test_padding_crops(trial: Trial) -> None:
    """Padding p cuts p cells off the ends of the full result."""
    none = ((0, 0),) * trial.case.rank
    full = trial.run(padding=none)
    kept: tuple[Any, ...] = (
        ...,
        *(
            slice(low, n - high)
            for n, (low, high) in zip(full.shape[2:], trial.parameters["padding"], strict=True)
        ),
    )
    trial.require(trial.run(), full[kept], versus="the full result, cropped,")


@law("transpose", ("conv_transpose",), narrow={"bias": (False,)})
def test_transposes_conv(trial: Trial) -> None:
    """⟨conv_transpose(x), y⟩ = ⟨x, conv(y)⟩: it is the adjoint of convolution in its input."""
    x, w, result = trial.exact["x"], trial.exact["w"], trial.run()
    require_shape(result, trial.output_shape, "y")
    other = backwards(np.resize(x, result.shape))
    given = {k: v for k, v in trial.parameters.items() if k != "output_padding"}
    if trial.adapter.claims.dialect["conv_transpose.flip"] == "flipped":
        w = np.flip(w, tuple(range(2, w.ndim)))
    back = reference.conv(other, w, **given)[tuple(slice(n) for n in x.shape)]
    forward, backward = (wide(result) * other).sum(), (x * back).sum()
    if forward != backward:
        raise WrongValue(f"⟨conv_transpose(x), y⟩ = {forward:g}, but ⟨x, conv(y)⟩ = {backward:g}")


@law("stride", WINDOWED, narrow={**EXPLICIT, **FLOOR}, bits=True)
def test_stride_subsamples(trial: Trial) -> None:
    """Stride s keeps every s-th output of stride 1, beginning with the first."""
    once = (1,) * trial.case.rank
    # Between two windows with real cells there may be one without, whose mean is undefined.
    if trial.claims.stride[0] > 1 or not trial.meaningful(stride=once):
        return
    dense = trial.run(stride=once)
    steps: tuple[Any, ...] = (..., *(slice(None, None, s) for s in trial.parameters["stride"]))
    trial.require(trial.run(), dense[steps], versus="stride 1, subsampled,")


@law("dilation", CONVOLUTIONS, narrow={**EXPLICIT, "dilation": (2, 3, 4)}, bits=True)
def test_dilation_spreads(trial: Trial) -> None:
    """Dilation d is a kernel with d − 1 zeros between its cells, undilated."""
    w, dilation = trial.inputs["w"], trial.parameters["dilation"]
    extents = tuple(d * (k - 1) + 1 for d, k in zip(dilation, w.shape[2:], strict=True))
    once = (1,) * trial.case.rank
    if max(extents) > trial.claims.window[1] or trial.claims.dilation[0] > 1:
        return
    # A transposed convolution may owe an output padding to its dilation alone.
    if any(
        p >= s
        for p, s in zip(
            trial.parameters.get("output_padding", ()), trial.parameters["stride"], strict=False
        )
    ):
        return
    spread = np.zeros((*w.shape[:2], *extents), w.dtype)
    steps: tuple[Any, ...] = (..., *(slice(None, None, d) for d in dilation))
    spread[steps] = w
    undilated = trial.run(w=spread, dilation=once)
    trial.require(trial.run(), undilated, versus="the spread kernel")


@law("groups", CONVOLUTIONS, narrow={"groups": (2, 3, 4, 8)})
def test_groups_are_blocks(trial: Trial) -> None:
    """With g groups, block j of the output is the convolution of block j of input and filters."""
    groups = trial.parameters["groups"]
    if trial.claims.groups[0] > 1:
        return
    blocks = [
        {
            name: np.split(array, groups, axis=1 if name == "x" else 0)[j]
            for name, array in trial.inputs.items()
        }
        for j in range(groups)
    ]
    parts = [trial.run(groups=1, **block) for block in blocks]
    trial.require(trial.run(), np.concatenate(parts, axis=1), versus="group by group")


@law("named-padding", WINDOWED, narrow={"padding": ("same_upper", "same_lower", "valid")})
def test_named_padding(trial: Trial) -> None:
    """Named padding is a name for amounts: the results are those of the amounts."""
    given = trial.parameters
    kernel = trial.case["w"].shape[2:] if trial.op == "conv" else given["window"]
    amounts = resolve_padding(
        given["padding"], trial.case["x"].shape[2:], kernel, given["stride"], given["dilation"]
    )
    y = trial.run()
    trial.require(y, trial.expected())
    # Some have the names and not the amounts, or not all of them.
    arrays = [trial.inputs[name] for name in trial.case.op.inputs if name in trial.inputs]
    change: dict[str, Any] = {"padding": amounts}
    if trial.claims.include(replace(trial.case.op, **change), arrays):
        trial.require(y, trial.run(**change), versus=f"padding {amounts}")


@law("ceil-mode", POOLS, narrow={"ceil_mode": (True,)})
def test_ceil_extends_floor(trial: Trial) -> None:
    """Ceil mode adds a last window where cells are left over, and changes no other."""
    if not trial.meaningful(ceil_mode=False):
        return
    floor = trial.run(ceil_mode=False)
    ceil = trial.run()
    trial.require_shape(ceil)
    # Ceil mode drops a window that starts past input and low padding; floor mode keeps it.
    common = tuple(slice(min(n, m)) for n, m in zip(ceil.shape, floor.shape, strict=True))
    trial.require(ceil[common], floor[common], versus="floor mode", part=common)
