"""The reference evaluator of ONNX: the operators as written down in NumPy beside their text.

A subject like the others, and no judge: what an operator means is said by its text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import onnx
from onnx.reference import ReferenceEvaluator

from ..errors import option_words
from .claims import onnx_reference as declared
from .models import OPSET, Cache, Graphs, Recipe, fed, model_of
from .nodes import Array, Node
from .programs import Program

RECIPE = Recipe(opset=OPSET)


class OnnxReference(Graphs):
    """An evaluator per model. Results are arrays of its own."""

    def __init__(self) -> None:
        """The evaluator has nothing to choose."""
        self._evaluators = Cache(lambda node: ReferenceEvaluator(model_of(node, RECIPE)), True)
        super().__init__("onnx-reference", onnx.__version__, declared(""), self._results)

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in the words of ONNX: imports, and lines that set `results`."""
        program = Program(op, inputs, names, parameters, RECIPE)
        imports = [*program.imports, "from onnx.reference import ReferenceEvaluator"]
        return imports, [*program.lines, "results = ReferenceEvaluator(model).run(None, feeds)"]

    def _results(self, node: Node) -> list[Array]:
        found: list[Array] = self._evaluators(node).run(None, fed(node, RECIPE))
        return found


def make(option: str | None) -> OnnxReference:
    """The evaluator. Raises UnknownAdapter for an option: it has none."""
    option_words("onnx-reference", option)
    return OnnxReference()
