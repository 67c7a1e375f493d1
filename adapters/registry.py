"""The adapters that have a name: those built in and those that installed packages announce."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, PackageNotFoundError
from typing import Any

from .errors import AdapterError, UnknownAdapter, describe, place

GROUP = "convspec.adapters"


@dataclass(frozen=True)
class Builtin:
    """An adapter of our own: its module (with a function ``make(option)``) and what it stands on.

    `library` is the import name of the library it drives, None where that is our own code.
    """

    module: str
    library: str | None
    install: str
    what: str


BUILTINS: dict[str, Builtin] = {
    "reference": Builtin("reference", None, "", "the definition itself, in NumPy"),
    "numpy": Builtin("numpy_im2col", "numpy", "", "im2col and GEMM in NumPy, written on its own"),
    "torch": Builtin(
        "torch_adapter",
        "torch",
        "pip install 'convspec[torch]'",
        "PyTorch; options: cpu, cuda, cuda:1 …, no-mkldnn, channels-last (joined by commas)",
    ),
    "mutant": Builtin("mutants", None, "", "a planted fault, mutant:NAME (convspec list mutants)"),
}


@dataclass(frozen=True)
class AdapterInfo:
    """A line of ``convspec list adapters``; `install` is empty where nothing needs installing."""

    name: str
    installed: bool
    version: str
    what: str
    install: str


def open_builtin(name: str, option: str | None) -> object:
    """The built-in adapter `name`. Raises UnknownAdapter for an option that it does not know.

    Raises AdapterError if the library it needs is missing or cannot be imported.
    """
    builtin = BUILTINS[name]
    shown = f"{name}:{option}" if option else name
    try:
        module = importlib.import_module(f"{__package__}.{builtin.module}")
        make: Callable[[str | None], Any] = module.make
        return make(option)
    except (KeyboardInterrupt, UnknownAdapter, AdapterError):
        raise
    except ModuleNotFoundError as error:
        if error.name == builtin.library and builtin.library is not None:
            raise AdapterError(f"{error.name} is not installed: {builtin.install}") from None
        raise AdapterError(f"{shown}: {describe(error)} ({place(error, None)})") from error
    except BaseException as error:
        raise AdapterError(f"{shown}: {describe(error)} ({place(error, None)})") from error


@cache
def entry_points() -> dict[str, EntryPoint]:
    """What installed packages announce in the group ``convspec.adapters``, by name."""
    found = sorted(importlib.metadata.entry_points(group=GROUP), key=lambda point: point.name)
    return {point.name: point for point in found if point.name not in BUILTINS}


def known_adapters() -> list[AdapterInfo]:
    """All adapters that have a name. No framework is imported to find out."""
    found = []
    for name, builtin in BUILTINS.items():
        library = builtin.library
        installed = library is None or importlib.util.find_spec(library) is not None
        version = _version(library or "convspec") if installed else ""
        found.append(AdapterInfo(name, installed, version, builtin.what, builtin.install))
    for name, point in entry_points().items():
        dist = point.dist
        announced = "" if dist is None else f", announced by {dist.name}"
        version = "" if dist is None else dist.version
        found.append(AdapterInfo(name, True, version, f"{point.value}{announced}", ""))
    return found


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except PackageNotFoundError:
        return "unknown"
