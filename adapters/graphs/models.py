"""Models of one node, and a cache of what a runtime has made of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ..forwarding import forward
from ..recent import Recent
from .nodes import NODES, Array, Node

TYPES = {
    "float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE, "float16": TensorProto.FLOAT16,
    "bfloat16": TensorProto.BFLOAT16, "int64": TensorProto.INT64, "int32": TensorProto.INT32,
    "int16": TensorProto.INT16, "int8": TensorProto.INT8, "uint8": TensorProto.UINT8,
    "uint16": TensorProto.UINT16, "uint32": TensorProto.UINT32, "uint64": TensorProto.UINT64,
    "bool": TensorProto.BOOL, "complex64": TensorProto.COMPLEX64,
    "complex128": TensorProto.COMPLEX128,
}  # fmt: skip
"""ONNX's element types by NumPy's names."""

IR_VERSION = min(10, onnx.IR_VERSION)
"""The newest form of the file that everything here reads; an old onnx writes an older one."""

OPSET = min(22, onnx.defs.onnx_opset_version())
"""The newest version of the operators that everything here knows, or that an old onnx does."""

Loaded = TypeVar("Loaded")


@dataclass(frozen=True)
class Recipe:
    """How models are made: the version of the operators, and what they hold.

    `weights` puts weights into the model, as a trained model has them; else they are fed to it.
    `shapes` says the shapes of what is fed, else only how many axes there are. `output_shapes`
    says those of the results, too, which some readers need; ONNX's shape inference finds them.
    """

    opset: int
    weights: bool = True
    shapes: bool = True
    output_shapes: bool = False


def model_of(node: Node, recipe: Recipe) -> onnx.ModelProto:
    """A model of one node. Raises what ONNX's helpers raise, for types that it does not have."""
    held = _held(node, recipe.weights)
    graph = helper.make_graph(
        [helper.make_node(operator, *ends, **given) for operator, *ends, given in lines(node)],
        node.operator,
        [
            helper.make_tensor_value_info(name, _type(array.dtype.name), _shape(array, recipe))
            for name, array in node.inputs.items()
            if name not in held
        ],
        [helper.make_tensor_value_info(n, _type(t), None) for n, t in node.outputs.items()],
        [numpy_helper.from_array(_plain(node.inputs[name]), name) for name in held],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", recipe.opset)], ir_version=IR_VERSION
    )
    if not recipe.output_shapes:
        return model
    for output in graph.output:
        output.type.tensor_type.ClearField("shape")
    return onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)


def lines(node: Node) -> list[tuple[str, list[str], list[str], dict[str, Any]]]:
    """The nodes of the model: operator, inputs, outputs, attributes."""
    taken = [name for name in node.inputs if name != node.added]
    given = list(node.outputs)
    if not node.added:
        return [(node.operator, taken, given, dict(node.attributes))]
    return [
        (node.operator, taken, ["product"], dict(node.attributes)),
        ("Add", ["product", node.added], given, {}),
    ]


def fed(node: Node, recipe: Recipe) -> dict[str, Array]:
    """The arrays that a model of the node is fed."""
    held = _held(node, recipe.weights)
    return {name: array for name, array in node.inputs.items() if name not in held}


class Cache(Generic[Loaded]):
    """What was made of models, the `most` last used of them."""

    def __init__(self, load: Callable[[Node], Loaded], weights: bool, most: int = 64) -> None:
        """`load` makes something of a node; `weights` says that it depends on the weights."""
        self._load, self._weights = load, weights
        self._loaded: Recent[Loaded] = Recent(most)

    def __call__(self, node: Node) -> Loaded:
        """That of the node: made anew where types, attributes, shapes or weights are."""
        return self._loaded.get(self._key(node), lambda: self._load(node))

    def _key(self, node: Node) -> tuple[Any, ...]:
        held = _held(node, self._weights)
        described = (
            (name, array.dtype.name, array.shape, array.tobytes() if name in held else b"")
            for name, array in node.inputs.items()
        )
        return (node.operator, repr(sorted(node.attributes.items())), *node.outputs, *described)


class Graphs:
    """Operations as models of one node that `run` is given; each a function of that name.

    `run(node)` returns the node's results. Only the `operations` that a runtime has are functions
    of the object; what it lacks is not claimed.
    """

    def __init__(
        self, name: str, version: str, claims: dict[str, Any], run: Callable[[Node], list[Array]],
        operations: Collection[str] = tuple(NODES),
    ) -> None:  # fmt: skip
        self.name, self.version, self.claims = name, version, claims
        self._run = run
        forward(self, operations, self._call)

    def _call(self, op: str, arrays: Sequence[Array], params: Mapping[str, Any]) -> Any:
        results = self._run(NODES[op](*arrays, **params))
        return tuple(results) if len(results) > 1 else results[0]


def _held(node: Node, weights: bool) -> Sequence[str]:
    """The inputs that are part of the model."""
    if weights:
        return node.constant
    return tuple(name for name in node.constant if name not in ("W", "B", "C"))


def _shape(array: Array, recipe: Recipe) -> list[int | None]:
    return list(array.shape) if recipe.shapes else [None] * array.ndim


def _type(dtype: str) -> int:
    if dtype not in TYPES:
        raise TypeError(f"ONNX has no type {dtype}")
    return int(TYPES[dtype])


def _plain(array: Array) -> Array:
    """The array row by row in memory: the form in which models hold one."""
    return np.ascontiguousarray(array).reshape(array.shape)
