"""tract, an engine in Rust: ONNX models of one node, read from a file in a temporary folder.

A model is optimised (``into_model().into_runnable()``) when it is new. A panic of Rust's ends the
process.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tract

from ..errors import option_words
from ..forwarding import named
from .claims import tract as declared
from .models import OPSET, Cache, Graphs, Recipe, fed, model_of
from .nodes import Array, Node
from .programs import Program

RECIPE = Recipe(opset=OPSET)


class Tract(Graphs):
    """A runnable per model."""

    def __init__(self) -> None:
        """There is nothing to choose."""
        self._folder = tempfile.TemporaryDirectory(prefix="tract-")
        self._runnables = Cache(self._load, RECIPE.weights)
        claims = declared("")
        super().__init__("tract", tract.version(), claims, self._results, named(claims))

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in the words of ONNX and tract: imports, and lines that set `results`."""
        program = Program(op, inputs, names, parameters, RECIPE)
        lines = [
            "folder = tempfile.TemporaryDirectory()",
            'path = f"{folder.name}/model.onnx"',
            "onnx.save(model, path)",
            "runnable = tract.onnx().load(path).into_model().into_runnable()",
            "results = [y.to_numpy() for y in runnable.run(list(feeds.values()))]",
        ]
        return ["import tempfile", "import tract", *program.imports], [*program.lines, *lines]

    def _load(self, node: Node) -> Any:
        path = Path(self._folder.name, "model.onnx")
        path.write_bytes(model_of(node, RECIPE).SerializeToString())
        return tract.onnx().load(str(path)).into_model().into_runnable()

    def _results(self, node: Node) -> list[Array]:
        found = self._runnables(node).run(list(fed(node, RECIPE).values()))
        return [one.to_numpy() for one in found]


def make(option: str | None) -> Tract:
    """The engine. Raises UnknownAdapter for an option: it has none."""
    option_words("tract", option)
    # Else every refusal walks the stack and looks up its symbols, which takes most of a second.
    os.environ["RUST_BACKTRACE"] = "0"
    return Tract()
