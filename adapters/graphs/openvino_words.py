"""How OpenVINO is asked: settings, a call, and operations that note how they are called.

What is noted becomes lines of a program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import openvino as ov
import openvino.opset16 as opset

from .nodes import Array

SETTINGS = {
    "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1,
    "ENABLE_CPU_PINNING": False,
}  # fmt: skip
"""With these, models are compiled for the CPU."""

VERSION = ov.__version__.partition("-")[0]


def inferred(compiled: Any, arrays: Sequence[Array]) -> list[Array]:
    """What a compiled model gives, in arrays of our own."""
    request = compiled.create_infer_request()
    request.infer(list(arrays))
    return [np.array(request.get_output_tensor(i).data) for i in range(len(compiled.outputs))]


def compilation(model: str) -> str:
    """The line of a program that sets `compiled`; `model`: the expression that is compiled."""
    settings = ", ".join(f"{key!r}: {value!r}" for key, value in SETTINGS.items())
    return f'compiled = ov.Core().compile_model({model}, "CPU", {{{settings}}})'


class Operations:
    """The functions of an operation set; while `arrays` is not None, calls are noted as `lines`."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.arrays: Mapping[str, Array] | None = None
        self._names: list[tuple[Any, str]] = []

    def __getattr__(self, name: str) -> Any:
        real = getattr(opset, name)
        if self.arrays is None:
            return real

        def noted(*args: Any, **given: Any) -> Any:
            words = [self._spoken(value) for value in args]
            words += [f"{key}={self._spoken(value)}" for key, value in given.items()]
            variable = f"n{len(self._names)}"
            node = real(*args, **given)
            self._names.append((node, variable))
            self.lines.append(f"{variable} = ops.{name}({', '.join(words)})")
            return node

        return noted

    def note(self, arrays: Mapping[str, Array]) -> None:
        """Note calls from here on; `arrays` by what the program calls them."""
        self.lines, self._names, self.arrays = [], [], arrays

    def stop(self) -> list[str]:
        """Note no more; the lines noted."""
        self.arrays = None
        return self.lines

    def last(self) -> str:
        """What the program calls the node made last."""
        return self._names[-1][1]

    def _spoken(self, value: Any) -> str:
        for node, variable in self._names:
            if value is node:
                return variable
        if isinstance(value, ov.Node):
            raise LookupError("a node that was not noted")
        if not isinstance(value, np.ndarray):
            return f"np.{np.dtype(value).name}" if isinstance(value, np.dtype) else repr(value)
        for name, array in (self.arrays or {}).items():
            if array.size == value.size and array.size and np.shares_memory(array, value):
                return name if array.shape == value.shape else f"{name}.reshape({value.shape})"
        return f"np.array({value.tolist()!r}, np.{value.dtype.name})"
