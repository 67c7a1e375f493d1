"""A call of MNN in its own words, for programs that show a failure without us.

The words are not written by hand: the adapter's function runs with what notes each function of
``MNN.expr`` that it calls, instead of calling it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Named:
    """What a program calls a value, in place of the value."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class Noting:
    """In place of ``MNN.expr``: its constants are their names, its functions note their calls."""

    def __init__(self, names: Mapping[int, str]) -> None:
        """`names`: what the program calls the arrays, by their ids."""
        self.lines: list[str] = []
        self._names = names

    def array(self, array: Array) -> Named:
        """An array as the program writes it."""
        if id(array) in self._names:
            return Named(f"np.ascontiguousarray({self._names[id(array)]})")
        if not array.any():
            return Named(f"np.zeros({array.shape}, np.{array.dtype})")
        return Named(f"np.array({array.tolist()}, np.{array.dtype})")

    def read(self, y: Named) -> Array:
        """Notes the reading of the result, and gives one that has none of its cells."""
        self.lines.append(f"results = [np.array({y}.read())]")
        return np.zeros(0, np.float32)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name.isupper() or name == "NC4HW4" or name in ("float", "int"):
            return Named(f"expr.{name}")

        def noted(*args: Any) -> Named:
            written = ", ".join(map(repr, args))
            line = f"expr.{name}({written})"
            if name == "const":
                return Named(line)
            self.lines.append(f"y{len(self.lines)} = {line}")
            return Named(f"y{len(self.lines) - 1}")

        return noted
