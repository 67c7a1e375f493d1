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
    imports = ["import jax", "import jax.numpy as jnp"]
    _gather(function.__name__, function.__module__, needed, imports)
    lines = [
        line
        for module, names in needed.items()
        for name, node in _defined(_module(module)).items()
        if name in names
        for line in _source(node)
    ]
    return list(dict.fromkeys(imports)), lines


def _gather(name: str, module: str, needed: dict[str, set[str]], imports: list[str]) -> None:
    """Enter what a module calls `name`: a definition with all that it uses, or an import."""
    node = _imported(_module(module)).get(name)
    if isinstance(node, ast.ImportFrom) and node.level:
        home = importlib.import_module("." * node.level + (node.module or ""), _package(module))
        _gather(name, home.__name__, needed, imports)
    elif node is not None:
        imports.append(ast.unparse(_bare(node, name)))
    elif name in _defined(_module(module)) and name not in needed.get(module, ()):
        needed.setdefault(module, set()).add(name)
        for other in sorted(_names(_defined(_module(module))[name])):
            _gather(other, module, needed, imports)


def _package(module: str) -> str | None:
    return importlib.import_module(module).__package__


@cache
def _module(name: str) -> ast.Module:
    return ast.parse(inspect.getsource(importlib.import_module(name)))


def _defined(module: ast.Module) -> dict[str, ast.stmt]:
    """What is defined in a module, by name."""
    found: dict[str, ast.stmt] = {}
    for node in module.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node
    return found


def _imported(module: ast.Module) -> dict[str, ast.Import | ast.ImportFrom]:
    """The imports of a module, by the names that they bind."""
    return {
        one.asname or one.name.partition(".")[0]: node
        for node in module.body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for one in node.names
    }


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


def _bare(node: ast.Import | ast.ImportFrom, name: str) -> ast.stmt:
    """An import of what is called `name` alone."""
    kept = [one for one in node.names if name in (one.asname, one.name.partition(".")[0])]
    if isinstance(node, ast.ImportFrom):
        return ast.ImportFrom(node.module, kept, node.level)
    return ast.Import(kept)
