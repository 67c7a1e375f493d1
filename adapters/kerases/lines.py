"""Calls of a library as data: what an adapter runs is what a program that shows a failure writes.

An operation becomes a few lines, each a function of the library by its public name with arguments
as written. `run` executes them, `written` prints them; nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from textwrap import wrap
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

WIDTH = 96
"""Columns after which a call is broken into lines."""

AS_IS, LAST, KERNEL, DEPTHWISE = "as-is", "channels-last", "kernel", "depthwise"
"""How an array is handed over: (N, C, …) as it is; (N, *spatial, C); a weight (O, I, *k) as
(*k, I, O); one of a depthwise convolution as (*k, channels, multiplier)."""


class Name(str):
    """A tensor by its name, among arguments."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


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


def formed(array: Array, form: str, channels: int) -> Array:
    """A view of the array in that form; of a depthwise weight a copy where strides ask for it."""
    if form not in (LAST, KERNEL, DEPTHWISE) or array.ndim < 2:
        return array
    if form == LAST:
        return np.moveaxis(array, 1, -1)
    turned = array.transpose((*range(2, array.ndim), 1, 0))
    if form == DEPTHWISE:
        return turned.reshape((*turned.shape[:-2], channels, -1))
    return turned


def unformed(array: Array, form: str) -> Array:
    """The inverse of `formed`, for a result, or a gradient of that shape."""
    if form not in (LAST, KERNEL, DEPTHWISE) or array.ndim < 2:
        return array
    if form == LAST:
        return np.moveaxis(array, -1, 1)
    if form == DEPTHWISE:
        array = array.reshape((*array.shape[:-2], 1, -1))
    rank = array.ndim - 2
    return array.transpose((rank + 1, rank, *range(rank)))


def written(plan: Plan) -> list[str]:
    """The lines as a program has them."""
    found = []
    for line in plan.lines:
        arguments = [f"{key}={_spelled(value)}" for key, value in line.arguments.items()]
        text = f"{line.gives} = {line.function}({', '.join(arguments)})"
        if len(text) <= WIDTH:
            found.append(text)
            continue
        inner = wrap(
            ", ".join(arguments), WIDTH - 4, break_long_words=False, break_on_hyphens=False
        )
        found += [f"{line.gives} = {line.function}(", *(f"    {part}" for part in inner), ")"]
    return found


def _spelled(value: Any) -> str:
    if isinstance(value, float) and not np.isfinite(value):
        return f"float({str(value)!r})"
    return repr(value)


def form_text(name: str, form: str, channels: int = 0) -> str:
    """What a program writes to bring an array into a form."""
    if form == LAST:
        return f"np.moveaxis({name}, 1, -1)"
    if form == KERNEL:
        return f"np.transpose({name}, (*range(2, {name}.ndim), 1, 0))"
    if form == DEPTHWISE:
        turned = f"np.transpose({name}, (*range(2, {name}.ndim), 1, 0))"
        return f"{turned}.reshape(*{name}.shape[2:], {channels}, -1)"
    return name


def returned_text(text: str, form: str) -> str:
    """What a program writes to bring a result back into the order it has here."""
    if form == LAST:
        return f"np.moveaxis({text}, -1, 1)"
    if form == KERNEL:
        return f"np.moveaxis({text}, (-1, -2), (0, 1))"
    if form == DEPTHWISE:
        return f"np.moveaxis({text}, (-2, -1), (0, 1)).reshape(w.shape)"
    return text
