"""The engines that run graphs: nodes and claims without any engine, and a call of each there is."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest

from convspec.adapters.backends import BACKENDS
from convspec.adapters.graphs import claims
from convspec.adapters.graphs.nodes import NODES
from convspec.adapters.opening import UnknownAdapter, open_adapter
from convspec.spec.claims_reading import read_claims
from convspec.spec.operations import OPERATIONS

ENGINES = ("onnxruntime", "onnx-reference", "opencv", "openvino", "tract")
RUNS = [f"{name}:{run}".rstrip(":") for name in ENGINES for run in BACKENDS[name].runs]

X = np.arange(12.0, dtype=np.float32).reshape(1, 2, 6)
WINDOW: dict[str, Any] = {
    "window": (2,), "stride": (2,), "padding": ((1, 0),), "dilation": (1,), "ceil_mode": False,
}  # fmt: skip


def test_claims_need_no_engine() -> None:
    for name in ENGINES:
        for option in BACKENDS[name].runs:
            read = read_claims(BACKENDS[name].declared(option), list(OPERATIONS), False)
            assert "float32" in read.ops["conv"].dtypes
    assert not read_claims(claims.openvino(""), list(OPERATIONS), False).fork


def test_amounts_of_padding_come_lows_first() -> None:
    w = np.ones((1, 1, 2, 3), np.float32)
    node = NODES["conv"](
        np.ones((1, 1, 4, 4), np.float32), w, stride=(1, 2), padding=((1, 2), (3, 4)),
        dilation=(1, 1), groups=1,
    )  # fmt: skip
    assert node.operator == "Conv" and list(node.inputs) == ["X", "W"]
    assert node.attributes["pads"] == [1, 3, 2, 4] and "auto_pad" not in node.attributes
    assert node.attributes["kernel_shape"] == [2, 3] and node.constant == ("W",)


def test_named_padding_is_auto_pad() -> None:
    node = NODES["max_pool"](X, **{**WINDOW, "padding": "same_lower"})
    assert node.attributes["auto_pad"] == "SAME_LOWER" and "pads" not in node.attributes
    assert NODES["max_pool_with_indices"](X, **WINDOW).outputs == {
        "Y": "float32",
        "Indices": "int64",
    }


def test_padding_leaves_batch_and_channels_alone() -> None:
    node = NODES["pad"](X, padding=((1, -2),), mode="replicate", value=0)
    assert node.inputs["pads"].tolist() == [0, 0, 1, 0, 0, -2]
    assert node.attributes == {"mode": "edge"} and "constant_value" not in node.inputs
    with pytest.raises(ValueError, match="symmetric"):
        NODES["pad"](X, padding=((1, 1),), mode="symmetric", value=0)


def test_a_dense_layer_of_integers_is_a_product_and_a_sum() -> None:
    x, w = np.ones((2, 3), np.int32), np.ones((4, 3), np.int32)
    assert NODES["dense"](x, w).added == "" and NODES["dense"](x, w).operator == "MatMul"
    node = NODES["dense"](x, w, np.ones(4, np.int32))
    assert node.added == "C" and node.inputs["B"].shape == (3, 4)
    assert NODES["dense"](x.astype(np.float32), w.astype(np.float32)).operator == "Gemm"


def _open(name: str) -> Any:
    backend = BACKENDS[name.partition(":")[0]]
    for library in {str(backend.library), "onnx"}:
        if importlib.util.find_spec(library) is None:
            pytest.skip(f"{library} is absent: {backend.install}")
    return open_adapter(name)


@pytest.mark.parametrize("name", RUNS)
def test_an_engine_answers(name: str) -> None:
    functions = _open(name).functions
    y = functions["max_pool"](X, **WINDOW)
    assert y.tolist() == [[[0, 2, 4], [6, 8, 10]]]
    w = np.ones((2, 2, 1), np.float32)
    params = {"stride": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 1}
    np.testing.assert_array_equal(
        functions["conv"](X, w, **params), (X[:, :1] + X[:, 1:]).repeat(2, 1)
    )
    assert functions["relu"](-X).max() == 0
    assert functions["dense"](X[0], np.eye(6, dtype=np.float32)).tolist() == X[0].tolist()


@pytest.mark.parametrize("name", ENGINES)
def test_an_unknown_option_is_refused(name: str) -> None:
    _open(name)
    with pytest.raises(UnknownAdapter, match="no option"):
        open_adapter(f"{name}:fast")


@pytest.mark.parametrize("name", [*RUNS[:4], "opencv", "openvino:onnx"])
def test_a_program_says_the_same_without_us(name: str) -> None:
    """What is spelt for a failure runs, and gives what the adapter gives."""
    adapter = _open(name)
    params = {**WINDOW, "count_include_pad": True}
    imports, lines = adapter.target.spell("forward", "avg_pool", {"x": X}, {"x": "x"}, params)
    space: dict[str, Any] = {"np": np, "x": X}
    exec("\n".join([*imports, *lines]), space)
    np.testing.assert_array_equal(space["results"][0], adapter.functions["avg_pool"](X, **params))
