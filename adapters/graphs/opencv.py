"""The DNN module of OpenCV: ONNX models of one node, read from memory, on the CPU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np

from ..errors import option_words
from ..forwarding import named
from .claims import opencv as declared
from .models import OPSET, Cache, Graphs, Recipe, fed, model_of
from .nodes import Array, Node
from .programs import Program

RECIPE = Recipe(opset=OPSET, output_shapes=True)


class OpenCV(Graphs):
    """A net per model, on the backend of OpenCV itself."""

    def __init__(self) -> None:
        """The engine is the new one of OpenCV 5; what it cannot read goes to the old one."""
        self._nets = Cache(_load, RECIPE.weights)
        claims = declared("")
        super().__init__("opencv", cv2.__version__, claims, self._results, named(claims))

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in the words of ONNX and OpenCV: imports, and lines that set `results`."""
        program = Program(op, inputs, names, parameters, RECIPE)
        lines = [
            "net = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))",
            "for name, array in feeds.items():",
            "    net.setInput(np.ascontiguousarray(array), name)",
            f"results = list(net.forward({program.outputs}))",
        ]
        return ["import cv2", *program.imports], [*program.lines, *lines]

    def _results(self, node: Node) -> list[Array]:
        net = self._nets(node)
        for name, array in fed(node, RECIPE).items():
            net.setInput(array, name)
        found = net.forward(list(node.outputs))
        if any(array is None for array in found):
            raise ValueError("OpenCV gives None for a result without cells")
        if node.operator == "SoftmaxCrossEntropyLoss":
            return [array.reshape(()) for array in found]
        return list(found)


def _load(node: Node) -> Any:
    model = model_of(node, RECIPE).SerializeToString()
    net = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8))
    net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
    return net


def make(option: str | None) -> OpenCV:
    """OpenCV, with one thread. Raises UnknownAdapter for an option: it has none."""
    option_words("opencv", option)
    cv2.setNumThreads(1)
    if hasattr(cv2.utils, "logging"):
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    else:  # OpenCV 4
        cv2.setLogLevel(0)
    return OpenCV()
