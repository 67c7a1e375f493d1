"""Our operations in ONNX's words: one node each, as data. ONNX itself is not needed here.

Names, attributes and what they mean are those of the operators' documentation
(https://onnx.ai/onnx/operators/). Named padding is ``auto_pad``, amounts are ``pads`` with all
the lows first. What ONNX has no operator for (adaptive pools) is not here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec.spec.dtypes import FLOATS

Array = npt.NDArray[Any]

MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""Our names of padding modes → ONNX's; it has none for ``symmetric``."""


@dataclass(frozen=True)
class Node:
    """One node: operator, attributes, the arrays it takes in order, and how many it gives.

    The names in `constant` are weights: a trained model holds them, while the others are fed to
    it. `outputs` are the types of the results, by ONNX's names of them. `added`, if not empty, is
    an input that a second node, an ``Add``, adds to the result of the first.
    """

    operator: str
    inputs: Mapping[str, Array]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    constant: tuple[str, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    added: str = ""


def _pads(padding: Sequence[Sequence[int]] | str) -> dict[str, Any]:
    if isinstance(padding, str):
        return {"auto_pad": padding.upper()}
    return {"pads": [low for low, _ in padding] + [high for _, high in padding]}


def _weighted(
    operator: str, arrays: Sequence[Array], attributes: Mapping[str, Any], kernel: Sequence[int]
) -> Node:
    names = ("X", "W", "B")[: len(arrays)]
    return Node(
        operator, dict(zip(names, arrays, strict=True)),
        {"kernel_shape": list(kernel), **attributes}, names[1:], {"Y": arrays[0].dtype.name},
    )  # fmt: skip


def _conv(
    *arrays: Array, stride: Sequence[int], padding: Any, dilation: Sequence[int], groups: int
) -> Node:
    given = {
        **_pads(padding), "strides": list(stride), "dilations": list(dilation), "group": groups,
    }  # fmt: skip
    return _weighted("Conv", arrays, given, arrays[1].shape[2:])


def _conv_transpose(
    *arrays: Array, stride: Sequence[int], padding: Any, output_padding: Sequence[int],
    dilation: Sequence[int], groups: int,
) -> Node:  # fmt: skip
    given = {
        **_pads(padding), "strides": list(stride), "dilations": list(dilation), "group": groups,
        "output_padding": list(output_padding),
    }  # fmt: skip
    return _weighted("ConvTranspose", arrays, given, arrays[1].shape[2:])


def _pad(x: Array, *, padding: Sequence[Sequence[int]], mode: str, value: float) -> Node:
    pads = [0, 0, *(low for low, _ in padding), 0, 0, *(high for _, high in padding)]
    inputs = {"data": x, "pads": np.array(pads, np.int64)}
    constant: tuple[str, ...] = ("pads",)
    if mode == "constant":
        inputs["constant_value"] = np.array(value).astype(x.dtype)
        constant = ("pads", "constant_value")
    if mode not in MODES:
        raise ValueError(f"ONNX's Pad has no mode {mode!r}: it has {', '.join(MODES.values())}")
    return Node("Pad", inputs, {"mode": MODES[mode]}, constant, {"output": x.dtype.name})


def _pool(operator: str, x: Array, given: Mapping[str, Any], **more: Any) -> Node:
    attributes = {
        "kernel_shape": list(given["window"]), "strides": list(given["stride"]),
        **_pads(given["padding"]), "dilations": list(given["dilation"]),
        "ceil_mode": int(given["ceil_mode"]), **more,
    }  # fmt: skip
    return Node(operator, {"X": x}, attributes, (), {"Y": x.dtype.name})


def _max_pool(x: Array, **given: Any) -> Node:
    return _pool("MaxPool", x, given)


def _max_pool_with_indices(x: Array, **given: Any) -> Node:
    node = _pool("MaxPool", x, given, storage_order=0)
    return Node("MaxPool", node.inputs, node.attributes, (), {**node.outputs, "Indices": "int64"})


def _avg_pool(x: Array, *, count_include_pad: bool, **given: Any) -> Node:
    return _pool("AveragePool", x, given, count_include_pad=int(count_include_pad))


def _lp_pool(x: Array, *, p: int, **given: Any) -> Node:
    return _pool("LpPool", x, given, p=p)


def _global(operator: str) -> Callable[..., Node]:
    return lambda x: Node(operator, {"X": x}, {}, (), {"Y": x.dtype.name})


def _global_sum_pool(x: Array) -> Node:
    axes = np.arange(2, x.ndim, dtype=np.int64)
    return Node(
        "ReduceSum", {"data": x, "axes": axes}, {"keepdims": 1}, ("axes",),
        {"reduced": x.dtype.name},
    )  # fmt: skip


def _relu(x: Array) -> Node:
    return Node("Relu", {"X": x}, {}, (), {"Y": x.dtype.name})


def _dense(*arrays: Array) -> Node:
    names = ("A", "B", "C")[: len(arrays)]
    if arrays[0].dtype.name not in FLOATS:
        # Gemm of integers exists on paper, MatMul is what backends have; it takes w as (C, O).
        inputs = dict(zip(names, (arrays[0], arrays[1].T, *arrays[2:]), strict=True))
        added = "C" if len(arrays) > 2 else ""
        return Node("MatMul", inputs, {}, names[1:], {"Y": arrays[0].dtype.name}, added)
    return Node(
        "Gemm", dict(zip(names, arrays, strict=True)), {"transB": 1}, names[1:],
        {"Y": arrays[0].dtype.name},
    )  # fmt: skip


def _softmax(operator: str) -> Callable[..., Node]:
    return lambda x: Node(operator, {"input": x}, {"axis": 1}, (), {"output": x.dtype.name})


def _cross_entropy(logits: Array, labels: Array) -> Node:
    return Node(
        "SoftmaxCrossEntropyLoss", {"scores": logits, "labels": labels}, {"reduction": "mean"}, (),
        {"output": logits.dtype.name},
    )  # fmt: skip


NODES: dict[str, Callable[..., Node]] = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "pad": _pad,
    "max_pool": _max_pool,
    "max_pool_with_indices": _max_pool_with_indices,
    "avg_pool": _avg_pool,
    "lp_pool": _lp_pool,
    "global_avg_pool": _global("GlobalAveragePool"),
    "global_max_pool": _global("GlobalMaxPool"),
    "global_sum_pool": _global_sum_pool,
    "relu": _relu,
    "dense": _dense,
    "softmax": _softmax("Softmax"),
    "log_softmax": _softmax("LogSoftmax"),
    "cross_entropy": _cross_entropy,
}
"""Operation → what makes its node of arrays and parameters, as an adapter receives them.

Raises ValueError for a padding mode that ONNX lacks, or parameters that no node can hold.
"""
