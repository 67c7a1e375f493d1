"""Calls of a library as data: what an adapter runs is what a program that shows a failure writes.

An operation becomes a few lines, each a function of the library by its public name with arguments
as written. `run` executes them, `written` prints them; nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from ..wrapping import wrapped
from .forms import AS_IS

Shape = tuple[int, ...]
Ints = tuple[int, ...]
Pads = tuple[tuple[int, int], ...]


class Name(str):
    """A tensor by its name, among arguments."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


X, W, B, Y = Name("x"), Name("w"), Name("b"), Name("y")


@dataclass(frozen=True)
class Line:
    """``gives = function(**arguments)``; several names to the left take a tuple apart."""

    gives: str
    function: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """The lines of one operation: `forms` of its arrays by name, the result's names and `form`."""

    lines: Sequence[Line]
    forms: Mapping[str, str] = field(default_factory=dict)
    results: tuple[str, ...] = ("y",)
    form: str = AS_IS


def planned(
    plans: Mapping[str, Callable[..., Plan]], op: str, arrays: Mapping[str, Any], how: Any,
    params: Mapping[str, Any],
) -> Plan:  # fmt: skip
    """What `plans` has for an operation of arrays of these shapes; `how`: as the option says."""
    shapes = {name: tuple(np.shape(array)) for name, array in arrays.items()}
    dtype = str(next(iter(arrays.values())).dtype)
    return plans[op](shapes, how, dtype, **params)


def run(plan: Plan, tensors: Mapping[str, Any], modules: Mapping[str, Any]) -> list[Any]:
    """The results of a plan. `modules`: what the first part of a function's name stands for."""
    known = dict(tensors)
    for line in plan.lines:
        values = {k: known[v] if isinstance(v, Name) else v for k, v in line.arguments.items()}
        given = _resolved(modules[line.function.partition(".")[0]], line.function)(**values)
        names = line.gives.split(", ")
        known.update(zip(names, given if names[1:] else [given], strict=True))
    return [known[name] for name in plan.results]


@cache
def _resolved(module: Any, function: str) -> Any:
    found = module
    for part in function.split(".")[1:]:
        found = getattr(found, part)
    return found


def written(plan: Plan) -> list[str]:
    """The lines as a program has them."""
    return [
        text
        for line in plan.lines
        for text in wrapped(
            f"{line.gives} = {line.function}",
            [f"{key}={_spelled(value)}" for key, value in line.arguments.items()],
        )
    ]


def _spelled(value: Any) -> str:
    if isinstance(value, float) and not np.isfinite(value):
        return f"float({str(value)!r})"
    return repr(value)
