"""Worked examples of the rest of the reference: by hand, or taken from the literature."""

from itertools import product
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from convspec import reference
from convspec.spec.relation import Axis, adaptive_bins, transposed_axes

Array = npt.NDArray[Any]

PLAIN: dict[str, Any] = {"stride": (1,), "padding": ((0, 0),), "dilation": (1,)}
FLOOR: dict[str, Any] = {**PLAIN, "ceil_mode": False}


def row(*cells: float) -> Array:
    return np.array([[cells]], np.float64)


def transpose(x: Array, w: Array, b: Array | None = None, **changed: object) -> Array:
    parameters: dict[str, Any] = {**PLAIN, "output_padding": (0,), "groups": 1, **changed}
    return reference.conv_transpose(x, w, b, **parameters)


def test_conv_transpose_writes_the_kernel_wherever_an_input_stands() -> None:
    x, w = row(1, 2, 3), row(1, 10, 100)
    assert transpose(x, w, stride=(2,)).tolist() == [[[1, 10, 102, 20, 203, 30, 300]]]
    assert transpose(x, w).tolist() == [[[1, 12, 123, 230, 300]]]
    assert transpose(x, w, stride=(4,)).tolist() == [[[1, 10, 100, 0, 2, 20, 200, 0, 3, 30, 300]]]


def test_padding_crops_a_transposed_convolution() -> None:
    x, w = row(1, 2, 3), row(1, 10, 100)
    y = transpose(x, w, stride=(2,), padding=((0, 1),))
    assert y.tolist() == [[[1, 10, 102, 20, 203, 30]]]  # the gradient of SAME over 6 cells
    y = transpose(x, w, stride=(2,), padding=((1, 1),))
    assert y.tolist() == [[[10, 102, 20, 203, 30]]]  # and over 5
    assert transpose(x, w, stride=(2,), padding="valid").shape == (1, 1, 7)


def test_output_padding_shows_more_of_the_full_result_and_the_bias_beyond() -> None:
    x, w, b = row(1, 2, 3), row(1, 10, 100), np.array([0.5])
    y = transpose(x, w, b, stride=(2,), padding=((1, 1),), output_padding=(1,))
    assert y.tolist() == [[[10.5, 102.5, 20.5, 203.5, 30.5, 300.5]]]
    y = transpose(x, w, b, stride=(2,), padding=((4, 0),), output_padding=(1,))
    assert y.tolist() == [[[203.5, 30.5, 300.5, 0.5]]]


def test_output_padding_may_reach_the_stride_if_it_is_below_the_dilation() -> None:
    p: dict[str, Any] = {"dilation": (3,), "output_padding": (2,), "padding": ((1, 1),)}
    # The full result is 1 2 0 10 20 0 0 with its output padding, of which the ends are cropped.
    y = transpose(row(1, 2), row(1, 10), **p)
    assert y.tolist() == [[[2, 0, 10, 20, 0]]]
    # Nothing comes from, or returns to, the windows that only output padding makes room for.
    g = row(1, 10, 100, 1000, 10000)
    dx, dw = reference.vjp("conv_transpose", (row(1, 2), row(1, 10)), g, stride=(1,), groups=1, **p)
    assert dx.tolist() == [[[1000, 10001]]]
    assert dw.tolist() == [[[2, 2100]]]


def test_what_is_infinite_stays_in_the_full_result() -> None:
    p: dict[str, Any] = {"dilation": (3,), "output_padding": (2,)}
    y = transpose(row(1), row(np.inf, 10), **p)
    assert y.tolist() == [[[np.inf, 0, 0, 10, 0, 0]]]
    g = row(1, np.inf, np.inf, 2, np.inf, np.inf)
    dx, dw = reference.vjp("conv_transpose", (row(1), row(3, 10)), g, **{**PLAIN, **p, "groups": 1})
    assert (dx.tolist(), dw.tolist()) == ([[[23]]], [[[1, 2]]])


def test_the_groups_of_a_transposed_convolution_do_not_mix() -> None:
    x = np.array([[[1.0], [2.0], [3.0], [4.0]]])
    w = np.array([[[1.0], [10.0]], [[100.0], [1000.0]], [[1.0], [10.0]], [[100.0], [1000.0]]])
    b = np.array([0.0, 0.5, 0.0, 0.25])
    assert transpose(x, w, b, groups=2).ravel().tolist() == [201, 2010.5, 403, 4030.25]


def test_the_ranks_and_axes_of_a_transposed_convolution() -> None:
    x, w = np.ones((2, 4, 2, 3, 1)), np.ones((4, 3, 3, 1, 2))
    y = reference.conv_transpose(
        x,
        w,
        stride=(1, 3, 2),
        padding=((1, 0), (0, 2), (0, 0)),
        output_padding=(0, 2, 1),
        dilation=(2, 1, 1),
        groups=2,
    )
    assert y.shape == (2, 6, 1 + 5 - 1, 6 + 1 + 2 - 2, 2 + 1)
    assert y.sum() == 2 * 6 * 2 * (2 * 3 * 3 * 1 * 2 - 1 * 3 * 1 * 2)  # one row of taps is cropped


def size(n: int, k: int, s: int, p: int, more: int = 0) -> int:
    (found,), (axis,) = transposed_axes(
        (n,), (k,), stride=(s,), padding=((p, p),), dilation=(1,), output_padding=(more,)
    )
    assert axis.out == n
    y = transpose(
        np.ones((1, 1, n)),
        np.ones((1, 1, k)),
        stride=(s,),
        padding=((p, p),),
        output_padding=(more,),
    )
    assert y.shape == (1, 1, found)
    return found


RELATIONSHIPS = {8: 30, 9: 83, 10: 18, 11: 36, 12: 66, 13: 176, 14: 332}
"""How often each relationship of Dumoulin & Visin occurs among the sizes tried."""


def test_relationships_8_to_14_of_dumoulin_and_visin() -> None:
    met = dict.fromkeys(RELATIONSHIPS, 0)
    for i, k, s, p in product(range(1, 10), range(1, 5), range(1, 5), range(4)):
        if i + 2 * p < k or p > k - 1:
            continue
        o = Axis(i, k, s, p, p).out  # what the transposed convolution starts from
        a = (i + 2 * p - k) % s
        expected = {14: s * (o - 1) + a + k - 2 * p}
        if a == 0:
            expected[13] = s * (o - 1) + k - 2 * p
        if a == 0 and p == 0:
            expected[12] = s * (o - 1) + k
        if s == 1:
            expected[9] = o + k - 1 - 2 * p
        if s == 1 and p == 0:
            expected[8] = o + k - 1
        if s == 1 and k % 2 and p == k // 2:
            expected[10] = o
        if s == 1 and p == k - 1:
            expected[11] = o - (k - 1)
        for number, value in expected.items():
            assert size(o, k, s, p, a) == value == i, (number, i, k, s, p)
            met[number] += 1
    assert met == RELATIONSHIPS


@pytest.mark.parametrize(
    ("i", "k", "s", "p", "d"), list(product((7, 8), (2, 3), (1, 2), (0, 1), (2, 3)))
)
def test_relationship_15_and_its_transpose(i: int, k: int, s: int, p: int, d: int) -> None:
    o = (i + 2 * p - k - (k - 1) * (d - 1)) // s + 1
    assert Axis(i, k, s, p, p, d).out == o
    a = (i + 2 * p - k - (k - 1) * (d - 1)) % s
    y = transpose(
        np.ones((1, 1, o)),
        np.ones((1, 1, k)),
        stride=(s,),
        padding=((p, p),),
        dilation=(d,),
        output_padding=(a,),
    )
    assert y.shape == (1, 1, i)


@pytest.mark.parametrize(
    ("o", "k", "s", "p", "a", "i"),
    [
        (2, 3, 1, 0, 0, 4),  # transposed: no padding, unit strides
        (6, 4, 1, 2, 0, 5),  # transposed: arbitrary padding, unit strides
        (5, 3, 1, 1, 0, 5),  # transposed: half padding
        (7, 3, 1, 2, 0, 5),  # transposed: full padding
        (2, 3, 2, 0, 0, 5),  # transposed: no padding, strides
        (3, 3, 2, 1, 0, 5),  # transposed: padding and strides
        (3, 3, 2, 1, 1, 6),  # the larger input that gives the same size
    ],
)
def test_transposed_figures_of_dumoulin_and_visin(
    o: int, k: int, s: int, p: int, a: int, i: int
) -> None:
    rng = np.random.default_rng(1)
    x, w, g = (rng.integers(-9, 10, (1, 1, m, m)) for m in (o, k, i))
    two: dict[str, Any] = {"stride": (s, s), "padding": ((p, p),) * 2, "dilation": (1, 1)}
    y = reference.conv_transpose(x, w, **two, output_padding=(a, a), groups=1)
    assert y.shape == (1, 1, i, i)
    # The direct convolution: x stretched by s, a cells more at the high end, the kernel turned.
    stretched = np.zeros((1, 1, s * (o - 1) + 1, s * (o - 1) + 1), np.int64)
    stretched[:, :, ::s, ::s] = x
    direct = reference.conv(
        stretched,
        w[:, :, ::-1, ::-1],
        stride=(1, 1),
        padding=((k - p - 1, k - p - 1 + a),) * 2,
        dilation=(1, 1),
        groups=1,
    )
    np.testing.assert_array_equal(y, direct)
    assert (y * g).sum() == (x * reference.conv(g, w, **two, groups=1)).sum()


def test_lp_pool_of_a_triangle_and_of_signs() -> None:
    p: dict[str, Any] = {**FLOOR, "window": (2,)}
    assert reference.lp_pool(row(3, -4, 0, 0), p=2, **p).tolist() == [[[5, 4, 0]]]
    assert reference.lp_pool(row(-1, -2), p=1, **p).tolist() == [[[3]]]  # not a signed sum
    assert reference.lp_pool(row(-1, -2), p=3, **p)[0, 0, 0] == pytest.approx(9 ** (1 / 3))


def test_lp_pool_counts_padding_as_zero_and_does_not_scale_up() -> None:
    p: dict[str, Any] = {"window": (3,), "stride": (3,), "dilation": (1,)}
    y = reference.lp_pool(row(1, 1, 1, 3, 4), p=2, padding=((0, 0),), ceil_mode=True, **p)
    assert y.tolist() == [[[3**0.5, 5]]]
    y = reference.lp_pool(row(1, 1, 1), p=1, padding=((2, 4),), ceil_mode=False, **p)
    assert y.tolist() == [[[1, 2, 0]]]


def test_lp_pool_neither_overflows_nor_underflows_before_its_result_does() -> None:
    p: dict[str, Any] = {**FLOOR, "window": (2,)}
    for scale in (2.0**1000, 2.0**-1000):
        assert (reference.lp_pool(row(3, 4) * scale, p=2, **p) == 5 * scale).all()
    half = np.array([[[300, 400]]], np.float16)
    assert reference.lp_pool(half, p=2, **p).tolist() == [[[500]]]
    (dx,) = reference.vjp("lp_pool", (row(3, 4) * 2.0**1000,), row(5), p=2, **p)
    np.testing.assert_allclose(dx, row(3, 4))
    np.testing.assert_array_equal(
        reference.lp_pool(row(np.inf, 1, np.nan), p=2, **p), row(np.inf, np.nan)
    )


def test_the_gradient_of_lp_pool_at_zero_is_zero() -> None:
    p: dict[str, Any] = {**FLOOR, "window": (2,)}
    for norm in (1, 2, 3):
        (dx,) = reference.vjp("lp_pool", (row(0, 0, 7),), row(5, 3), p=norm, **p)
        assert dx.tolist() == [[[0, 0, 3]]]
    (dx,) = reference.vjp("lp_pool", (row(3, -4),), row(5), p=2, **p)
    np.testing.assert_allclose(dx, row(3, -4))


def test_adaptive_bins() -> None:
    def bins(n: int, out: int) -> list[tuple[int, int]]:
        return [(b.start, b.stop) for b in adaptive_bins((n,), (out,))[0]]

    assert bins(5, 3) == [(0, 2), (1, 4), (3, 5)]
    assert bins(7, 4) == [(0, 2), (1, 4), (3, 6), (5, 7)]
    assert bins(3, 5) == [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]
    assert bins(10, 7) == [(0, 2), (1, 3), (2, 5), (4, 6), (5, 8), (7, 9), (8, 10)]
    assert bins(4, 8) == [(0, 1), (0, 1), (1, 2), (1, 2), (2, 3), (2, 3), (3, 4), (3, 4)]
    assert bins(1, 3) == [(0, 1)] * 3
    assert bins(8, 1) == [(0, 8)]


def test_adaptive_pools_by_hand() -> None:
    x = row(1, 5, 3, 5, 2)
    assert reference.adaptive_avg_pool(x, output_size=(3,)).tolist() == [[[3, 13 / 3, 3.5]]]
    assert reference.adaptive_max_pool(x, output_size=(3,)).tolist() == [[[5, 5, 5]]]
    g = row(2, 30, 200)
    (dx,) = reference.vjp("adaptive_avg_pool", (x,), g, output_size=(3,))
    assert dx.tolist() == [[[1, 11, 10, 110, 100]]]
    for tie, expected in {
        "first": [0, 32, 0, 200, 0],
        "last": [0, 2, 0, 230, 0],
        "split": [0, 17, 0, 215, 0],
    }.items():
        (dx,) = reference.vjp("adaptive_max_pool", (x,), g, output_size=(3,), tie=tie)
        assert dx.tolist() == [[expected]]


def test_adaptive_pools_to_one_cell_are_global_pools() -> None:
    x = np.random.default_rng(2).integers(-9, 10, (2, 3, 4, 5)).astype(np.float64)
    for kind in ("avg", "max"):
        adaptive = getattr(reference, f"adaptive_{kind}_pool")(x, output_size=(1, 1))
        np.testing.assert_array_equal(
            adaptive[:, :, 0, 0], getattr(reference, f"global_{kind}_pool")(x)
        )


def test_adaptive_pools_whose_sizes_divide_are_pools() -> None:
    x = np.random.default_rng(3).integers(-9, 10, (2, 3, 4, 6)).astype(np.float64)
    p: dict[str, Any] = {"window": (2, 2), "stride": (2, 2), "padding": "valid"}
    p |= {"dilation": (1, 1), "ceil_mode": False}
    np.testing.assert_array_equal(
        reference.adaptive_max_pool(x, output_size=(2, 3)), reference.max_pool(x, **p)
    )
    np.testing.assert_array_equal(
        reference.adaptive_avg_pool(x, output_size=(2, 3)),
        reference.avg_pool(x, **p, count_include_pad=True),
    )


def test_relu() -> None:
    x = np.array([-2.0, 0.0, 3.0, np.nan])
    np.testing.assert_array_equal(reference.relu(x), [0, 0, 3, np.nan])
    (dx,) = reference.vjp("relu", (x,), np.array([5.0, 6.0, 7.0, 8.0]))
    assert dx.tolist() == [0, 0, 7, 8]


def test_dense_is_a_convolution_with_a_kernel_the_size_of_the_input() -> None:
    rng = np.random.default_rng(4)
    x, w, b = (rng.integers(-9, 10, shape) for shape in ((2, 3, 4, 5), (6, 3, 4, 5), (6,)))
    two: dict[str, Any] = {"stride": (1, 1), "padding": "valid", "dilation": (1, 1), "groups": 1}
    y = reference.dense(x.reshape(2, 60), w.reshape(6, 60), b)
    np.testing.assert_array_equal(y, reference.conv(x, w, b, **two)[:, :, 0, 0])


def test_softmax_by_hand() -> None:
    x = np.log(np.array([[1.0, 2.0, 5.0]]))
    np.testing.assert_allclose(reference.softmax(x), [[1 / 8, 2 / 8, 5 / 8]], rtol=1e-15)
    np.testing.assert_allclose(reference.log_softmax(x), np.log([[1 / 8, 2 / 8, 5 / 8]]))
    assert reference.softmax(np.zeros((1, 4))).tolist() == [[0.25] * 4]
    loss = reference.cross_entropy(np.vstack([x, x]), np.array([0, 2]))
    assert loss == pytest.approx((log(8) + log(8 / 5)) / 2)
    (dx,) = reference.vjp("cross_entropy", (x, np.array([2])), np.array(8.0))
    np.testing.assert_allclose(dx, [[1, 2, -3]], rtol=1e-14)


def test_softmax_of_large_numbers_is_finite() -> None:
    x = np.array([[1000.0, 0.0, -1000.0], [-3000.0, -3000.0, -np.inf]])
    assert reference.softmax(x).tolist() == [[1, 0, 0], [0.5, 0.5, 0]]
    assert reference.log_softmax(x)[0].tolist() == [0, -1000, -2000]
    assert reference.log_softmax(x)[1].tolist() == [-log(2), -log(2), -np.inf]
    assert reference.cross_entropy(x[:1], np.array([2])) == 2000
    assert np.isnan(reference.softmax(np.array([[np.inf, 1.0], [-np.inf, -np.inf]]))).all()
