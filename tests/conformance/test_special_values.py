"""NaN, infinities, −0, subnormals, and scales far from 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from convspec.comparison import require_equal, require_shape
from convspec.dtypes import limits
from convspec.law import law
from convspec.moves import agree
from convspec.spec.dtypes import FLOATS
from convspec.spec.groups import CONVOLUTIONS, LINEAR, MAX_POOLS, MAXIMA, MEANS, SCALED
from convspec.trial import Array, Trial, wide
from convspec.verdicts import Mismatch, WrongValue

SPECIAL = (np.nan, np.inf, -np.inf)


def _place(array: Array, k: int) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(k * 37 % array.size, array.shape))


def _without_zeros(array: Array) -> Array:
    return np.where(array == 0, array.dtype.type(1), array)


@law("special-values", LINEAR, share=0.5, narrow={"dtype": FLOATS, "value": (0,)}, bits=True)
def test_special_values(trial: Trial) -> None:
    """A NaN or an infinity reaches the outputs that read it with a weight, and no other."""
    x = trial.inputs["x"].copy()
    cell, special = _place(x, trial.case["x"].k), SPECIAL[trial.case["x"].k % 3]
    given = {"w": _without_zeros(trial.inputs["w"])} if "w" in trial.inputs else {}
    before = trial.run(**given).copy()
    trial.require_shape(before)
    response = _response(trial, "x", cell, given)
    x[cell] = special
    expected = np.where(response != 0, response * special, before)
    require_equal(trial.run(x=x, **given), expected, "y")


@law("special-values", (*MAXIMA, "relu"), share=0.5, narrow={"dtype": FLOATS})
def test_infinite_maximum(trial: Trial) -> None:
    """+∞ is the maximum of whatever is compared with it, −∞ of nothing that is greater."""
    x = trial.inputs["x"].copy()
    special = SPECIAL[1 + trial.case["x"].k % 2]
    x[_place(x, trial.case["x"].k)] = special
    expected = trial.expected(x=wide(x))
    require_equal(trial.run(x=x), expected, "y")


def _response(trial: Trial, name: str, cell: tuple[int, ...], given: dict[str, Array]) -> Array:
    """What the definition gives for a 1 in that cell of x or w, the other array as it is."""
    one = np.zeros(trial.exact[name].shape)
    one[cell] = 1
    other = {other: wide(array) for other, array in given.items() if other != name}
    return trial.expected(**other, **{name: one}, **({"b": None} if "w" in trial.exact else {}))


@law("zero-times-infinity", CONVOLUTIONS, share=0.25, narrow={"dtype": FLOATS}, bits=True)
def test_zero_weight_of_infinity(trial: Trial) -> None:
    """Where a weight of 0 meets an infinity or a NaN, the sum is NaN or goes without the two."""
    x, w = trial.inputs["x"].copy(), _without_zeros(trial.inputs["w"])
    k = trial.case["x"].k
    cell, special = _place(x, k), SPECIAL[k % 3]
    w[np.indices(w.shape).sum(axis=0) % 2 == k % 2] = 0
    before = trial.run(w=w).copy()
    trial.require_shape(before)
    response = _response(trial, "x", cell, {"w": w})
    read = _response(trial, "x", cell, {"w": np.ones_like(w)}) != 0
    x[cell] = special
    got = trial.run(x=x, w=w)
    require_shape(got, before.shape, "y")
    nothing = np.where((response == 0) & read & np.isnan(got), np.nan, before)
    require_equal(got, np.where(response != 0, response * special, nothing), "y")


@law("infinite-weight", CONVOLUTIONS, share=0.25, narrow={"dtype": FLOATS}, bits=True)
def test_infinite_weight(trial: Trial) -> None:
    """An infinite or NaN weight shows wherever it meets a cell, and in its own maps alone."""
    x, w = _without_zeros(trial.inputs["x"]), _without_zeros(trial.inputs["w"])
    k = trial.case["w"].k
    place, special = _place(w, k), SPECIAL[k % 3]
    w[place] = 0
    before = trial.run(x=x, w=w).copy()
    trial.require_shape(before)
    response = _response(trial, "w", place, {"x": x})
    w[place] = special
    got = trial.run(x=x, w=w)
    require_shape(got, before.shape, "y")
    # Its tap in the padding is 0·∞, which some compute and others leave out.
    mine = np.zeros(before.shape[1], bool)
    if trial.op == "conv":
        mine[place[0]] = True
    else:
        groups, maps = trial.parameters["groups"], w.shape[1]
        mine[place[0] // (len(w) // groups) * maps + place[1]] = True
    mine = mine.reshape(1, -1, *(1,) * trial.case.rank)
    nothing = np.where((response == 0) & mine & np.isnan(got), np.nan, before)
    require_equal(got, np.where(response != 0, response * special, nothing), "y")


@law("negative-zero", ("pad", *MAXIMA), share=0.25, narrow={"dtype": FLOATS})
def test_negative_zero(trial: Trial) -> None:
    """−0 stays −0 where cells are only moved or chosen from."""
    x = trial.inputs["x"]
    chosen = np.zeros(x.shape, bool) if trial.op in MAXIMA else x > 0
    zeros = np.where(chosen, x, x.dtype.type(-0.0))
    y, expected = trial.run(x=zeros), trial.expected(x=wide(zeros))
    require_equal(y, expected, "y")
    off = (np.signbit(y) != np.signbit(expected)) & (expected == 0)
    if off.any():
        worst = tuple(int(i[0]) for i in np.nonzero(off))
        raise WrongValue(
            f"y[{', '.join(map(str, worst))}] is {y[worst]:g}, expected {expected[worst]:g}"
            f" ({int(off.sum())} of {y.size} zeros have the other sign)",
            expected=expected, got=y, worst=worst,
        )  # fmt: skip


@law(
    "subnormals",
    SCALED,
    share=0.25,
    narrow={"dtype": FLOATS, "value": (0,), "bias": (False,)},
    bits=True,
)
def test_subnormals(trial: Trial) -> None:
    """Numbers next to 0 are not taken for 0: integers times the least of them stay exact."""
    x = trial.inputs["x"]
    # A mean needs room below its integers, or all that it gives is rounding.
    unit = float(limits(x.dtype).smallest_subnormal) * (64 if trial.op in MEANS else 1)
    name = "w" if "w" in trial.inputs and trial.case["x"].k % 2 else "x"
    tiny: Array = (trial.inputs[name].astype(np.float64) * unit).astype(x.dtype)
    changes: dict[str, Any] = {name: tiny}
    y = trial.run(**changes)
    whole = trial.expected()
    # What a window wholly in padding gives has no unit.
    empty = trial.empty_windows() if trial.op in MAX_POOLS else False
    expected = np.where(empty, whole, whole * unit)
    if trial.op in MEANS:
        agree(trial, y, expected, "the definition", **changes)
    else:
        require_equal(y, expected, "y")


@law(
    "power-of-two",
    SCALED,
    share=0.5,
    narrow={
        "x.pattern": ("normal", "positive"),
        "w.pattern": ("normal", "positive"),
        "dtype": ("float32", "float64", "bfloat16"),
        "value": (0,),
    },
)
def test_power_of_two(trial: Trial) -> None:
    """f(2^a·x, 2^b·w) = 2^(a+b)·f(x, w), bit for bit: roundings know no scale."""
    powers: dict[str, int] = {n: _power(trial.case[n].k) for n in ("x", "w") if n in trial.inputs}
    powers["b"] = sum(powers.values())
    y = trial.run().copy()
    trial.require_shape(y)
    for name, array in trial.inputs.items():
        # In place, so that nothing else about the call is different. An entry that is repeated
        # along the first axis lies there once.
        once = array[:1] if array.ndim and array.strides[0] == 0 else array
        once *= array.dtype.type(2.0 ** powers[name])
    expected = y * y.dtype.type(2.0 ** powers["b"])
    if trial.op in MAXIMA:
        # What stands for a window without a cell is no number of the input's.
        expected = np.where(trial.empty_windows(), y, expected) if y.ndim > 2 else expected
    try:
        require_equal(trial.run(), expected, "y")
    except Mismatch as mismatch:
        scales = ", ".join(f"{n} by 2^{p}" for n, p in powers.items() if n in trial.inputs)
        mismatch.message = f"scaled ({scales}): {mismatch.message}"
        raise


def _power(k: int) -> int:
    """From −20 to 20, never 0, simplest first."""
    return (1 + k // 2 % 20) * (-1 if k % 2 else 1)
