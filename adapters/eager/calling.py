"""Calls of a library by name, so that the same lines run it and write it down as a program.

The operations of an adapter are functions of a `Caller` and of tensors: ``call("F.relu", x)``. One
caller makes the call, another notes it as a line of a program that shows a failure without us. So
no program can say anything else than what was run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Protocol

from ..wrapping import wrapped


class Caller(Protocol):
    """Calls the library's function `name`, such as ``F.conv2d``, and returns what it returns."""

    def __call__(self, name: str, /, *args: Any, **keywords: Any) -> Any:
        """The result: tensors where it makes the call, a `Named` where it notes it."""
        ...


def running(modules: Mapping[str, Any]) -> Caller:
    """A caller that makes each call. `modules`: what the first part of a name stands for."""

    @cache
    def found(name: str) -> Callable[..., Any]:
        head, *rest = name.split(".")
        function = modules[head]
        for part in rest:
            function = getattr(function, part)
        made: Callable[..., Any] = function
        return made

    def call(name: str, /, *args: Any, **keywords: Any) -> Any:
        return found(name)(*args, **keywords)

    return call


class Named:
    """What a program calls a value, in its place. Parts and calls of it have names, too."""

    def __init__(self, text: str, noting: Noting | None = None) -> None:
        self.text = text
        self._noting = noting

    def __repr__(self) -> str:
        return self.text

    def __getitem__(self, index: Any) -> Named:
        return Named(f"{self.text}[{_index(index)}]", self._noting)

    def __call__(self, *args: Any, **keywords: Any) -> Named:
        """What a function or layer of that name gives, noted."""
        assert self._noting is not None, "only what was noted can be called"
        return self._noting(self.text, *args, **keywords)


class Noting:
    """A caller that notes each call as lines of a program, its results called y, y2, y3 …"""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._count = 0

    def __call__(self, name: str, /, *args: Any, **keywords: Any) -> Named:
        """The call, noted; keywords that are None are left out."""
        self._count += 1
        result = "y" if self._count == 1 else f"y{self._count}"
        written = [repr(arg) for arg in args]
        written += [f"{key}={value!r}" for key, value in keywords.items() if value is not None]
        self.lines += wrapped(f"{result} = {name}", written)
        return Named(result, self)


def _index(index: Any) -> str:
    if isinstance(index, tuple):
        return ", ".join(map(_index, index))
    if index is Ellipsis:
        return "..."
    if isinstance(index, slice):
        ends = ["" if end is None else str(end) for end in (index.start, index.stop)]
        return ":".join(ends if index.step is None else [*ends, str(index.step)])
    return repr(index)
