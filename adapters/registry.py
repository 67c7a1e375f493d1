"""The adapters that have a name: those built in and those that installed packages announce."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Callable
from functools import cache
from importlib.metadata import EntryPoint
from typing import Any

from .backends import BACKENDS, Backend
from .errors import AdapterError, UnknownAdapter, describe, one_line, place
from .installed import HALF, MISSING, installed, remedy

GROUP = "convspec.adapters"


def open_builtin(name: str, option: str | None) -> object:
    """The built-in adapter `name`. Raises UnknownAdapter for an option that it does not know.

    Raises AdapterError if the library it needs is missing, or only half there, or does not fit:
    one line says what it is, and what to do.
    """
    builtin = BACKENDS[name]
    shown = f"{name}:{option}" if option else name
    try:
        module = importlib.import_module(f"{__package__}.{builtin.module}")
        make: Callable[[str | None], Any] = module.make
        return make(option)
    except (KeyboardInterrupt, UnknownAdapter, AdapterError):
        raise
    except BaseException as error:
        raise AdapterError(one_line(_why(name, shown, builtin, error), 600)) from error


def _why(name: str, shown: str, builtin: Backend, error: BaseException) -> str:
    """What keeps an adapter from being opened, and what to do."""
    said = f"{describe(error)} ({place(error, None)})"
    missing = error.name or "" if isinstance(error, ModuleNotFoundError) else ""
    if missing.startswith("convspec"):
        return f"{shown}: {missing} is missing: this convspec is not whole; install it anew"
    if not builtin.packages or builtin.library is None:
        return f"{shown}: {said}"
    first, here = builtin.library.split(".")[0], installed(builtin)
    if here.state == MISSING:
        return f"{first} is not installed: {builtin.install}"
    if here.state == HALF:
        return f"{shown}: {first} is half-installed: {here.problem}; {remedy(builtin)}"
    if missing and missing.split(".")[0] != first:
        return (
            f"{shown}: {first} {here.version} needs {missing}, which is missing; {builtin.install}"
        )
    return f"{shown}: {first} {here.version} does not work: {said}; {remedy(builtin)}"


def advice(name: str) -> str:
    """What to do where opening an adapter ended its process; empty if that is not known."""
    builtin = BACKENDS.get(name.partition(":")[0])
    return remedy(builtin) if builtin else ""


@cache
def entry_points() -> dict[str, EntryPoint]:
    """What installed packages announce in the group ``convspec.adapters``, by name."""
    found = sorted(importlib.metadata.entry_points(group=GROUP), key=lambda point: point.name)
    return {point.name: point for point in found if point.name not in BACKENDS}
