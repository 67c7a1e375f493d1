"""ONNX Runtime on the CPU: a session per model, with one thread.

Weights are constants of the model, as in a trained one; what the optimiser makes of that (prepacked
weights, blocked layouts) runs, too. Its options take a layer of that away:

* ``unoptimized``: no rewriting of the graph;
* ``dynamic``: weights are fed like the input, and the model does not say the sizes of what is fed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import onnxruntime as ort

from ..errors import option_words
from .claims import OPTIONS
from .claims import onnxruntime as declared
from .models import OPSET, Cache, Graphs, Recipe, fed, model_of
from .nodes import Array, Node
from .programs import Program

_QUIET = 4
"""Only what ends the process is logged: what is refused is raised, too."""


class OnnxRuntime(Graphs):
    """One way to run sessions: with or without the optimiser, weights inside or fed."""

    def __init__(self, option: str) -> None:
        """`option`: words of `OPTIONS`, joined by commas."""
        words = option.split(",")
        self._recipe = Recipe(OPSET, weights="dynamic" not in words, shapes="dynamic" not in words)
        self._options = ort.SessionOptions()
        self._options.intra_op_num_threads = self._options.inter_op_num_threads = 1
        self._options.log_severity_level = _QUIET
        self._optimized = "unoptimized" not in words
        if not self._optimized:
            self._options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        self._sessions = Cache(self._load, self._recipe.weights)
        super().__init__("onnxruntime", ort.__version__, declared(option), self._results)

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in the words of ONNX and its runtime: imports, and lines that set `results`."""
        program = Program(op, inputs, names, parameters, self._recipe)
        lines = ["options = ort.SessionOptions()", "options.intra_op_num_threads = 1"]
        if not self._optimized:
            lines.append(
                "options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL"
            )
        lines.append(
            "session = ort.InferenceSession(model.SerializeToString(), options,"
            ' providers=["CPUExecutionProvider"])'
        )
        lines.append(f"results = session.run({program.outputs}, feeds)")
        return ["import onnxruntime as ort", *program.imports], [*program.lines, *lines]

    def _load(self, node: Node) -> ort.InferenceSession:
        return ort.InferenceSession(
            model_of(node, self._recipe).SerializeToString(), self._options,
            providers=["CPUExecutionProvider"],
        )  # fmt: skip

    def _results(self, node: Node) -> list[Array]:
        found: list[Array] = self._sessions(node).run(
            list(node.outputs), fed(node, self._recipe)
        )  # fmt: skip
        return found


def make(option: str | None) -> OnnxRuntime:
    """ONNX Runtime as `option` says. Raises UnknownAdapter for a word that is not in `OPTIONS`."""
    option_words("onnxruntime", option, OPTIONS)
    return OnnxRuntime(option or "")
