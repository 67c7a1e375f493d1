"""OpenVINO's reader of ONNX: models of one node, read from memory, and compiled for the CPU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import openvino as ov

from ..forwarding import named
from .claims import openvino as declared
from .models import OPSET, Cache, Graphs, Recipe, fed, model_of
from .nodes import Array, Node
from .openvino_words import SETTINGS, VERSION, compilation, inferred
from .programs import Program

RECIPE = Recipe(opset=OPSET)


class OpenVINOOfModels(Graphs):
    """A compiled model per model of ONNX's."""

    def __init__(self) -> None:
        """Models are compiled with the same settings as those of OpenVINO's own operations."""
        self._core = ov.Core()
        self._compiled = Cache(self._compile, RECIPE.weights)
        claims = declared("onnx")
        super().__init__("openvino", VERSION, claims, self._results, named(claims))

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in the words of ONNX and OpenVINO: imports, and lines that set `results`."""
        program = Program(op, inputs, names, parameters, RECIPE)
        lines = [
            "read = ov.Core().read_model(model.SerializeToString())",
            compilation("read"),
            "results = list(compiled(list(feeds.values())).values())",
        ]
        return ["import openvino as ov", *program.imports], [*program.lines, *lines]

    def _compile(self, node: Node) -> Any:
        model = self._core.read_model(model_of(node, RECIPE).SerializeToString())
        return self._core.compile_model(model, "CPU", SETTINGS)

    def _results(self, node: Node) -> list[Array]:
        return inferred(self._compiled(node), list(fed(node, RECIPE).values()))
