"""Worked examples: small enough to check by hand, or taken from the literature."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from convspec import reference
from convspec.reference.pad import Mode

Array = npt.NDArray[Any]

PLAIN: dict[str, Any] = {"stride": (1,), "dilation": (1,)}
CEIL: dict[str, Any] = {**PLAIN, "ceil_mode": True}
FLOOR: dict[str, Any] = {**PLAIN, "ceil_mode": False}


def row(*cells: float) -> Array:
    return np.array([[cells]], np.float64)


def correlate(x: Array, w: Array, **changed: object) -> Array:
    parameters: dict[str, Any] = {**PLAIN, "padding": ((0, 0),), "groups": 1, **changed}
    return reference.conv(x, w, **parameters)


def test_conv_is_a_correlation_the_kernel_is_not_flipped() -> None:
    assert correlate(row(1, 2, 3), row(1, 10)).tolist() == [[[21, 32]]]


def test_conv_with_an_even_kernel_pads_the_high_end_for_same_upper() -> None:
    x, w = row(1, 2, 3), row(1, 10)
    assert correlate(x, w, padding="same_upper").tolist() == [[[21, 32, 3]]]
    assert correlate(x, w, padding="same_lower").tolist() == [[[10, 21, 32]]]
    assert correlate(x, w, padding="valid").tolist() == [[[21, 32]]]


def test_conv_same_with_dilation() -> None:
    x = row(1, 2, 3, 4, 5)
    y = correlate(x, row(1, 10), padding="same_upper", dilation=(2,))
    assert y.tolist() == [[[20, 31, 42, 53, 4]]]


def test_conv_stride_and_asymmetric_padding() -> None:
    # padded: 0 0 1 2 3 4 0, windows at 0, 2, 4
    y = correlate(row(1, 2, 3, 4), row(1, 10, 100), stride=(2,), padding=((2, 1),))
    assert y.tolist() == [[[100, 321, 43]]]


def test_conv_groups_do_not_mix_and_bias_is_per_output_channel() -> None:
    x = np.array([[[1.0, 2.0], [3.0, 4.0]]])
    w = np.array([[[1.0]], [[10.0]], [[1.0]], [[10.0]]])
    b = np.array([0.0, 0.5, 0.0, 0.25])
    y = reference.conv(x, w, b, **PLAIN, padding=((0, 0),), groups=2)
    assert y.tolist() == [[[1, 2], [10.5, 20.5], [3, 4], [30.25, 40.25]]]


@pytest.mark.parametrize(
    ("i", "k", "s", "p", "d", "o"),
    [
        (4, 3, 1, 0, 1, 2),  # no padding, unit strides
        (5, 4, 1, 2, 1, 6),  # arbitrary padding, unit strides
        (5, 3, 1, 1, 1, 5),  # half padding
        (5, 3, 1, 2, 1, 7),  # full padding
        (5, 3, 2, 0, 1, 2),  # no padding, strides
        (5, 3, 2, 1, 1, 3),  # padding and strides
        (6, 3, 2, 1, 1, 3),  # the same size from a larger input: the stride does not divide
        (7, 3, 1, 0, 2, 3),  # dilation
    ],
)
def test_figures_of_dumoulin_and_visin(i: int, k: int, s: int, p: int, d: int, o: int) -> None:
    y = reference.conv(
        np.ones((1, 1, i, i)),
        np.ones((1, 1, k, k)),
        stride=(s, s),
        padding=((p, p), (p, p)),
        dilation=(d, d),
        groups=1,
    )
    assert y.shape == (1, 1, o, o)
    assert y.max() == k * k or p > 0


def test_the_numerical_example_of_dumoulin_and_visin() -> None:
    x = np.array(
        [[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]]
    ).reshape(1, 1, 5, 5)
    w = np.array([[0, 1, 2], [2, 2, 0], [0, 1, 2]]).reshape(1, 1, 3, 3)
    two: dict[str, Any] = {"padding": ((0, 0), (0, 0)), "dilation": (1, 1), "stride": (1, 1)}
    y = reference.conv(x, w, **two, groups=1)
    assert y[0, 0].tolist() == [[12, 12, 17], [10, 17, 19], [9, 6, 14]]
    y = reference.avg_pool(
        x.astype(np.float64), window=(3, 3), **two, ceil_mode=False, count_include_pad=True
    )
    assert y[0, 0].round(1).tolist() == [[1.7, 1.7, 1.7], [1.0, 1.2, 1.8], [1.1, 0.8, 1.3]]
    y = reference.max_pool(x, window=(3, 3), **two, ceil_mode=False)
    assert y[0, 0].tolist() == [[3, 3, 3], [3, 3, 3], [3, 2, 3]]


def test_overhang_never_counts_in_the_divisor() -> None:
    p: dict[str, Any] = {**CEIL, "window": (7,), "stride": (3,), "padding": ((3, 3),)}
    y = reference.avg_pool(np.ones((1, 1, 9)), **p, count_include_pad=True)
    assert y[0, 0].tolist() == [4 / 7, 1, 6 / 7, 3 / 6]
    y = reference.avg_pool(np.ones((1, 1, 9)), **p, count_include_pad=False)
    assert y[0, 0].tolist() == [1, 1, 1, 1]


def test_a_dilated_average_counts_taps() -> None:
    y = reference.avg_pool(
        row(1, 2, 3, 4, 5),
        **{**FLOOR, "dilation": (2,)},
        window=(3,),
        padding=((1, 0),),
        count_include_pad=True,
    )
    assert y[0, 0].tolist() == [(2 + 4) / 3, 3]


def test_ceil_mode_drops_a_window_that_would_start_in_high_padding() -> None:
    p: dict[str, Any] = {**CEIL, "window": (2,), "stride": (2,), "padding": ((1, 1),)}
    assert reference.max_pool(row(1, 2, 3, 4, 5), **p).tolist() == [[[1, 3, 5]]]


def test_max_pool_padding_is_the_identity_of_max() -> None:
    p: dict[str, Any] = {**FLOOR, "window": (2,), "padding": ((2, 0),)}
    y, index = reference.max_pool_with_indices(row(-5, -7), **p)
    assert y.tolist() == [[[-np.inf, -5, -5]]]
    assert index.tolist() == [[[-1, 0, 0]]]
    y, index = reference.max_pool_with_indices(row(-5, -7).astype(np.int8), **p)
    assert y.tolist() == [[[-128, -5, -5]]]
    assert index.tolist() == [[[-1, 0, 0]]]


def test_max_pool_of_negative_infinity_finds_the_cell_and_not_the_padding() -> None:
    x = row(-np.inf, -np.inf)
    p: dict[str, Any] = {**FLOOR, "window": (2,), "padding": ((1, 1),)}
    y, index = reference.max_pool_with_indices(x, **p)
    assert y.tolist() == [[[-np.inf] * 3]]
    assert index.tolist() == [[[0, 0, 1]]]
    assert reference.max_pool_vjp(x, row(1, 10, 100), **p).tolist() == [[[11, 100]]]


def test_max_pool_propagates_nan_and_points_at_the_first() -> None:
    nan = np.nan
    x = row(1, nan, 3, nan, nan)
    p: dict[str, Any] = {**FLOOR, "window": (2,), "padding": ((0, 0),)}
    y, index = reference.max_pool_with_indices(x, **p)
    np.testing.assert_array_equal(y, row(nan, nan, nan, nan))
    assert index.tolist() == [[[1, 1, 3, 3]]]
    assert reference.max_pool_vjp(x, row(1, 10, 100, 1000), **p).tolist() == [[[0, 11, 0, 1100, 0]]]


def test_max_pool_index_counts_the_unpadded_plane_of_its_image_and_channel() -> None:
    x = np.arange(24.0).reshape(1, 2, 3, 4)
    y, index = reference.max_pool_with_indices(
        x,
        window=(2, 2),
        stride=(2, 3),
        padding=((1, 0), (0, 1)),
        dilation=(1, 1),
        ceil_mode=False,
    )
    assert y.tolist() == [[[[1, 3], [9, 11]], [[13, 15], [21, 23]]]]
    assert index.tolist() == [[[[1, 3], [9, 11]]] * 2]


def test_the_gradient_at_a_tie() -> None:
    x, g = row(2, 2, 2), row(6)
    p: dict[str, Any] = {**FLOOR, "window": (3,), "padding": ((0, 0),)}
    assert reference.max_pool_vjp(x, g, **p).tolist() == [[[6, 0, 0]]]
    assert reference.max_pool_vjp(x, g, **p, tie="last").tolist() == [[[0, 0, 6]]]
    assert reference.max_pool_vjp(x, g, **p, tie="split").tolist() == [[[2, 2, 2]]]


def test_an_infinite_cotangent_reaches_no_other_cell() -> None:
    p: dict[str, Any] = {**FLOOR, "window": (2,), "padding": ((0, 0),)}
    dx = reference.max_pool_vjp(row(1, 2, 1), row(np.inf, 5), **p)
    assert dx.tolist() == [[[0, np.inf, 0]]]


@pytest.mark.parametrize(
    ("mode", "padding", "expected"),
    [
        ("constant", (1, 2), [9, 0, 1, 2, 3, 9, 9]),
        ("reflect", (2, 3), [2, 1, 0, 1, 2, 3, 2, 1, 0]),
        ("symmetric", (2, 4), [1, 0, 0, 1, 2, 3, 3, 2, 1, 0]),
        ("replicate", (2, 5), [0, 0, 0, 1, 2, 3, 3, 3, 3, 3, 3]),
        ("circular", (2, 4), [2, 3, 0, 1, 2, 3, 0, 1, 2, 3]),
        # Crops come first, and the padding is made from what is left.
        ("constant", (-1, 2), [1, 2, 3, 9, 9]),
        ("circular", (-1, 2), [1, 2, 3, 1, 2]),
        ("reflect", (-1, 2), [1, 2, 3, 2, 1]),
        ("replicate", (-1, 2), [1, 2, 3, 3, 3]),
        ("symmetric", (2, -1), [1, 0, 0, 1, 2]),
        ("constant", (-2, -2), []),
        ("constant", (-4, 1), [9]),
    ],
)
def test_pad_modes(mode: Mode, padding: tuple[int, int], expected: list[int]) -> None:
    y = reference.pad(row(0, 1, 2, 3), padding=(padding,), mode=mode, value=9)
    assert y.tolist() == [[expected]]


def test_the_gradient_of_padding_sums_over_copies() -> None:
    x, g = row(0, 0, 0), row(1, 10, 100, 1000, 10000)
    dx = reference.pad_vjp(x, g, padding=((1, 1),), mode="reflect")
    assert dx.tolist() == [[[10, 10101, 1000]]]


def test_global_pools() -> None:
    x = np.array([[[[1.0, 5.0], [5.0, 1.0]], [[-1.0, np.nan], [0.0, 2.0]]]])
    np.testing.assert_array_equal(reference.global_avg_pool(x), [[3, np.nan]])
    np.testing.assert_array_equal(reference.global_sum_pool(x), [[12, np.nan]])
    np.testing.assert_array_equal(reference.global_max_pool(x), [[5, np.nan]])
    (dx,) = reference.vjp("global_max_pool", (x,), np.array([[7.0, 8.0]]))
    assert dx.tolist() == [[[[0, 7], [0, 0]], [[0, 8], [0, 0]]]]


def test_a_mean_of_many_half_precision_cells_is_finite() -> None:
    x = np.ones((1, 1, 260, 260), np.float16)
    assert reference.global_avg_pool(x).tolist() == [[1.0]]
