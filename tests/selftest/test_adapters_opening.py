"""Finding adapters, and what is said when there is none or a broken one: one clear line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from convspec.adapters import registry
from convspec.adapters.opening import (
    AdapterError,
    UnknownAdapter,
    adapt,
    known_adapters,
    open_adapter,
)
from convspec.spec.operations import VOCABULARY

Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    monkeypatch.setattr(sys, "path", [*sys.path])

    def write(source: str, name: str = "mine.py") -> str:
        (tmp_path / name).write_text(source)
        return str(tmp_path / name)

    return write


def said(error: type[Exception], name: str) -> str:
    """What opening `name` says; exactly one line."""
    with pytest.raises(error) as caught:
        open_adapter(name)
    message = str(caught.value)
    assert type(caught.value) is error
    assert message and "\n" not in message
    return message


def test_a_file_with_one_function(write: Write) -> None:
    path = write("def conv(x, w, b=None, **params): return x\n")
    adapter = open_adapter(path)
    assert (adapter.name, adapter.version) == (path, "unknown")
    assert list(adapter.functions) == ["conv"] == list(adapter.claims.ops)
    assert adapter.vjp is None
    assert adapter.functions["conv"](3, 4) == 3
    assert not list(Path(path).parent.glob("__pycache__"))


def test_a_file_is_read_anew_each_time(write: Write) -> None:
    path = write("def relu(x): return 1\n")
    assert open_adapter(path).functions["relu"](0) == 1
    write("def relu(x): return 2\n")
    assert open_adapter(path).functions["relu"](0) == 2


def test_a_file_may_import_its_siblings_and_hold_dataclasses(write: Write) -> None:
    write("NUMBER = 7\n", "beside_mine.py")
    write("raise RuntimeError('shadowed')\n", "random.py")
    path = write(
        "from __future__ import annotations\n"
        "import random\nfrom dataclasses import dataclass\nfrom beside_mine import NUMBER\n"
        "@dataclass\nclass Box:\n    n: int\n"
        "version = '1.2'\nclaims = {'all': {'ranks': [2]}}\n"
        "def relu(x): return Box(NUMBER).n\n"
    )
    adapter = open_adapter(path)
    assert adapter.functions["relu"](0) == 7
    assert adapter.version == "1.2"
    assert adapter.claims.ops["relu"].ranks == (0, 2)


def test_a_class_in_a_file_and_in_a_module(
    write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write("class Mine:\n    def relu(self, x): return x\n", "some_kernels.py")
    assert list(open_adapter(path + ":Mine").functions) == ["relu"]
    assert "some_kernels.py:Mine" in said(AdapterError, path)
    monkeypatch.chdir(tmp_path)
    assert list(open_adapter("some_kernels:Mine").functions) == ["relu"]
    assert "did you mean 'Mine'" in said(UnknownAdapter, "some_kernels:mine")
    assert "no module" in said(UnknownAdapter, "no_such_package.inner:Name")


def test_objects_and_classes() -> None:
    class Mine:
        name = "mine"
        version = 3

        def conv(self) -> None: ...

        def vjp(self) -> None: ...

        pad = None

    for target in (Mine, Mine()):
        adapter = adapt(target)
        assert (adapter.name, adapter.version) == ("mine", "3")
        assert list(adapter.functions) == ["conv"]
        assert adapter.claims.ops["conv"].gradient
    assert adapt(SimpleNamespace(relu=abs), "given").name == "given"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def conv(x:\n  return\n", ["syntax error", "mine.py:1"]),
        ("import os\n\nimport no_such_library\n", ["no_such_library", "not installed", ":3"]),
        ("def f():\n    raise OSError('no\\nGPU')\nf()\n", ["OSError: no GPU", "mine.py:2"]),
        ("raise SystemExit(3)\n", ["exit(3)", "mine.py:1"]),
        ("def conv2d(x, w): ...\n", ["no function", "conv2d", "did you mean conv?"]),
        ("def MaxPool2d(x): ...\n", ["did you mean max_pool?"]),
        ("x = 1\n", ["no function named after an operation"]),
        ("", ["no function named after an operation"]),
        ("conv = 3\n", ["conv must be a function"]),
        ("def conv(x): ...\nvjp = 3\n", ["vjp must be a function"]),
        ("def conv(x): ...\nclaims = {'cnov': {}}\n", ["claims['cnov']", "did you mean 'conv'"]),
        ("def conv(x): ...\nclaims = 3\n", ["claims must be a dictionary"]),
        ("def conv(x): ...\nclaims = {'vjp': ['conv']}\n", ["no function vjp"]),
        ("\0", ["mine.py"]),
    ],
)
def test_broken_files(write: Write, source: str, words: list[str]) -> None:
    message = said(AdapterError, write(source))
    assert all(word in message for word in words), message


def test_classes_that_cannot_be_made(write: Write) -> None:
    path = write(
        "class Needs:\n    def __init__(self, device): ...\n    def conv(self): ...\n"
        "class Fails:\n    def __init__(self): raise ValueError('no')\n    def conv(self): ...\n"
        "class Hides:\n    @property\n    def conv(self): raise OSError('gone')\n"
    )
    assert "Needs cannot be instantiated: TypeError" in said(AdapterError, path + ":Needs")
    assert "ValueError: no" in said(AdapterError, path + ":Fails")
    assert "conv cannot be read: OSError: gone" in said(AdapterError, path + ":Hides")


def test_names_that_are_not_there(write: Write, tmp_path: Path) -> None:
    path = write("def conv(x): ...\n")
    assert "did you mean 'mine.py'" in said(UnknownAdapter, path.replace("mine", "mime"))
    assert "no file" in said(UnknownAdapter, "no_such_file.py")
    assert "is a folder" in said(UnknownAdapter, str(tmp_path) + "/")
    assert "did you mean 'torch'" in said(UnknownAdapter, "troch")
    assert "numpy" in said(UnknownAdapter, "zzz")
    assert "empty" in said(UnknownAdapter, "  ")
    assert "no option 'fast'" in said(UnknownAdapter, "numpy:fast")
    assert "no option" in said(UnknownAdapter, "reference:x")
    assert "package.module:Name" in said(UnknownAdapter, ":Name")


def test_interrupts_pass(write: Write) -> None:
    with pytest.raises(KeyboardInterrupt):
        open_adapter(write("raise KeyboardInterrupt\n"))


def test_a_missing_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "convspec.adapters.torch_adapter", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setattr("convspec.adapters.installed.version_of", lambda name: None)
    message = said(AdapterError, "torch")
    assert message == "torch is not installed: pip install torch"


def test_entry_points(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("announced_kernels")
    module.Mine = type("Mine", (), {"relu": lambda self, x: x})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    group = registry.GROUP
    points = {
        "kernels": EntryPoint("kernels", "announced_kernels:Mine", group),
        "gone": EntryPoint("gone", "no_such_package:Mine", group),
    }
    for place in ("convspec.adapters.opening", "convspec.adapters.registry"):
        monkeypatch.setattr(f"{place}.entry_points", lambda: points)
    adapter = open_adapter("kernels")
    assert (adapter.name, list(adapter.functions)) == ("kernels", ["relu"])
    assert "no_such_package:Mine cannot be loaded" in said(AdapterError, "gone")
    assert "did you mean 'kernels'" in said(UnknownAdapter, "kernel")
    assert [a.name for a in known_adapters()][-2:] == ["kernels", "gone"]


def test_built_in_adapters_open() -> None:
    for name in ("reference", "numpy"):
        adapter = open_adapter(name)
        assert adapter.name == name
        assert adapter.version != "unknown"
        assert adapter.vjp is not None
        assert set(adapter.functions) == set(VOCABULARY)


def test_listing_imports_no_framework() -> None:
    script = (
        "import sys; from convspec.adapters.opening import known_adapters, open_adapter;"
        "names = [a.name for a in known_adapters()]; open_adapter('numpy');"
        "assert {'reference', 'numpy', 'torch', 'mutant'} <= set(names), names;"
        "assert not {'torch', 'pytest', 'hypothesis'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
