"""What holds for every operation: inputs stay, results are fresh, bad input is refused."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from convspec import reference
from convspec.reference.pad import Mode

Array = npt.NDArray[Any]
Parameters = dict[str, Any]

TWO: Parameters = {"stride": (1, 2), "padding": ((1, 0), (0, 1)), "dilation": (1, 1)}
POOL: Parameters = {**TWO, "window": (2, 3), "ceil_mode": False}

OPERATIONS: dict[str, tuple[Callable[..., Any], Parameters]] = {
    "conv": (reference.conv, {**TWO, "groups": 2}),
    "pad": (reference.pad, {"padding": ((1, -1), (0, 2)), "mode": "reflect", "value": 0}),
    "max_pool": (reference.max_pool, POOL),
    "max_pool_with_indices": (reference.max_pool_with_indices, POOL),
    "avg_pool": (reference.avg_pool, {**POOL, "count_include_pad": True}),
    "global_avg_pool": (reference.global_avg_pool, {}),
    "global_max_pool": (reference.global_max_pool, {}),
    "global_sum_pool": (reference.global_sum_pool, {}),
}
MEANS = ("avg_pool", "global_avg_pool")


def inputs(op: str, dtype: str = "float64", batch: int = 2) -> tuple[Array, ...]:
    x = (np.arange(batch * 4 * 5 * 6) * 7 % 11).reshape(batch, 4, 5, 6).astype(dtype)
    if op != "conv":
        return (x,)
    w = (np.arange(6 * 2 * 2 * 3) % 5).reshape(6, 2, 2, 3).astype(dtype)
    return x, w, np.arange(6).astype(dtype)


def values(result: object) -> Array:
    y = result[0] if isinstance(result, tuple) else result
    assert isinstance(y, np.ndarray)
    return y


@pytest.mark.parametrize("op", OPERATIONS)
def test_inputs_stay_as_they_are_and_results_are_fresh(op: str) -> None:
    function, parameters = OPERATIONS[op]
    arrays = inputs(op)
    before = [a.copy() for a in arrays]
    for a in arrays:
        a.flags.writeable = False
    y = values(function(*arrays, **parameters))
    g = np.ones(y.shape)
    gradients = reference.vjp(op, arrays, g, **parameters)
    assert [d.shape for d in gradients] == [a.shape for a in arrays]
    for result in (y, *gradients):
        assert result.flags.writeable
        assert not any(np.shares_memory(result, other) for other in (*arrays, g))
        result[...] = -1
    for a, old in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(a, old)
    again = values(function(*arrays, **parameters))
    assert not (again == -1).all()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int32", "uint8"])
@pytest.mark.parametrize("op", OPERATIONS)
def test_the_dtype_is_kept(op: str, dtype: str) -> None:
    function, parameters = OPERATIONS[op]
    arrays = inputs(op, dtype)
    if op in MEANS and "int" in dtype:
        with pytest.raises(ValueError, match="defined for floating numbers, not for"):
            function(*arrays, **parameters)
        return
    y = values(function(*arrays, **parameters))
    assert y.dtype == dtype
    for gradient in reference.vjp(op, arrays, np.ones(y.shape, dtype), **parameters):
        assert gradient.dtype == dtype


@pytest.mark.parametrize("op", OPERATIONS)
def test_memory_layout_makes_no_difference(op: str) -> None:
    function, parameters = OPERATIONS[op]
    arrays = inputs(op)
    expected = values(function(*arrays, **parameters))
    g = np.arange(float(expected.size)).reshape(expected.shape)
    gradients = reference.vjp(op, arrays, g, **parameters)
    for layout in (
        np.asfortranarray,
        lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
        lambda a: a[..., ::-1].copy()[..., ::-1],
        lambda a: np.moveaxis(np.moveaxis(a, 0, -1).copy(), -1, 0),
    ):
        laid_out = tuple(layout(a) for a in arrays)
        np.testing.assert_array_equal(values(function(*laid_out, **parameters)), expected)
        for got, dx in zip(
            reference.vjp(op, laid_out, layout(g), **parameters), gradients, strict=True
        ):
            np.testing.assert_array_equal(got, dx)
    constant = np.broadcast_to(np.float64(3), arrays[0].shape)
    np.testing.assert_array_equal(
        values(function(constant, *arrays[1:], **parameters)),
        values(function(constant.copy(), *arrays[1:], **parameters)),
    )


@pytest.mark.parametrize("op", OPERATIONS)
def test_an_empty_batch_gives_an_empty_result(op: str) -> None:
    function, parameters = OPERATIONS[op]
    arrays, none = inputs(op), inputs(op, batch=0)
    y, empty = values(function(*arrays, **parameters)), values(function(*none, **parameters))
    assert empty.shape == (0, *y.shape[1:])
    gradients = reference.vjp(op, none, empty, **parameters)
    assert [d.shape for d in gradients] == [a.shape for a in none]
    assert not any(d.any() for d in gradients)


def test_conv_without_channels_gives_the_bias() -> None:
    x, w = np.ones((2, 0, 5, 6)), np.ones((4, 0, 2, 3))
    y = reference.conv(x, w, np.arange(4.0), **TWO, groups=2)
    assert y.shape == (2, 4, 5, 3)
    assert (y == np.arange(4.0).reshape(1, 4, 1, 1)).all()
    assert not reference.conv(x, w, **TWO, groups=1).any()
    assert reference.conv(np.ones((2, 4, 5, 6)), np.ones((0, 4, 2, 3)), **TWO, groups=1).size == 0


def test_a_large_batch_is_the_same_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    function, parameters = OPERATIONS["conv"]
    arrays = inputs("conv", batch=7)
    whole = function(*arrays, **parameters)
    gradients = reference.vjp("conv", arrays, whole, **parameters)
    # The function hides the module of its name, which is still to be found by it.
    module = import_module("convspec.reference.conv")
    monkeypatch.setattr(module, "BLOCK", 2 * 4 * 6 * 15)  # the columns of two images
    np.testing.assert_array_equal(function(*arrays, **parameters), whole)
    for got, expected in zip(
        reference.vjp("conv", arrays, whole, **parameters), gradients, strict=True
    ):
        np.testing.assert_array_equal(got, expected)


X = np.ones((2, 4, 5, 6))
W = np.ones((6, 2, 2, 3))


@pytest.mark.parametrize(
    ("x", "w", "b", "changed", "message"),
    [
        (X, W, None, {"stride": (0, 1)}, "stride of spatial axis 0 .* at least 1, not 0"),
        (X, W, None, {"dilation": (1, -1)}, "dilation of spatial axis 1 .* at least 1, not -1"),
        (X, W, None, {"stride": (1,)}, "stride must be a tuple with one entry for each of the 2"),
        (X, W, None, {"padding": ((0, 0), (-1, 0))}, "axis 1: low padding .* at least 0, not -1"),
        (X, W, None, {"padding": "same"}, "padding must be pairs, 'same_upper'"),
        (X, W, None, {"dilation": (6, 1)}, "axis 0: the effective window 7 .* padded input 6"),
        (X, W, None, {"groups": 0}, "groups must be a whole number of at least 1, not 0"),
        (X, W, None, {"groups": 3}, "groups must divide .* 3 does not divide 4 and 6"),
        (X, W, None, {"groups": 4}, "groups must divide .* 4 does not divide 4 and 6"),
        (X, W, None, {"groups": 1}, "w must have C/groups = 4 input channels, not 2"),
        (X, W[:, :, :0], None, {}, "window of spatial axis 0 .* not 0"),
        (X, W[0], None, {}, r"w must have the rank of x, 4, but its shape is \(2, 2, 3\)"),
        (X[0, 0], W, None, {}, "x must have a batch axis, a channel axis and at least one"),
        (X, W.astype(np.float32), None, {}, "w must have the dtype of x, float64, not float32"),
        (X, W, np.ones(5), {}, r"b must have one entry .* shape \(6,\), not \(5,\)"),
        (X, W, np.ones((6, 1)), {}, r"b must have one entry .* not \(6, 1\)"),
        (X, W, np.ones(6, np.float32), {}, "b must have the dtype of x, float64, not float32"),
        (X > 0, W > 0, None, {}, "x must hold floating or whole numbers, not bool"),
        (X.tolist(), W, None, {}, "x must be a NumPy array, not list"),
    ],
)
def test_conv_refuses(
    x: Array, w: Array, b: Array | None, changed: Parameters, message: str
) -> None:
    parameters = {**TWO, "groups": 2, **changed}
    with pytest.raises(ValueError, match=message):
        reference.conv(x, w, b, **parameters)
    with pytest.raises(ValueError, match=message):
        reference.vjp("conv", (x, w) if b is None else (x, w, b), X, **parameters)


@pytest.mark.parametrize("op", ["max_pool", "max_pool_with_indices", "avg_pool"])
@pytest.mark.parametrize(
    ("x", "changed", "message"),
    [
        (X, {"window": (2, 0)}, "window of spatial axis 1 .* at least 1, not 0"),
        (X, {"window": (2, 3, 1)}, "window must be a tuple with one entry for each of the 2"),
        (X, {"stride": (-1, 1)}, "stride of spatial axis 0 .* at least 1, not -1"),
        (X, {"dilation": (0, 1)}, "dilation of spatial axis 0 .* at least 1, not 0"),
        (X, {"padding": ((0, -1), (0, 0))}, "axis 0: high padding .* at least 0, not -1"),
        (X, {"window": (7, 3)}, "axis 0: the effective window 7 .* padded input 6"),
        (X, {"window": (7, 3), "ceil_mode": True}, "axis 0: the effective window 7"),
        (X, {"ceil_mode": 1}, "ceil mode must be True or False, not 1"),
        (X[:, :, :0], {}, "axis 0: the effective window 2 .* padded input 1"),
        (X[0, 0], {}, "x must have a batch axis, a channel axis and at least one"),
    ],
)
def test_pools_refuse(op: str, x: Array, changed: Parameters, message: str) -> None:
    function, parameters = OPERATIONS[op]
    with pytest.raises(ValueError, match=message):
        function(x, **{**parameters, **changed})
    with pytest.raises(ValueError, match=message):
        reference.vjp(op, (x,), X, **{**parameters, **changed})


def test_an_average_over_nothing_is_refused() -> None:
    parameters = {**POOL, "padding": ((0, 0), (3, 0)), "count_include_pad": False}
    with pytest.raises(ValueError, match="along spatial axis 1 window 0 holds nothing but padding"):
        reference.avg_pool(X, **parameters)
    with pytest.raises(ValueError, match="must be True or False, not 1"):
        reference.avg_pool(X, **{**parameters, "count_include_pad": 1})


@pytest.mark.parametrize(
    ("padding", "mode", "value", "message"),
    [
        (((0, 0), (0, 0)), "edge", 0, "mode must be one of constant, reflect, .*, not 'edge'"),
        (((0, 0),), "constant", 0, "padding must be a tuple with one entry for each of the 2"),
        (((0, 0), (0, 1.5)), "constant", 0, r"axis 1 must be a \(low, high\) pair of whole"),
        (((5, 0), (0, 0)), "reflect", 0, "reflect padding of spatial axis 0 .* at most 4 for 5"),
        (((-2, 3), (0, 0)), "reflect", 0, "reflect padding of spatial axis 0 .* at most 2 for 3"),
        (((0, 0), (0, 7)), "symmetric", 0, "symmetric padding of spatial axis 1 .* at most 6"),
        (((0, 0), (7, 0)), "circular", 0, "circular padding of spatial axis 1 .* at most 6"),
        (((-5, 1), (0, 0)), "replicate", 0, "replicate padding of spatial axis 0 .* at most 0"),
        (((-3, -3), (0, 0)), "constant", 0, "axis 0 must not crop more than its 5 cells"),
        (((0, 0), (9, -7)), "constant", 0, "axis 1 must not crop more than its 6 cells"),
        (((0, 0), (0, 0)), "constant", "0", "value must be a number, not '0'"),
    ],
)
def test_pad_refuses(
    padding: tuple[tuple[int, int], ...], mode: Mode, value: float, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        reference.pad(X, padding=padding, mode=mode, value=value)
    with pytest.raises(ValueError, match=message):
        reference.vjp("pad", (X,), X, padding=padding, mode=mode, value=value)


@pytest.mark.parametrize("value", [300, -1, 0.5, float("nan"), float("inf")])
def test_pad_refuses_a_value_the_dtype_cannot_hold(value: float) -> None:
    with pytest.raises(ValueError, match="value must be a number that uint8 can hold"):
        reference.pad(np.ones((1, 1, 3), np.uint8), padding=((1, 1),), mode="constant", value=value)


@pytest.mark.parametrize("op", ["global_avg_pool", "global_max_pool", "global_sum_pool"])
def test_global_pools_refuse_an_empty_axis(op: str) -> None:
    with pytest.raises(ValueError, match="at least one cell on every spatial axis"):
        OPERATIONS[op][0](X[..., :0])
    with pytest.raises(ValueError, match="at least one cell on every spatial axis"):
        reference.vjp(op, (X[..., :0],), np.ones((2, 4)))


@pytest.mark.parametrize("op", OPERATIONS)
def test_vjp_refuses_a_cotangent_that_is_not_like_the_output(op: str) -> None:
    function, parameters = OPERATIONS[op]
    arrays = inputs(op)
    g = np.ones_like(values(function(*arrays, **parameters)))
    with pytest.raises(ValueError, match=r"the cotangent must have the shape of the output"):
        reference.vjp(op, arrays, g[:, :-1], **parameters)
    with pytest.raises(ValueError, match=r"the cotangent must have the dtype of x, float64"):
        reference.vjp(op, arrays, g.astype(np.float32), **parameters)
    with pytest.raises(ValueError, match=rf"{op} has .* input"):
        reference.vjp(op, (), g, **parameters)


def test_vjp_refuses_an_unknown_name_and_an_unknown_tie() -> None:
    with pytest.raises(ValueError, match=r"op must be one of conv, pad, .* not 'convolve'"):
        reference.vjp("convolve", (X,), X)
    y = reference.max_pool(X, **POOL)
    with pytest.raises(ValueError, match="tie must be 'first', 'last' or 'split', not 'all'"):
        reference.vjp("max_pool", (X,), y, **POOL, tie="all")
