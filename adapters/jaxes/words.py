"""A call of an adapter on JAX in the libraries' own words, for programs that show a failure alone.

The words are those of the adapter: the function that makes the call, and what that function uses
of its module, are written out as they stand.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Mapping
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
    """The imports that a function needs, and its source with that of all it uses of its module."""
    module = sys.modules[function.__module__]
    tree = ast.parse(inspect.getsource(module))
    defined: dict[str, ast.stmt] = {}
    imported: dict[str, ast.stmt] = {}
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            defined[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            defined[node.targets[0].id] = node
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for name in node.names:
                imported[name.asname or name.name.partition(".")[0]] = node
    needed: list[str] = []
    _gather(function.__name__, defined, needed)
    used = {name for one in needed for name in _names(defined[one])}
    found = [node for name, node in imported.items() if name in used | {"jax", "jnp"}]
    imports = list(dict.fromkeys(ast.unparse(_bare(node, used)) for node in found))
    order = [name for name in defined if name in needed]
    return imports, [line for name in order for line in _source(defined[name])]


def _gather(name: str, defined: Mapping[str, ast.stmt], needed: list[str]) -> None:
    if name in needed or name not in defined:
        return
    needed.append(name)
    for other in sorted(_names(defined[name])):
        _gather(other, defined, needed)


def _names(node: ast.stmt) -> set[str]:
    return {one.id for one in ast.walk(_stripped(node)) if isinstance(one, ast.Name)}


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


def _bare(node: ast.stmt, used: set[str]) -> ast.stmt:
    """An import without the names that are not used."""
    if isinstance(node, ast.ImportFrom):
        kept = [name for name in node.names if (name.asname or name.name) in used]
        return ast.ImportFrom(node.module, kept, node.level)
    return node
