"""Operations of an adapter that has one way to run them all: a function for each, by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy.typing as npt

from convspec.spec.operations import OPERATIONS

Array = npt.NDArray[Any]
Run = Callable[[str, list[Array], dict[str, Any]], Any]
"""Makes a call: of an operation, with the arrays that are there, and with its parameters."""


def forward(adapter: object, operations: Iterable[str], run: Run) -> None:
    """Give `adapter` a function for each of `operations`, which `run` does the work of."""
    for op in operations:
        setattr(adapter, op, partial(_called, run, op))


def named(claims: Mapping[str, Any]) -> list[str]:
    """The operations that claims name, for an adapter whose claims name all that it has."""
    return [op for op in OPERATIONS if op in claims]


def by_name(op: str, arrays: Sequence[Array]) -> dict[str, Array]:
    """The arrays of a call, in their order, by the names that the operation has for them."""
    return dict(zip(OPERATIONS[op].inputs, arrays, strict=False))


def _called(run: Run, op: str, /, *arrays: Array | None, **params: Any) -> Any:
    # Arrays may come by their names, too, as the surface has them.
    late = [params.pop(name) for name in OPERATIONS[op].inputs[len(arrays) :] if name in params]
    return run(op, [array for array in (*arrays, *late) if array is not None], params)
