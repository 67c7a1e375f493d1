"""The NumPy adapter held against the reference: same values, same refusals, on random calls."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from convspec.adapters.opening import Adapter, open_adapter

Array = npt.NDArray[Any]

OPERATIONS = (
    "conv", "pad", "max_pool", "max_pool_with_indices", "avg_pool", "lp_pool",
    "adaptive_avg_pool", "adaptive_max_pool", "global_avg_pool", "global_max_pool",
    "global_sum_pool", "relu", "dense", "softmax", "log_softmax", "cross_entropy",
)  # fmt: skip
DTYPES = ("float64", "float32", "float16", "int64", "int32", "int16", "int8")
ROUNDED = ("lp_pool", "softmax", "log_softmax", "cross_entropy")
MODES = ("constant", "reflect", "symmetric", "replicate", "circular")


@dataclass
class Call:
    """A call of an operation, valid or not; `bounds` is how far a mean may be off."""

    op: str
    inputs: list[Array]
    params: dict[str, Any]

    @property
    def bounds(self) -> float:
        """Means round once in each of two implementations, and a gradient of them some more."""
        rounds = "avg" in self.op or self.op in ROUNDED
        return 40 * float(np.finfo(self.inputs[0].dtype).eps) if rounds else 0.0

    def cotangent(self, y: Array) -> Array:
        """Small integers in the shape of `y`."""
        g = np.random.default_rng(y.size).integers(-2, 3, y.shape)
        return g.astype(self.inputs[0].dtype)

    def __str__(self) -> str:
        arrays = ", ".join(f"{a.dtype}{a.shape}" for a in self.inputs)
        return f"{self.op}({arrays}, {self.params})"


def random_call(seed: int, op: str) -> Call:
    """A call with unequal axes; now and then its parameters do not fit."""
    if op in ("dense", "softmax", "log_softmax", "cross_entropy"):
        return random_classifier_call(seed, op)
    draw, rng = random.Random(seed), np.random.default_rng(seed)
    rank = draw.choice((1, 2, 2, 3))
    dtype = np.dtype(draw.choice(DTYPES))

    def each(least: int, most: int) -> tuple[int, ...]:
        return tuple(draw.randint(least, most) for _ in range(rank))

    def pairs(least: int, most: int) -> tuple[tuple[int, int], ...]:
        return tuple(zip(each(least, most), each(least, most), strict=True))

    def array(*shape: int) -> Array:
        cells = rng.integers(-2, 3, shape).astype(dtype)
        if "max" in op and dtype.kind == "f":
            kind = rng.random(shape)
            cells[kind < (0.1 if seed % 3 == 0 else 0)] = np.nan
            cells[kind > 0.7] = -np.inf
        elif "max" in op:
            cells[rng.random(shape) > 0.7] = np.iinfo(dtype).min
        return cells

    n = each(0 if draw.random() < 0.05 else 2, 7)
    batch = draw.randint(0 if draw.random() < 0.1 else 1, 3)
    named = draw.choice(("same_upper", "same_lower", "valid"))
    windowed = {
        "stride": each(1, 3),
        "padding": named if draw.random() < 0.3 else pairs(0, 2),
        "dilation": tuple(draw.choice((1, 1, 2, 3)) for _ in range(rank)),
    }
    if op == "conv":
        groups = draw.randint(1, 3)
        inside = draw.randint(0 if draw.random() < 0.05 else 1, 3)
        w = array(groups * draw.randint(1, 3), inside, *each(1, 4))
        inputs = [array(batch, groups * inside, *n), w]
        if draw.random() < 0.5:
            inputs.append(array(w.shape[0]))
        return Call(op, inputs, {**windowed, "groups": groups})
    inputs = [array(batch, draw.randint(1, 3), *n)]
    if op == "pad":
        value = draw.choice((0, 1, -3, 0.5))
        return Call(
            op, inputs, {"padding": pairs(-2, 3), "mode": draw.choice(MODES), "value": value}
        )
    if op.startswith("global") or op == "relu":
        return Call(op, inputs, {})
    if op.startswith("adaptive"):
        return Call(op, inputs, {"output_size": each(0 if draw.random() < 0.05 else 1, 8)})
    params = {"window": each(1, 4), **windowed, "ceil_mode": draw.random() < 0.5}
    if op == "avg_pool":
        params["count_include_pad"] = draw.random() < 0.5
    if op == "lp_pool":
        params["p"] = draw.randint(0 if draw.random() < 0.1 else 1, 5)
    return Call(op, inputs, params)


def random_classifier_call(seed: int, op: str) -> Call:
    """A call of what has (N, C) arrays; now and then a shape or a label does not fit."""
    draw, rng = random.Random(seed), np.random.default_rng(seed)
    dtype = np.dtype(draw.choice(DTYPES))

    def array(*shape: int) -> Array:
        return rng.integers(-3, 4, shape).astype(dtype)

    batch, channels = (draw.randint(0 if draw.random() < 0.1 else 1, 5) for _ in "xx")
    x = array(batch, channels)
    if op == "dense":
        outputs = draw.randint(1, 4)
        w = array(outputs, channels + (draw.random() < 0.1))
        bias = [array(outputs + (draw.random() < 0.1))] if draw.random() < 0.5 else []
        return Call(op, [x, w, *bias], {})
    if op == "cross_entropy":
        labels = rng.integers(-(draw.random() < 0.05), max(channels, 1), batch)
        return Call(op, [x, labels], {})
    return Call(op, [x], {})


def outcome(adapter: Adapter, call: Call) -> tuple[Array, ...] | ValueError:
    """All outputs of the call, then its gradients if there is a vjp; or how it was refused."""
    try:
        y = adapter.functions[call.op](*call.inputs, **call.params)
    except ValueError as error:
        return error
    outputs = y if isinstance(y, tuple) else (y,)
    if adapter.vjp is None:
        return outputs
    cotangent = call.cotangent(outputs[0])
    return (*outputs, *adapter.vjp(call.op, call.inputs, cotangent, **call.params))


def assert_same(got: tuple[Array, ...], expected: tuple[Array, ...], call: Call) -> None:
    """Equal shapes, dtypes and numbers, those of means within their bounds."""
    assert len(got) == len(expected), call
    for a, b in zip(got, expected, strict=True):
        assert a.shape == b.shape and a.dtype == b.dtype, f"{call}: {a.dtype}{a.shape}"
        if call.bounds:
            same = np.allclose(a, b, rtol=call.bounds, atol=call.bounds)
        else:
            same = np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        assert same, f"{call}: {a} is not {b}"


@pytest.mark.parametrize("op", OPERATIONS)
def test_numpy_agrees_with_the_reference(op: str) -> None:
    adapter, reference = open_adapter("numpy"), open_adapter("reference")
    compared = 0
    for seed in range(400):
        call = random_call(seed, op)
        before = [array.copy() for array in call.inputs]
        expected, got = outcome(reference, call), outcome(adapter, call)
        if isinstance(expected, ValueError) or isinstance(got, ValueError):
            assert isinstance(expected, ValueError) == isinstance(got, ValueError), call
            assert "\n" not in str(got)
            continue
        assert_same(got, expected, call)
        for array, copy in zip(call.inputs, before, strict=True):
            assert np.array_equal(array, copy, equal_nan=array.dtype.kind == "f"), call
        compared += 1
    assert compared > 100


def test_numpy_refuses_misfits() -> None:
    conv = open_adapter("numpy").functions["conv"]
    x, w = np.ones((1, 2, 5), np.float32), np.ones((2, 2, 3), np.float32)
    good: dict[str, Any] = {"stride": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 1}
    conv(x, w, **good)
    for change in (
        {"stride": (0,)}, {"stride": (1, 1)}, {"stride": [1]}, {"stride": (True,)},
        {"dilation": (0,)}, {"dilation": (9,)}, {"groups": 0}, {"groups": 3}, {"groups": 2},
        {"padding": ((-1, 0),)}, {"padding": ((0, 0), (0, 0))}, {"padding": "full"},
        {"padding": (1,)},
    ):  # fmt: skip
        with pytest.raises(ValueError):
            conv(x, w, **{**good, **change})
    for arrays in ((x[0], w), (x, w[0]), (x, w.astype(np.float64)), (x, w, np.ones(3, np.float32)),
                   (x, w[:, :1]), (x.astype(complex), w), (x.tolist(), w)):  # fmt: skip
        with pytest.raises(ValueError):
            conv(*arrays, **good)


def test_numpy_sums_half_precision_in_float32() -> None:
    adapter = open_adapter("numpy")
    ones = np.ones((1, 1, 5000), np.float16)
    assert adapter.functions["global_sum_pool"](ones) == 5000  # in float16 it would stop at 2048
    params: dict[str, Any] = {
        "stride": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 1,
    }  # fmt: skip
    assert adapter.functions["conv"](ones, ones, **params) == 5000
    assert adapter.claims.accumulate == {"float16": "float32", "bfloat16": "float32"}


def test_numpy_results_are_fresh() -> None:
    adapter = open_adapter("numpy")
    x = np.ones((2, 2, 4), np.float32)
    y = adapter.functions["pad"](x, padding=((0, 0),), mode="constant", value=0)
    assert not np.shares_memory(x, y)
    assert adapter.vjp is not None
    (dx,) = adapter.vjp("pad", [x], x, padding=((0, 0),), mode="constant", value=0)
    assert not np.shares_memory(x, dx)
