"""Contents and layouts: the same everywhere, and exact where they are said to be."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from convspec.contents import amplitude, fill, filled, lay_out, longest_sum, values
from convspec.spaces import Space, space_for
from convspec.spec.case import DTYPES, LAYOUTS, PATTERNS, Case, Tensor
from convspec.spec.claims import OpClaims
from convspec.spec.groups import possible_ranks

INTEGERS = sorted(set(PATTERNS) - {"normal", "positive", "nan", "nans", "floor"})


def some(pattern: str, dtype: str = "float32", shape: tuple[int, ...] = (3, 4, 5, 6)) -> Tensor:
    return Tensor("x", shape, dtype, pattern, 11)


def strides(layout: str) -> tuple[np.ndarray[Any, Any], tuple[int, ...]]:
    array = fill(Tensor("x", (3, 4, 5, 6), "float32", "ints", 1, layout), 4)
    return array, tuple(s // array.itemsize for s in array.strides)


def test_layouts_have_the_strides_they_promise() -> None:
    promised = {
        "contiguous": (120, 30, 6, 1), "channels_last": (120, 1, 24, 4),
        "column_major": (1, 3, 12, 60), "sliced": (240, 60, 12, 2),
        "windowed": (6 * 7 * 8, 7 * 8, 8, 1), "offset": (120, 30, 6, 1),
        "reversed": (120, 30, 6, -1), "broadcast": (0, 30, 6, 1), "loose": (120, 1, 24, 4),
    }  # fmt: skip
    assert set(promised) == set(LAYOUTS)
    for layout, expected in promised.items():
        array, found = strides(layout)
        assert found == expected, layout
        if layout == "offset":
            assert array.ctypes.data % 8 == 4 or array.base is not None


def test_axes_of_one_cell_have_strides_that_lead_nowhere() -> None:
    array = fill(Tensor("w", (4, 2, 3, 1), "float32", "ints", 1, "loose"), 4)
    assert [s // array.itemsize for s in array.strides] == [6, 1, 2, 1]
    assert [s // array.itemsize for s in lay_out(array.copy(), "channels_last").strides] == [
        6, 1, 2, 2
    ]  # fmt: skip


@pytest.mark.parametrize("layout", sorted(set(LAYOUTS) - {"broadcast"}))
@pytest.mark.parametrize("pattern", sorted(PATTERNS))
def test_the_layout_does_not_show_in_the_values(pattern: str, layout: str) -> None:
    for shape in ((3, 4, 5, 6), (2, 3, 4), (5,), (0, 2, 3), (1, 1, 1), (2, 1)):
        tensor = some(pattern, shape=shape)
        plain = values(tensor)
        array = lay_out(plain.copy(), layout)
        assert array.shape == shape and array.dtype == plain.dtype
        assert array.flags.writeable
        np.testing.assert_array_equal(array, plain)


def test_broadcast_repeats_one_entry() -> None:
    tensor = Tensor("x", (3, 2, 4), "float32", "ints", 5, "broadcast")
    array = fill(tensor, 4)
    np.testing.assert_array_equal(array, values(tensor))
    assert (array[1:] == array[:1]).all() and array.strides[0] == 0


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("pattern", INTEGERS)
def test_integers_are_integers_within_reach(pattern: str, dtype: str) -> None:
    for greatest in (1, 2, 3, 4):
        for k in (0, 1, 13, 63, 10_000):
            array = values(Tensor("x", (2, 3, 7), dtype, pattern, k), greatest)
            assert array.dtype == dtype
            assert (array == np.round(array)).all()
            if pattern not in ("negative", "distinct"):
                assert np.abs(array.astype(np.int64)).max() <= greatest


def test_recipes_hold_what_they_say() -> None:
    plain = {p: values(some(p, shape=(2, 3, 4))) for p in PATTERNS}
    assert not plain["zeros"].any() and (plain["ones"] == 1).all()
    assert plain["impulse"].sum() == 1 and plain["impulse"].ravel()[11] == 1
    assert len(np.unique(plain["distinct"])) == 24
    assert plain["negative"].max() < 0
    assert np.flatnonzero(np.isnan(plain["nan"])).tolist() == [11]
    assert plain["positive"].min() >= 0.5 and plain["positive"].max() < 1.5
    eye = values(Tensor("x", (12, 3, 4), "float32", "eye")).reshape(12, 12)
    np.testing.assert_array_equal(eye, np.eye(12))
    floor = values(Tensor("x", (12, 3, 4), "int8", "floor")).reshape(12, 12)
    np.testing.assert_array_equal(floor, np.where(np.eye(12, dtype=bool), 0, -128))


def test_recipes_are_the_same_everywhere() -> None:
    """Numbers that a saved case stands for: changing them makes old reports unreadable."""
    assert values(Tensor("x", (8,), "int64", "ints", 3)).tolist() == PINNED
    assert values(Tensor("x", (9,), "int64", "ramp", 5)).tolist() == [2, 3, -3, -2, -1, 0, 1, 2, 3]
    assert values(Tensor("x", (4,), "int64", "negative", 2)).tolist() == [-3, -6, -2, -5]


PINNED = [3, -2, -2, 4, -3, 2, 0, 1]


def test_an_impulse_reaches_every_end() -> None:
    places = {int(values(Tensor("x", (1, 1, 7), "int8", "impulse", k)).argmax()) for k in range(64)}
    assert places == set(range(7))
    far = max(int(values(Tensor("x", (4000,), "int8", "impulse", k)).argmax()) for k in range(64))
    assert far > 900


def spaces(dtype: str) -> list[Space]:
    claims = OpClaims(dtypes=(dtype,))
    ops = ["conv", "dense", "pad", "max_pool", "global_sum_pool", "relu"]
    ops += ["avg_pool", "lp_pool", "adaptive_avg_pool"] * (dtype[0] == "f")
    found = [
        space_for(op, rank, claims, gradient=dtype[0] == "f")
        for op in ops
        for rank in possible_ranks(op)
    ]
    return [space for space in found if space is not None]


def drawn(space: Space, count: int) -> list[Case]:
    draw = random.Random(len(space.factors))
    return [space.case([draw.randrange(n) for n in space.sizes]) for _ in range(count)]


LIMITS = {"float16": 2**11, "float32": 2**24, "int8": 2**7, "int16": 2**15}


@pytest.mark.parametrize("dtype", list(LIMITS))
def test_every_sum_is_exact(dtype: str) -> None:
    for space in spaces(dtype):
        for case in drawn(space, 60):
            greatest = amplitude(case)
            arrays = {t.name: np.abs(values(t, greatest).astype(np.int64)) for t in case.tensors}
            if case.op.name in ("conv", "dense"):
                largest = arrays["x"].max(initial=0) * arrays["w"].max(initial=0)
                if "g" in arrays:
                    sides = max(arrays["x"].max(initial=0), arrays["w"].max(initial=0))
                    largest = max(largest, sides * arrays["g"].max(initial=0))
            elif case.op.name == "global_sum_pool" and "g" not in arrays:
                largest = arrays["x"].max(initial=0)
            else:
                continue
            bias = arrays["b"].max(initial=0) if "b" in arrays else 0
            assert int(largest) * longest_sum(case) + int(bias) <= LIMITS[dtype], case


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_the_order_of_a_sum_does_not_matter(dtype: str) -> None:
    space = space_for("conv", 2, OpClaims(dtypes=(dtype,)))
    assert space is not None
    for case in drawn(space, 60):
        greatest = amplitude(case)
        count = longest_sum(case)
        x = np.resize(values(case["x"], greatest).ravel(), count)
        w = np.resize(values(case["w"], greatest).ravel(), count)
        terms = (x * w).astype(dtype)
        forth = np.add.accumulate(terms, dtype=dtype)[-1]
        back = np.add.accumulate(terms[::-1], dtype=dtype)[-1]
        mixed = np.add.accumulate(np.random.RandomState(0).permutation(terms), dtype=dtype)[-1]
        assert forth == back == mixed == terms.astype(np.float64).sum()


def test_unknown_names_are_errors() -> None:
    with pytest.raises(ValueError, match="no recipe"):
        values(Tensor("x", (2,), "float32", "plaid"))
    with pytest.raises(ValueError, match="no memory layout"):
        lay_out(np.zeros(3), "spiral")


def test_labels_are_classes() -> None:
    for n, c in ((1, 1), (5, 3), (40, 7)):
        line = f"cross_entropy logits={n}x{c}:float32:ints@0 labels={n}:int64:labels@3"
        labels = filled(Case.parse(line))["labels"]
        assert labels.dtype == np.int64 and labels.shape == (n,)
        assert set(labels.tolist()) <= set(range(c))
        assert n < 40 or set(labels.tolist()) == set(range(c))


def test_a_bank_has_every_one_hot_kernel() -> None:
    # Two groups of two entries, and two cells: four maps.
    bank = values(Tensor("w", (4, 4, 1, 2), "float32", "bank")).reshape(2, 2, 4, 2)
    for group in bank:
        for n in range(2):
            for t in range(2):
                assert np.flatnonzero(group[n, :, t]).tolist() == [2 * n + t]
