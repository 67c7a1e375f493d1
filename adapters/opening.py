"""From a name, or an object, to an adapter that can be called."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import ModuleType
from typing import Any

from convspec.spec.claims import Claims
from convspec.spec.claims_reading import ClaimsError, read_claims
from convspec.spec.operations import OPERATIONS

from .backends import BACKENDS
from .composed import with_networks
from .errors import AdapterError, UnknownAdapter, describe, place
from .listing import AdapterInfo, known_adapters
from .loading import load_file, load_named
from .registry import entry_points, open_builtin

__all__ = [
    "Adapter",
    "AdapterError",
    "AdapterInfo",
    "UnknownAdapter",
    "adapt",
    "known_adapters",
    "open_adapter",
]


@dataclass(frozen=True)
class Adapter:
    """An implementation, ready to be called.

    `name` is what the user calls it, `version` that of the library behind it or "unknown".
    `functions` holds the operations it has, under the names of `spec.operations.OPERATIONS`, with
    ``network`` composed of them where they suffice, and
    `vjp(op, inputs, cotangent, **params)` its gradients, if it has any;
    `double_vjp(op, inputs, cotangent, cotangents, **params)` the gradients of these.
    """

    name: str
    version: str
    target: object
    claims: Claims
    functions: Mapping[str, Callable[..., Any]]
    vjp: Callable[..., Any] | None
    double_vjp: Callable[..., Any] | None = None


def open_adapter(name: str) -> Adapter:
    """The adapter of that name.

    In order of precedence: ``path/to/file.py`` (or ``path/to/file.py:Name``), a built-in name such
    as ``numpy`` or ``torch:no-mkldnn``, an entry point of the group ``convspec.adapters``, and
    ``package.module:Name``.

    Raises UnknownAdapter if nothing answers to the name, AdapterError if what does cannot be used.
    """
    return adapt(_find(name.strip()), name.strip())


def adapt(target: object, name: str | None = None) -> Adapter:
    """`target` as an adapter: any object, module or class with functions named after operations.

    A class is instantiated without arguments. ``name``, ``version``, ``claims`` and ``vjp`` and
    ``double_vjp`` of the target are read where they exist. Raises AdapterError if it has no
    operation, or if what it has cannot be read.
    """
    shown = name or _own_name(target)
    if isinstance(target, type):
        target = _guarded(shown, f"class {target.__name__} cannot be instantiated", target)
    functions = {}
    for operation in OPERATIONS:
        function = _attribute(shown, target, operation)
        if callable(function):
            functions[operation] = function
        elif function is not None:
            raise AdapterError(f"{shown}: {operation} must be a function, not {function!r:.60}")
    if not functions:
        raise AdapterError(f"{shown}: it has no function named after an operation{_hint(target)}")
    vjp, double_vjp = (_gradients(shown, target, name) for name in ("vjp", "double_vjp"))
    try:
        claims = read_claims(
            _attribute(shown, target, "claims"), functions, vjp is not None, double_vjp is not None
        )
    except ClaimsError as error:
        raise AdapterError(f"{shown}: {describe(error).removeprefix('ClaimsError: ')}") from None
    version = _attribute(shown, target, "version")
    whole, vjp, double_vjp, claims = with_networks(functions, vjp, double_vjp, claims)
    return Adapter(
        shown, "unknown" if version is None else str(version), target, claims, whole, vjp,
        double_vjp,
    )  # fmt: skip


def _gradients(shown: str, target: object, name: str) -> Callable[..., Any] | None:
    function = _attribute(shown, target, name)
    if function is not None and not callable(function):
        raise AdapterError(f"{shown}: {name} must be a function, not {function!r:.60}")
    found: Callable[..., Any] | None = function
    return found


def _find(name: str) -> object:
    if not name:
        raise UnknownAdapter(f"the name of the adapter is empty; {_known()}")
    path, colon, attribute = name.rpartition(":")
    if not (colon and path.endswith(".py")):
        path, attribute = name, ""
    if path.endswith(".py") or "/" in path or os.sep in path:
        return load_file(path, attribute)
    prefix, _, option = name.partition(":")
    if prefix in BACKENDS:
        return open_builtin(prefix, option or None)
    points = entry_points()
    if name in points:
        point = points[name]
        return _guarded(name, f"entry point {point.value} cannot be loaded", point.load)
    module, colon, attribute = name.partition(":")
    if colon:
        return load_named(module, attribute)
    if os.path.isfile(name + ".py"):
        raise UnknownAdapter(f"unknown adapter {name!r}; did you mean the file {name}.py?")
    names = [*BACKENDS, *points]
    near = get_close_matches(name, names, 1)
    raise UnknownAdapter(
        f"unknown adapter {name!r}; " + (f"did you mean {near[0]!r}? " if near else "") + _known()
    )


def _known() -> str:
    names = ", ".join([*BACKENDS, *entry_points()])
    return f"known are {names}; or give path/to/file.py or package.module:Name"


def _own_name(target: object) -> str:
    try:
        given = getattr(target, "name", None)
    except Exception:
        given = None
    if isinstance(given, str) and given:
        return given
    if isinstance(target, (ModuleType, type)):
        return target.__name__
    return type(target).__name__


def _attribute(shown: str, target: object, name: str) -> Any:
    return _guarded(shown, f"{name} cannot be read", lambda: getattr(target, name, None))


def _guarded(shown: str, what: str, action: Callable[[], Any]) -> Any:
    """What `action` returns; whatever it raises, even SystemExit, becomes one line."""
    try:
        return action()
    except (KeyboardInterrupt, AdapterError, UnknownAdapter):
        raise
    except BaseException as error:
        raise AdapterError(f"{shown}: {what}: {describe(error)} ({place(error, None)})") from error


def _hint(target: object) -> str:
    """The function that was probably meant, or the class in the module that has some."""
    names = [n for n in dir(target) if not n.startswith("_")]
    if isinstance(target, ModuleType):
        for name in names:
            inner = getattr(target, name, None)
            if isinstance(inner, type) and any(hasattr(inner, o) for o in OPERATIONS):
                return f"; its class {name} has some: name it as {target.__file__}:{name}"
    squeezed = {operation.replace("_", ""): operation for operation in OPERATIONS}
    for name in names:
        # conv2d, MaxPool2d, avg_pool_nd: what the field calls them.
        bare = re.sub(r"(\d|n)d$", "", name.lower().replace("_", ""))
        if callable(getattr(target, name, None)):
            near = get_close_matches(bare.replace("convolution", "conv"), squeezed, 1, 0.75)
            if near:
                return f"; it has {name}: did you mean {squeezed[near[0]]}?"
    return f"; an adapter defines at least one of {', '.join(list(OPERATIONS)[:5])}, …"
