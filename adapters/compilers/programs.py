"""Programs that are compiled for one call each: its operation, shapes, types and parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy.typing as npt

from ..forwarding import by_name
from ..recent import Recent

Array = npt.NDArray[Any]
Program = Callable[..., Any]
Shapes = Mapping[str, tuple[int, ...]]
Build = Callable[[str, Shapes, Mapping[str, str], Mapping[str, Any]], Program]
"""Compiles: an operation, the shapes and the types of its inputs by name, its parameters."""

KEPT = 512
"""Programs that are kept: more than the laws of an operation meet in the quick profile."""


class Programs:
    """The programs last used, built where a call is new."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._kept: Recent[Program] = Recent(KEPT)

    def of(self, op: str, arrays: Sequence[Array], params: Mapping[str, Any]) -> Program:
        """The program for a call. What the compiler raises passes through."""
        named = by_name(op, arrays)
        shapes = {name: array.shape for name, array in named.items()}
        dtypes = {name: str(array.dtype) for name, array in named.items()}
        key = op, *shapes.items(), *dtypes.items(), *sorted(params.items())
        return self._kept.get(key, lambda: self._build(op, shapes, dtypes, params))
