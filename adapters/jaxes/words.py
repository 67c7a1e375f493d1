"""A call of an adapter on JAX in the libraries' own words, for programs that show a failure alone.

The words are those of the adapter: the function that makes the call, and what that function uses
of its module and of others here, are written out as they stand.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy.typing as npt

from ..wrapping import wrapped

Array = npt.NDArray[Any]


def spelled(
    function: Callable[..., Any], which: str, inputs: Mapping[str, Array],
    names: Mapping[str, str], parameters: Mapping[str, Any], options: Mapping[str, Any],
) -> tuple[list[str], list[str]]:  # fmt: skip
    """The imports, with the function among them, and the lines that call it and set `results`.

    `inputs` are the arrays by the names of the operation's inputs, `names` what the program calls
    them. `which` is "forward", "vjp" or "double_vjp"; `options` are those of ``jax.jit``.
    """
    imports, sources = _written(function)
    if any(array.dtype.itemsize == 8 for array in inputs.values()):
        imports.append('jax.config.update("jax_enable_x64", True)')
    of = [name for name in inputs if name != "g" and not name.startswith("u_")]
    arrays = ", ".join(names[name] for name in of)
    formal = ", ".join(of)
    given = [*of, *(f"{name}={value!r}" for name, value in parameters.items())]
    lines = wrapped(f"def f({formal}): return {function.__name__}", given)
    jit = "".join(f", {name}={value!r}" for name, value in options.items())
    if which == "forward":
        return [*imports, *sources], [*lines, f"results = [jax.jit(f{jit})({arrays})]"]
    lines.append(f"def gradients({formal}, g): return jax.vjp(f, {formal})[1](g)")
    g = names["g"]
    if which == "vjp":
        lines.append(f"results = jax.jit(gradients{jit})({arrays}, {g})")
        return [*imports, *sources], lines
    held = ", ".join(names.get(f"u_{name}", f"jnp.zeros_like({names[name]})") for name in of)
    lines += [
        f"def second({formal}, g, u): return jax.vjp(gradients, {formal}, g)[1](u)",
        f"results = jax.jit(second{jit})({arrays}, {g}, ({held},))",
    ]
    return [*imports, *sources], lines


def _written(function: Callable[..., Any]) -> tuple[list[str], list[str]]:
    """The imports that a function needs, and its source with that of all it uses of ours."""
    needed: dict[str, set[str]] = {}
    _gather(function.__name__, function.__module__, needed)
    imports, lines = [], []
    for module, names in needed.items():
        for node in _module(module).body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                used = names | {"jax", "jnp"}
                imports += [ast.unparse(_bare(node, used))] if used & _bound(node) else []
            elif names & _bound(node):
                lines += _source(node)
    # The lines that call it use both.
    own = [line for line in ("import jax", "import jax.numpy as jnp") if line not in imports]
    return list(dict.fromkeys([*own, *imports])), lines


def _gather(name: str, module: str, needed: dict[str, set[str]]) -> None:
    """Enter, by module, what a function uses: definitions and imports, by what they are called."""
    node = next((one for one in _module(module).body if name in _bound(one)), None)
    if node is None or name in needed.get(module, ()):
        return
    if isinstance(node, ast.ImportFrom) and node.level:
        home = importlib.import_module("." * node.level + (node.module or ""), _package(module))
        _gather(name, home.__name__, needed)
        return
    needed.setdefault(module, set()).add(name)
    if not isinstance(node, (ast.Import, ast.ImportFrom)):
        for other in sorted(_names(node)):
            _gather(other, module, needed)


def _package(module: str) -> str | None:
    return importlib.import_module(module).__package__


@cache
def _module(name: str) -> ast.Module:
    return ast.parse(inspect.getsource(importlib.import_module(name)))


def _bound(node: ast.stmt) -> set[str]:
    """What a statement of a module gives names to: an import, a definition or a constant."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {_called(one) for one in node.names}
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    first = node.targets[0] if isinstance(node, ast.Assign) else None
    return {first.id} if isinstance(first, ast.Name) else set()


def _called(one: ast.alias) -> str:
    return one.asname or one.name.partition(".")[0]


def _names(node: ast.stmt) -> set[str]:
    """The names that a definition uses, but for those that it binds itself."""
    nodes = list(ast.walk(_stripped(node)))
    names = [one for one in nodes if isinstance(one, ast.Name)]
    bound = {one.id for one in names if isinstance(one.ctx, ast.Store)}
    bound |= {one.arg for one in nodes if isinstance(one, ast.arg)}
    bound |= {one.name for one in nodes[1:] if isinstance(one, ast.FunctionDef)}
    return {one.id for one in names} - bound


class _Strip(ast.NodeTransformer):
    """Takes annotations and docstrings away: a program that shows a failure needs neither."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:]
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node


def _stripped(node: ast.stmt) -> ast.stmt:
    copied = ast.parse(ast.unparse(node)).body[0]
    stripped: ast.stmt = _Strip().visit(copied)
    return stripped


def _source(node: ast.stmt) -> list[str]:
    text = ast.unparse(ast.fix_missing_locations(_stripped(node))).splitlines()
    return ["", *text] if isinstance(node, ast.FunctionDef) else text


def _bare(node: ast.Import | ast.ImportFrom, names: set[str]) -> ast.stmt:
    """An import without the names that are not used."""
    kept = [one for one in node.names if _called(one) in names]
    if isinstance(node, ast.ImportFrom):
        return ast.ImportFrom(node.module, kept, node.level)
    return ast.Import(kept)
