"""Which room may import which, and what importing us costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ROOMS = ("spec", "reference", "adapters", "convspec", "conformance")
"""In the order of who may import whom: each only those before it, and itself."""

FOLDERS = {room: ROOT / room for room in ROOMS} | {"conformance": ROOT / "tests" / "conformance"}

FRAMEWORKS = {"torch", "jax", "tensorflow", "mxnet", "onnx", "onnxruntime", "cupy", "mlx", "scipy"}
HEAVY = ("numpy", "hypothesis", "pytest", "click", "rich", "torch")


def sources() -> list[tuple[str, Path]]:
    return [
        (room, path)
        for room, folder in FOLDERS.items()
        for path in sorted(folder.rglob("*.py"))
        if "scripts" not in path.relative_to(folder).parts[1:2]  # known/scripts, which are data
    ]


def package_of(room: str, path: Path) -> list[str]:
    """The package that relative imports in a file start from."""
    parts = path.relative_to(FOLDERS[room]).parent.parts
    return ["convspec", *(() if room == "convspec" else (room,)), *parts]


def imports(room: str, path: Path) -> Iterator[tuple[str, int, bool]]:
    """Every imported name in full, its line, and whether it is imported with the module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno, id(node) not in inside
        elif isinstance(node, ast.ImportFrom):
            start = package_of(room, path)
            start = start[: len(start) - node.level + 1] if node.level else []
            module = ".".join([*start, *([node.module] if node.module else [])])
            for alias in node.names:
                yield f"{module}.{alias.name}", node.lineno, id(node) not in inside


def room_of(name: str) -> str | None:
    first, *rest = name.split(".")
    if first == "tests":
        return "conformance"
    if first != "convspec":
        return None
    return rest[0] if rest and rest[0] in ROOMS else "convspec"


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_imports_a_later_one(room: str) -> None:
    allowed = ROOMS[: ROOMS.index(room) + 1]
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for home, path in sources()
        if home == room
        for name, line, _ in imports(room, path)
        if room_of(name) not in (None, *allowed)
    ]
    assert not found, "\n".join(found)


def test_the_walk_sees_imports() -> None:
    found = {name for room, path in sources() for name, _, _ in imports(room, path)}
    assert {"convspec.spec.relation.axes", "convspec.reference", "numpy", "hypothesis"} <= found
    assert room_of("convspec.reference.conv") == "reference"
    assert room_of("convspec.trial.Trial") == "convspec" and room_of("numpy.x") is None


@pytest.mark.parametrize(("room", "allowed"), [("spec", set()), ("reference", {"numpy"})])
def test_the_definition_needs_little(room: str, allowed: set[str]) -> None:
    for home, path in sources():
        if home == room:
            for name, line, _ in imports(room, path):
                first = name.split(".")[0]
                known = first in sys.stdlib_module_names or first == "convspec" or first in allowed
                assert known, f"{path}:{line} imports {name}"


def test_frameworks_stay_in_their_adapter() -> None:
    for room, path in sources():
        for name, line, at_once in imports(room, path):
            framework = name.split(".")[0]
            if framework in FRAMEWORKS:
                # Adapters of one kind share a package; the others stand on their own.
                own = path.parent != FOLDERS["adapters"] or path.name.startswith(framework)
                assert room == "adapters" and own, f"{path}:{line}"
                assert not at_once or path.name != "__init__.py"


def modules_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )


@pytest.mark.parametrize("statement", ["import convspec", "import convspec; convspec.__all__"])
def test_importing_us_loads_nothing_heavy(statement: str) -> None:
    assert not modules_after(statement) & set(HEAVY)


def test_opening_adapters_by_name_loads_no_framework() -> None:
    found = modules_after("import convspec.adapters.opening as o; o.open_adapter('numpy')")
    assert not found & FRAMEWORKS and "numpy" in found


def test_the_engine_loads_no_framework() -> None:
    assert not modules_after("import convspec.engine") & FRAMEWORKS
