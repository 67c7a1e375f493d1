"""The words in which a program calls an implementation: its own, or those of the adapter's file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy.typing as npt

from convspec.adapters.backends import BACKENDS
from convspec.adapters.opening import Adapter
from convspec.adapters.registry import entry_points
from convspec.spec.operations import OPERATIONS

from .calls import DOUBLE_VJP, FORWARD, VJP, Call

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Words:
    """`imports` come once, at the top; `lines` make the call and set `results` (a list)."""

    imports: tuple[str, ...] = ()
    lines: tuple[str, ...] = field(default=())


def words_for(adapter: Adapter, call: Call, names: Mapping[str, str]) -> Words | None:
    """How a program makes a call; None if it cannot. `names`: input → variable of the program.

    An adapter may have a method ``spell(which, op, inputs, names, parameters)`` that returns the
    imports and the lines in the backend's own words (see `adapters.torch_words`).
    """
    spell = getattr(adapter.target, "spell", None)
    if callable(spell):
        arrays = {name: stored.values for name, stored in call.inputs.items()}
        imports, lines = spell(call.which, call.op, arrays, dict(names), dict(call.parameters))
        return Words(tuple(imports), tuple(lines))
    found = _located(adapter)
    if found is None:
        return None
    imports, holder = found
    return Words(tuple(imports), tuple(_called(holder, call, names)))


def _called(holder: str, call: Call, names: Mapping[str, str]) -> list[str]:
    """The call as the adapter's functions take it."""
    keywords = [f"{name}={value!r}" for name, value in call.parameters.items()]
    inputs = [names[name] for name in OPERATIONS[call.op].inputs if name in call.inputs]
    group = f"({', '.join(inputs)},)"
    if call.which == FORWARD:
        function, arguments = call.op, inputs
    elif call.which == VJP:
        function, arguments = "vjp", [repr(call.op), group, names["g"]]
    else:
        assert call.which == DOUBLE_VJP
        of = [name for name in OPERATIONS[call.op].inputs if name in call.inputs]
        held = ", ".join(names.get(f"u_{name}", "None") for name in of)
        function, arguments = "double_vjp", [repr(call.op), group, names["g"], f"({held},)"]
    one = f"results = {holder}.{function}({', '.join([*arguments, *keywords])})"
    several = call.which != FORWARD or call.op == "max_pool_with_indices"
    lines = [one] if len(one) <= 98 else _broken(holder, function, [*arguments, *keywords])
    return lines if several else [*lines, "results = [results]"]


def _broken(holder: str, function: str, arguments: list[str]) -> list[str]:
    return [f"results = {holder}.{function}(", *(f"    {one}," for one in arguments), ")"]


def _located(adapter: Adapter) -> tuple[list[str], str] | None:
    """How a program gets at the adapter's functions: its imports, and what holds them."""
    path, colon, attribute = adapter.name.rpartition(":")
    if not (colon and path.endswith(".py")):
        path, attribute = adapter.name, ""
    if path.endswith(".py"):
        folder, file = os.path.split(os.path.abspath(path))
        module = os.path.splitext(file)[0]
        if not module.isidentifier():
            return None
        first = ["import sys", f"sys.path.insert(0, {folder!r})"]
        return _imported(module, attribute, adapter.target, first)
    prefix, _, option = adapter.name.partition(":")
    if prefix in BACKENDS:
        module = f"convspec.adapters.{BACKENDS[prefix].module}"
        return [f"from {module} import make"], f"make({option or None!r})"
    if adapter.name in entry_points():
        value = entry_points()[adapter.name].value
        module, _, attribute = value.partition(":")
        return _imported(module, attribute.split("[")[0].strip(), adapter.target, [])
    module, colon, attribute = adapter.name.partition(":")
    if colon and module.replace(".", "").isidentifier():
        return _imported(module, attribute, adapter.target, ["import sys", "sys.path.append('.')"])
    return None


def _imported(
    module: str, attribute: str, target: object, first: list[str]
) -> tuple[list[str], str]:
    if not attribute:
        return [*first, f"import {module}"], module
    head, _, rest = attribute.partition(".")
    holder = head + (f".{rest}" if rest else "")
    # `target` is an instance where the attribute is a class.
    made = type(target).__name__ == attribute.rpartition(".")[2]
    return [*first, f"from {module} import {head}"], f"{holder}()" if made else holder
