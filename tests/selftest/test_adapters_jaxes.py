"""The adapters on JAX: what they claim, without JAX, and a few calls of each, where it is there."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest

from convspec import reference
from convspec.adapters.backends import BACKENDS
from convspec.adapters.opening import Adapter, UnknownAdapter, open_adapter
from convspec.spec.claims_reading import read_claims
from convspec.spec.operations import OPERATIONS

NAMES = ("jax", "flax", "equinox", "haiku")
ROWS = [f"{name}:{option}" if option else name for name in NAMES for option in BACKENDS[name].runs]

Array = np.ndarray[Any, Any]


@pytest.mark.parametrize("row", ROWS)
def test_claims_are_read_without_the_library(row: str) -> None:
    name, _, option = row.partition(":")
    declared = BACKENDS[name].declared(option)
    available = [op for op in OPERATIONS if op in declared or op == "dense"]
    claims = read_claims(declared, available, True, True)
    assert not claims.fork
    assert claims.ops["conv"].gradient
    assert claims.ops["conv"].named_padding[-1] == "valid"
    assert claims.ops["conv"].asymmetric_padding


def test_each_layer_library_says_what_it_does_not_have() -> None:
    claims = {name: BACKENDS[name].declared() for name in NAMES}
    assert claims["haiku"]["conv_transpose"] == {"groups": [1, 1], "dilation": [1, 1]}
    assert claims["flax"]["conv_transpose"] == {"groups": [1, 1]}
    assert claims["equinox"]["avg_pool"]["count_include_pad"] == [True]
    assert claims["jax"]["avg_pool"]["ceil_mode"] == [False]


def opened(row: str) -> Adapter:
    name = row.partition(":")[0]
    library = BACKENDS[name].library
    if library is None or importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is absent: {BACKENDS[name].install}")
    return open_adapter(row)


def whole(*shape: int) -> Array:
    return (np.arange(np.prod(shape)) % 7 - 3).reshape(shape).astype(np.float32)


@pytest.mark.parametrize("row", ROWS)
def test_a_convolution_is_the_definition(row: str) -> None:
    adapter = opened(row)
    x, w, b = whole(2, 4, 5, 6), whole(6, 2, 2, 3), whole(6)
    p: dict[str, Any] = {
        "stride": (1, 2), "padding": ((1, 0), (2, 1)), "dilation": (2, 1), "groups": 2
    }  # fmt: skip
    y = adapter.functions["conv"](x, w, b, **p)
    np.testing.assert_array_equal(y, reference.conv(x, w, b, **p))
    assert adapter.vjp is not None
    g = whole(*y.shape)
    expected = reference.vjp("conv", (x, w, b), g, **p)
    for got, right in zip(adapter.vjp("conv", (x, w, b), g, **p), expected, strict=True):
        np.testing.assert_array_equal(got, right)


@pytest.mark.parametrize("row", ROWS)
def test_a_transposed_convolution_is_the_definition(row: str) -> None:
    adapter = opened(row)
    x, w, b = whole(2, 4, 3, 2), whole(4, 3, 2, 3), whole(3)
    turned = adapter.claims.dialect["conv_transpose.flip"] == "flipped"
    kernel = np.flip(w, (2, 3)).copy() if turned else w
    for padding, output_padding in ((((0, 0), (0, 0)), (0, 0)), (((1, 0), (2, 1)), (1, 2))):
        p: dict[str, Any] = {
            "stride": (2, 3), "padding": padding, "output_padding": output_padding,
            "dilation": (1, 1), "groups": 1,
        }  # fmt: skip
        y = adapter.functions["conv_transpose"](x, w, b, **p)
        np.testing.assert_array_equal(y, reference.conv_transpose(x, kernel, b, **p))


TOLD: dict[str, tuple[dict[str, Array], dict[str, Any]]] = {
    "max_pool": (
        {"x": whole(1, 1, 3, 4)},
        {
            "window": (2, 3), "stride": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1),
            "ceil_mode": False,
        },
    ),
    "conv": (
        {"x": whole(1, 2, 3, 4), "w": whole(2, 1, 2, 2), "b": whole(2)},
        {"stride": (1, 1), "padding": ((0, 1), (0, 0)), "dilation": (1, 1), "groups": 2},
    ),
    "conv_transpose": (
        {"x": whole(1, 2, 3, 4), "w": whole(2, 1, 1, 1)},
        {
            "stride": (1, 1), "padding": ((0, 0), (0, 0)), "output_padding": (0, 0),
            "dilation": (1, 1), "groups": 1,
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("op", TOLD)
@pytest.mark.parametrize("row", ROWS)
def test_a_failure_is_told_in_the_librarys_own_words(row: str, op: str) -> None:
    adapter = opened(row)
    inputs, p = TOLD[op]
    g = whole(*getattr(reference, op)(*inputs.values(), **p).shape)
    spell = adapter.target.spell  # type: ignore[attr-defined]
    arrays = {**inputs, "g": g}
    imports, lines = spell("vjp", op, arrays, {name: name for name in arrays}, p)
    program = "\n".join(["import numpy as np", *imports, *lines])
    assert "convspec" not in program and "from ." not in program
    names: dict[str, Any] = {"__name__": "program", **arrays}
    exec(program, names)
    expected = reference.vjp(op, tuple(inputs.values()), g, **p)
    for got, right in zip(names["results"], expected, strict=True):
        np.testing.assert_array_equal(np.asarray(got), right)


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_option_is_named(name: str) -> None:
    opened(name)
    with pytest.raises(UnknownAdapter, match="no option 'unoptimised'; did you mean"):
        open_adapter(f"{name}:unoptimised")
