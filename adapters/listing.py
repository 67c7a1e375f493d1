"""What there is to say of each adapter without importing the library that it drives."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from convspec.spec.claims import Claims, read_claims
from convspec.spec.operations import OPERATIONS

from . import registry
from .backends import BACKENDS, Backend
from .errors import describe, one_line, place
from .installed import WHOLE, installed, wrong_versions
from .offers import offers

_GRADIENTS = ("vjp", "double_vjp")


@dataclass(frozen=True)
class AdapterInfo:
    """An entry of ``convspec list adapters``; `install` is empty where nothing needs installing.

    `state` is "installed", "half-installed" or "not installed"; `problem` says what is wrong with
    what is there. `claims` are those declared for the adapter's first row in the matrix, None where
    they are not known apart from it; `unknown` says why they cannot be read. `environments`: each
    row of the matrix → the environment that it runs in.
    """

    name: str
    installed: bool
    version: str
    what: str
    install: str
    state: str = WHOLE
    problem: str = ""
    claims: Claims | None = None
    unknown: str = ""
    environments: dict[str, str] = field(default_factory=dict)


def known_adapters() -> list[AdapterInfo]:
    """All adapters that have a name. No framework is imported to find out."""
    found = [_info(name, builtin) for name, builtin in BACKENDS.items()]
    for name, point in registry.entry_points().items():
        dist = point.dist
        announced = "" if dist is None else f", announced by {dist.name}"
        version = "" if dist is None else dist.version
        found.append(AdapterInfo(name, True, version, f"{point.value}{announced}", ""))
    return found


def _info(name: str, builtin: Backend) -> AdapterInfo:
    here = installed(builtin)
    rows = {f"{name}:{option}" if option else name: at for option, at in builtin.runs.items()}
    problem = here.problem
    if here.there:
        other = wrong_versions(builtin, next(iter(rows.values()), ""))
        problem = ", ".join(f"tried with {package} {wanted}" for package, _, wanted in other)
    claims, unknown = None, ""
    try:  # a list of everything must not end at what is broken
        claims = declared(builtin) or _own(name, builtin)
    except Exception as error:
        unknown = one_line(f"{describe(error)} ({place(error, None)})")
    return AdapterInfo(
        name, here.there, here.version, builtin.what, builtin.install, here.state, problem,
        claims, unknown, rows,
    )  # fmt: skip


def _own(name: str, builtin: Backend) -> Claims | None:
    """The claims of an adapter that needs nothing but what we need ourselves."""
    if builtin.packages or not builtin.module.startswith(("numpy", "reference")):
        return None
    from .opening import open_adapter

    return open_adapter(name).claims


def declared(builtin: Backend, option: str | None = None) -> Claims | None:
    """The claims that an adapter declares for an option, by default that of its first row.

    None if it does not declare them apart from itself. Raises ClaimsError if they cannot be read,
    and whatever its claims function raises.
    """
    if not builtin.claims:
        return None
    option = next(iter(builtin.runs), "") if option is None else option
    data = builtin.declared(option)
    [name] = [name for name, other in BACKENDS.items() if other is builtin]
    rows = [f"{name}:{word}" if word else name for word in (option, *builtin.runs)]
    seen = next((offers()[row] for row in rows if row in offers()), None)
    if seen is not None:
        whole = {"vjp": seen.gradients, "double_vjp": seen.second_gradients, **data}
        ops = [op for op in OPERATIONS if op in seen.operations or op in data]
        return read_claims(whole, ops, *(bool(whole[key]) for key in _GRADIENTS))
    # What an adapter takes from elsewhere is not seen in its text, but it names what it narrows.
    functions = functions_of(builtin.module)
    narrowed = {*data, *(op for key in _GRADIENTS for op in data.get(key, ()))}
    ops = [op for op in OPERATIONS if op in functions or op in narrowed]
    return read_claims(data, ops, *(key in functions or key in data for key in _GRADIENTS))


@cache
def functions_of(module: str) -> frozenset[str]:
    """The operations and gradients that the classes of an adapter's module define or inherit.

    They are read in its text, and in that of the modules of ours that it imports. Raises OSError
    if there is no such module, SyntaxError if it is not Python.
    """
    wanted = {*OPERATIONS, *_GRADIENTS}
    return frozenset(name for name in _methods(Path(__file__).parent, module) if name in wanted)


def _methods(root: Path, module: str, only: str = "") -> Iterator[str]:
    """The names of methods in a module's classes (or one of them, or its functions)."""
    path = root.joinpath(*module.split(".")).with_suffix(".py")
    tree = ast.parse((path if path.exists() else path.with_suffix("") / "__init__.py").read_bytes())
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    imported = {
        (alias.asname or alias.name): (node, alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.level and node.module
        for alias in node.names
    }
    waiting, seen = [only] if only else [*classes], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in classes:
            for node in classes[name].body:
                if isinstance(node, ast.FunctionDef):
                    yield node.name
                elif isinstance(node, ast.Assign):
                    yield from (t.id for t in node.targets if isinstance(t, ast.Name))
            waiting += [base.id for base in classes[name].bases if isinstance(base, ast.Name)]
        elif name in imported:
            source, real = imported[name]
            package = module.split(".")[: -source.level]
            yield from _methods(root, ".".join([*package, str(source.module)]), real)
