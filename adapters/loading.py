"""Adapters from files and modules: import them, and tell in one line what went wrong."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType

from .errors import AdapterError, UnknownAdapter, describe, nearest, place


class _FreshLoader(SourceFileLoader):
    """Compiles the source as it stands, and leaves no bytecode in the user's folder.

    Cached bytecode is trusted by time stamp and size: a file edited twice within a second could
    be run as it was before.
    """

    def get_code(self, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def load_file(path: str, attribute: str = "") -> object:
    """The module in the file `path`, or what it calls `attribute`.

    Its folder becomes importable, after everything else: a file beside it never shadows a library.
    Raises UnknownAdapter if there is no such file, AdapterError if it cannot be imported.
    """
    if os.path.isdir(path):
        raise UnknownAdapter(f"{path} is a folder; name the adapter file in it: {path}/….py")
    if not os.path.exists(path):
        raise UnknownAdapter(f"there is no file {path}{_beside(path)}")
    if not path.endswith(".py"):
        raise UnknownAdapter(f"{path} is not a Python file; an adapter file ends in .py")
    full = os.path.abspath(path)
    folder, stem = os.path.dirname(full), os.path.splitext(os.path.basename(full))[0]
    if folder not in sys.path:
        sys.path.append(folder)
    digest = hashlib.sha256(os.fsencode(full)).hexdigest()[:8]
    name = f"convspec_adapter_{stem}_{digest}"
    spec = ModuleSpec(name, _FreshLoader(name, full), origin=full)
    spec.has_location = True
    module = importlib.util.module_from_spec(spec)
    # Registered like any module: dataclasses and pickle look their own module up.
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)  # type: ignore[union-attr]
    except BaseException as error:
        sys.modules.pop(name, None)
        if isinstance(error, KeyboardInterrupt):
            raise
        raise _failed(path, error, full) from error
    return _pick(module, attribute, path) if attribute else module


def load_named(module: str, attribute: str) -> object:
    """What the importable `module` calls `attribute` (dots go deeper); with "" the module itself.

    Raises UnknownAdapter if there is no such module or attribute, AdapterError if importing fails.
    """
    # A console script does not have the current folder on its path; its user expects it.
    here = os.getcwd()
    if here not in sys.path:
        sys.path.append(here)
    shown = f"{module}:{attribute}"
    try:
        found = importlib.import_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if isinstance(error, ModuleNotFoundError) and _within(error.name, module):
            raise UnknownAdapter(
                f"unknown adapter {shown!r}: there is no module {error.name}; is its package "
                f"installed, or its folder the current one?"
            ) from None
        if isinstance(error, (ValueError, TypeError)) and (not module or module.startswith(".")):
            raise UnknownAdapter(f"{shown!r} is not of the form package.module:Name") from None
        raise _failed(shown, error, None) from error
    return _pick(found, attribute, module) if attribute else found


def _within(missing: str | None, module: str) -> bool:
    return missing is not None and (module == missing or module.startswith(missing + "."))


def _pick(module: ModuleType, attribute: str, where: str) -> object:
    found: object = module
    for part in attribute.split("."):
        if not hasattr(found, part):
            names = [n for n in dir(found) if not n.startswith("_")]
            raise UnknownAdapter(f"{where} has nothing called {part}{nearest(part, names)}")
        found = getattr(found, part)
    return found


def _beside(path: str) -> str:
    folder = os.path.dirname(path) or "."
    try:
        files = [f for f in os.listdir(folder) if f.endswith(".py")]
    except OSError:
        return f", nor a folder {folder}"
    return nearest(os.path.basename(path), files)


def _failed(shown: str, error: BaseException, file: str | None) -> AdapterError:
    where = place(error, file)
    if isinstance(error, SyntaxError):
        return AdapterError(f"{shown}: syntax error: {error.msg} ({where})")
    if isinstance(error, OSError) and error.filename == file and file is not None:
        return AdapterError(f"{shown}: the file cannot be read: {error.strerror}")
    if isinstance(error, ModuleNotFoundError):
        return AdapterError(
            f"{shown}: it imports {error.name}, which is not installed here ({where}); "
            f"install it into the environment of {sys.executable}"
        )
    return AdapterError(f"{shown}: importing it fails: {describe(error)} ({where})")
