"""What holds for the rest of the operations, too: inputs stay, results are fresh, and so on."""

from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from convspec import reference

Array = npt.NDArray[Any]
Parameters = dict[str, Any]

TWO: Parameters = {"stride": (1, 2), "padding": ((1, 0), (0, 1)), "dilation": (1, 1)}
POOL: Parameters = {**TWO, "window": (2, 3), "ceil_mode": False}
TRANSPOSED: Parameters = {**TWO, "output_padding": (0, 1), "groups": 2}

OPERATIONS: dict[str, Parameters] = {
    "conv_transpose": TRANSPOSED,
    "lp_pool": {**POOL, "p": 2},
    "adaptive_avg_pool": {"output_size": (3, 4)},
    "adaptive_max_pool": {"output_size": (3, 4)},
    "relu": {},
    "dense": {},
    "softmax": {},
    "log_softmax": {},
    "cross_entropy": {},
}
FLOATING = ("lp_pool", "adaptive_avg_pool", "softmax", "log_softmax", "cross_entropy")


def inputs(op: str, dtype: str = "float64", batch: int = 2) -> tuple[Array, ...]:
    x = (np.arange(batch * 4 * 5 * 6) * 7 % 11).reshape(batch, 4, 5, 6).astype(dtype)
    w = (np.arange(4 * 3 * 2 * 3) % 5).reshape(4, 3, 2, 3).astype(dtype)
    if op == "conv_transpose":
        return x, w, np.arange(6).astype(dtype)
    if op == "dense":
        return x[:, :, 0, 0], w[:, :, 0, 0].T, np.arange(3).astype(dtype)
    if op == "cross_entropy":
        return x[:, :, 0, 0], np.arange(batch) % 4
    return (x[:, :, 0, 0] if "softmax" in op else x,)


def forward(op: str, arrays: tuple[Array, ...]) -> Array:
    y: Array = getattr(reference, op)(*arrays, **OPERATIONS[op])
    assert isinstance(y, np.ndarray)
    return y


def backward(op: str, arrays: tuple[Array, ...], g: Array) -> tuple[Array, ...]:
    return reference.vjp(op, arrays, g, **OPERATIONS[op])


def differentiable(op: str, arrays: tuple[Array, ...]) -> tuple[Array, ...]:
    return arrays[:1] if op == "cross_entropy" else arrays


@pytest.mark.parametrize("op", OPERATIONS)
def test_inputs_stay_as_they_are_and_results_are_fresh(op: str) -> None:
    arrays = inputs(op)
    before = [a.copy() for a in arrays]
    for a in arrays:
        a.flags.writeable = False
    y = forward(op, arrays)
    g = np.ones(y.shape)
    gradients = backward(op, arrays, g)
    assert [d.shape for d in gradients] == [a.shape for a in differentiable(op, arrays)]
    for result in (y, *gradients):
        assert result.flags.writeable
        assert not any(np.shares_memory(result, other) for other in (*arrays, g))
        result[...] = -1
    for a, old in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(a, old)
    assert not (forward(op, arrays) == -1).all()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int32", "uint8"])
@pytest.mark.parametrize("op", OPERATIONS)
def test_the_dtype_is_kept(op: str, dtype: str) -> None:
    arrays = inputs(op, dtype)
    if op in FLOATING and "int" in dtype:
        with pytest.raises(ValueError, match="defined for floating numbers, not for"):
            forward(op, arrays)
        return
    y = forward(op, arrays)
    assert y.dtype == dtype
    assert np.isfinite(y).all()
    for gradient in backward(op, arrays, np.ones(y.shape, dtype)):
        assert gradient.dtype == dtype


@pytest.mark.parametrize("op", OPERATIONS)
def test_memory_layout_makes_no_difference(op: str) -> None:
    arrays = inputs(op)
    expected = forward(op, arrays)
    g = np.arange(float(expected.size)).reshape(expected.shape)
    gradients = backward(op, arrays, g)
    for layout in (
        np.asfortranarray,
        lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
        lambda a: a[..., ::-1].copy()[..., ::-1],
        lambda a: np.moveaxis(np.moveaxis(a, 0, -1).copy(), -1, 0),
    ):
        laid_out = tuple(layout(a) for a in arrays)
        np.testing.assert_allclose(forward(op, laid_out), expected, rtol=1e-15)
        got = backward(op, laid_out, layout(g) if g.ndim else g)
        for ours, theirs in zip(got, gradients, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("op", [op for op in OPERATIONS if op != "cross_entropy"])
def test_an_empty_batch_gives_an_empty_result(op: str) -> None:
    arrays, none = inputs(op), inputs(op, batch=0)
    y, empty = forward(op, arrays), forward(op, none)
    assert empty.shape == (0, *y.shape[1:])
    gradients = backward(op, none, empty)
    assert [d.shape for d in gradients] == [a.shape for a in none]
    assert not any(d.any() for d in gradients)


def test_a_transposed_convolution_without_channels_gives_the_bias() -> None:
    x, w, b = np.ones((2, 0, 5, 6)), np.ones((0, 3, 2, 3)), np.arange(6.0)
    y = reference.conv_transpose(x, w, b, **TRANSPOSED)
    assert y.shape == (2, 6, 5, 13)
    assert (y == b.reshape(6, 1, 1)).all()
    dx, dw, db = reference.vjp("conv_transpose", (x, w, b), y, **TRANSPOSED)
    assert (dx.shape, dw.shape, db[1]) == (x.shape, w.shape, 2 * 5 * 13)
    none = reference.conv_transpose(np.ones((2, 4, 5, 6)), np.ones((4, 0, 2, 3)), **TRANSPOSED)
    assert none.shape == (2, 0, 5, 13)


def test_a_large_batch_is_the_same_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = inputs("conv_transpose", batch=7)
    whole = forward("conv_transpose", arrays)
    module = import_module("convspec.reference.conv_transpose")
    monkeypatch.setattr(module, "BLOCK", 2 * 6 * 6 * 30)  # the shares of two images
    np.testing.assert_array_equal(forward("conv_transpose", arrays), whole)


X = np.ones((2, 4, 5, 6))
W = np.ones((4, 3, 2, 3))


@pytest.mark.parametrize(
    ("x", "w", "b", "changed", "message"),
    [
        (X, W, None, {"stride": (0, 1)}, "stride of spatial axis 0 .* at least 1, not 0"),
        (X, W, None, {"stride": (1,)}, "stride must be a tuple with one entry for each of the 2"),
        (X, W, None, {"dilation": (1, -1)}, "dilation of spatial axis 1 .* at least 1, not -1"),
        (X, W, None, {"output_padding": (0, -1)}, "output padding of spatial axis 1 .* not -1"),
        (X, W, None, {"output_padding": 0}, "output padding must be a tuple with one entry"),
        (X, W, None, {"output_padding": (1, 0)}, "axis 0 must be less than the stride 1 or .* 1"),
        (X, W, None, {"output_padding": (0, 2)}, "axis 1 must be less than the stride 2 or .* 2"),
        (X, W, None, {"padding": ((0, 0), (-1, 0))}, "low padding of spatial axis 1 .* not -1"),
        (X, W, None, {"padding": ((0, 0),)}, "padding must be a tuple with one entry for each of"),
        (X, W, None, {"padding": "same_upper"}, "pairs or 'valid', not 'same_upper': the field"),
        (
            X,
            W,
            None,
            {"padding": ((4, 2), (0, 0))},
            r"axis 0: the padding 4 \+ 2 must leave a cell",
        ),
        (X, W, None, {"groups": 0}, "groups must be a whole number of at least 1, not 0"),
        (X, W, None, {"groups": 3}, "groups must divide .* 3 does not divide 4"),
        (X, W[:2], None, {}, "w must have C = 4 input channels, not 2"),
        (X, W[:, :, :0], None, {}, "window of spatial axis 0 .* not 0"),
        (X[:, :, :0], W, None, {}, "input size of spatial axis 0 .* at least 1, not 0"),
        (X, W[0], None, {}, r"w must have the rank of x, 4, but its shape is \(3, 2, 3\)"),
        (X[0, 0], W, None, {}, "x must have a batch axis, a channel axis and at least one"),
        (X, W.astype(np.float32), None, {}, "w must have the dtype of x, float64, not float32"),
        (X, W, np.ones(3), {}, r"b must have one entry .* shape \(6,\), not \(3,\)"),
        (X, W, np.ones(6, np.float32), {}, "b must have the dtype of x, float64, not float32"),
    ],
)
def test_conv_transpose_refuses(
    x: Array, w: Array, b: Array | None, changed: Parameters, message: str
) -> None:
    parameters = {**TRANSPOSED, **changed}
    with pytest.raises(ValueError, match=message):
        reference.conv_transpose(x, w, b, **parameters)
    with pytest.raises(ValueError, match=message):
        reference.vjp("conv_transpose", (x, w) if b is None else (x, w, b), X, **parameters)


LINE = np.ones((2, 3))
LABELS = np.array([0, 2])


@pytest.mark.parametrize(
    ("op", "arrays", "parameters", "message"),
    [
        ("lp_pool", (X,), {**POOL, "p": 0}, "p must be a whole number of at least 1, not 0"),
        ("lp_pool", (X,), {**POOL, "p": 1.5}, r"p must be a whole number of at least 1, not 1\.5"),
        ("lp_pool", (X,), {**POOL, "p": 2, "window": (7, 3)}, "axis 0: the effective window 7"),
        ("lp_pool", (X,), {**POOL, "p": 2, "ceil_mode": 1}, "ceil mode must be True or False"),
        ("adaptive_avg_pool", (X,), {"output_size": (0, 1)}, "output size of spatial axis 0 .* 0"),
        ("adaptive_max_pool", (X,), {"output_size": (1,)}, "output size must be a tuple with one"),
        ("adaptive_max_pool", (X,), {"output_size": 2}, "output size must be a tuple with one"),
        (
            "adaptive_avg_pool",
            (X[..., :0],),
            {"output_size": (1, 1)},
            "input size of spatial axis 1",
        ),
        ("adaptive_max_pool", (LINE,), {"output_size": ()}, "at least one spatial axis"),
        ("relu", (LINE > 0,), {}, "x must hold floating or whole numbers, not bool"),
        ("dense", (X, LINE), {}, "x must have a batch axis and a channel axis, but"),
        ("dense", (LINE, X), {}, "w must have the rank of x, 2, but"),
        ("dense", (LINE, LINE.T), {}, "w must have C = 3 input channels, not 2"),
        ("dense", (LINE, LINE, np.ones(3)), {}, r"b must have one entry .* shape \(2,\), not"),
        ("dense", (LINE, LINE.astype(np.float32)), {}, "w must have the dtype of x"),
        ("softmax", (X,), {}, "a batch axis and a channel axis that is not empty, but"),
        ("log_softmax", (LINE[:, :0],), {}, r"not empty, but its shape is \(2, 0\)"),
        ("cross_entropy", (X, LABELS), {}, "logits must have a batch axis and a channel axis"),
        ("cross_entropy", (LINE[:0], LABELS[:0]), {}, "at least one, but the batch is empty"),
        ("cross_entropy", (LINE, LABELS[:1]), {}, r"one entry per image, shape \(2,\), not \(1,\)"),
        ("cross_entropy", (LINE, LABELS + 1), {}, r"labels must lie in \[0, 3\), but one is 3"),
        ("cross_entropy", (LINE, LABELS - 1), {}, r"labels must lie in \[0, 3\), but one is -1"),
        ("cross_entropy", (LINE, LABELS * 1.0), {}, "labels must have the dtype int64, not float"),
    ],
)
def test_the_rest_refuses(
    op: str, arrays: tuple[Array, ...], parameters: Parameters, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(reference, op)(*arrays, **parameters)
    with pytest.raises(ValueError, match=message):
        reference.vjp(op, arrays, LINE, **parameters)


@pytest.mark.parametrize("op", OPERATIONS)
def test_vjp_refuses_a_cotangent_that_is_not_like_the_output(op: str) -> None:
    arrays = inputs(op)
    g = np.ones_like(forward(op, arrays))
    with pytest.raises(ValueError, match=r"the cotangent must have the shape of the output"):
        backward(op, arrays, g[None])
    with pytest.raises(ValueError, match=r"the cotangent must have the dtype of x, float64"):
        backward(op, arrays, g.astype(np.float32))
    with pytest.raises(ValueError, match=rf"{op} has .* input"):
        backward(op, (), g)


def test_an_unknown_tie_is_refused() -> None:
    y = reference.adaptive_max_pool(X, output_size=(2, 2))
    with pytest.raises(ValueError, match="tie must be 'first', 'last' or 'split', not 'all'"):
        reference.vjp("adaptive_max_pool", (X,), y, output_size=(2, 2), tie="all")
