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

from .backends import BACKENDS
from .errors import AdapterError, UnknownAdapter, describe, place

GROUP = "convspec.adapters"


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
    builtin = BACKENDS[name]
    shown = f"{name}:{option}" if option else name
    try:
        module = importlib.import_module(f"{__package__}.{builtin.module}")
        make: Callable[[str | None], Any] = module.make
        return make(option)
    except (KeyboardInterrupt, UnknownAdapter, AdapterError):
        raise
    except ModuleNotFoundError as error:
        if builtin.install and error.name and not error.name.startswith("convspec"):
            raise AdapterError(f"{error.name} is not installed: {builtin.install}") from None
        raise AdapterError(f"{shown}: {describe(error)} ({place(error, None)})") from error
    except BaseException as error:
        raise AdapterError(f"{shown}: {describe(error)} ({place(error, None)})") from error


@cache
def entry_points() -> dict[str, EntryPoint]:
    """What installed packages announce in the group ``convspec.adapters``, by name."""
    found = sorted(importlib.metadata.entry_points(group=GROUP), key=lambda point: point.name)
    return {point.name: point for point in found if point.name not in BACKENDS}


def known_adapters() -> list[AdapterInfo]:
    """All adapters that have a name. No framework is imported to find out."""
    found = []
    for name, builtin in BACKENDS.items():
        installed = builtin.library is None or _present(builtin.library)
        version = _version((*builtin.packages, builtin.library or "convspec")[0])
        version = version if installed else ""
        found.append(AdapterInfo(name, installed, version, builtin.what, builtin.install))
    for name, point in entry_points().items():
        dist = point.dist
        announced = "" if dist is None else f", announced by {dist.name}"
        version = "" if dist is None else dist.version
        found.append(AdapterInfo(name, True, version, f"{point.value}{announced}", ""))
    return found


def _present(library: str) -> bool:
    try:
        return importlib.util.find_spec(library) is not None
    except ImportError:  # of a package that it should lie in
        return False


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except PackageNotFoundError:
        return "unknown"
