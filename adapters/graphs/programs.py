"""A call in ONNX's own words, for programs that show a failure without us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..wrapping import wrapped
from .models import IR_VERSION, TYPES, Recipe, fed, lines
from .nodes import NODES, Array

NAMES = ("node", "sum_node")


class Program:
    """The part of a program that sets `model`, by ONNX's helpers, and `feeds`, what it is fed.

    `imports` come once, at the top; `outputs` are the names of the results.
    """

    imports = ("import onnx", "from onnx import helper, numpy_helper")

    def __init__(
        self, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any], recipe: Recipe,
    ) -> None:  # fmt: skip
        """`names`: what the program calls the arrays. Raises what `NODES` raise."""
        arrays = {name: array for name, array in inputs.items() if name != "g"}
        node = NODES[op](*arrays.values(), **parameters)
        self.outputs = list(node.outputs)
        spoken = {name: _spoken(array, arrays, names) for name, array in node.inputs.items()}
        given = fed(node, recipe)
        self.lines = []
        for name, (operator, taken, made, attributes) in zip(NAMES, lines(node), strict=False):
            words = [repr(operator), repr(taken), repr(made)]
            words += [f"{key}={value!r}" for key, value in attributes.items()]
            self.lines += wrapped(f"{name} = helper.make_node", words)
        fed_values = [
            f"helper.make_tensor_value_info({name!r}, {TYPES[array.dtype.name]},"
            f" {list(array.shape) if recipe.shapes else [None] * array.ndim})"
            for name, array in given.items()
        ]
        made_values = [
            f"helper.make_tensor_value_info({name!r}, {TYPES[dtype]}, None)"
            for name, dtype in node.outputs.items()
        ]
        held = [
            f"numpy_helper.from_array({spoken[name]}, {name!r})"
            for name in node.inputs
            if name not in given
        ]
        inferred = ["model = onnx.shape_inference.infer_shapes(model)"] * recipe.output_shapes
        self.lines += [
            f"nodes = [{', '.join(NAMES[: len(lines(node))])}]",
            f"graph = helper.make_graph(nodes, {node.operator!r}, [",
            *(f"    {value}," for value in fed_values), "], [",
            *(f"    {value}," for value in made_values), "], [",
            *(f"    {value}," for value in held), "])",
            "model = helper.make_model(graph, ir_version="
            f"{IR_VERSION}, opset_imports=[helper.make_opsetid('', {recipe.opset})])",
            *inferred,
            f"feeds = {{{', '.join(f'{name!r}: {spoken[name]}' for name in given)}}}",
        ]  # fmt: skip


def _spoken(array: Array, arrays: Mapping[str, Array], names: Mapping[str, str]) -> str:
    """An array that a node takes, as the program says it."""
    for name, one in arrays.items():
        if array is one:
            return names[name]
        if array.base is one and array.shape == one.shape[::-1]:
            return f"{names[name]}.T"
    return f"np.array({array.tolist()!r}, np.{array.dtype.name})"
