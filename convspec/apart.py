"""An implementation at arm's length: opened in a process of its own, and asked there.

The process that searches and reports never imports the library. It has a stand-in, which tells
what the implementation claims and refuses to be called.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from convspec.adapters.opening import Adapter, AdapterError, open_adapter
from convspec.adapters.registry import advice
from convspec.holding import Made
from convspec.isolation import LIMIT, Isolated, Limits, can_fork
from convspec.spec.claims import Claims
from convspec.zygote import NotOpened, Zygote

Ask = Callable[..., Any]
"""Called with a function and arguments: what `function(adapter, *arguments)` gives."""

COMPILING = 6
"""How much longer an implementation may take for an answer that claims to compile for each shape: a
law calls with several shapes."""

OPENING = 60.0
"""Seconds that opening an implementation may take; three times a case's limit if that is more."""


@dataclass(frozen=True)
class Described:
    """What is known of an implementation without having it here."""

    name: str
    version: str
    claims: Claims
    functions: tuple[str, ...]
    vjp: bool
    double_vjp: bool

    @classmethod
    def of(cls, adapter: Adapter) -> Described:
        """The description of an adapter."""
        return cls(
            adapter.name, adapter.version, adapter.claims, tuple(adapter.functions),
            adapter.vjp is not None, adapter.double_vjp is not None,
        )  # fmt: skip

    def stand_in(self) -> Adapter:
        """An adapter with the same claims, none of whose functions can be called."""
        return Adapter(
            self.name, self.version, None, self.claims, dict.fromkeys(self.functions, _away),
            _away if self.vjp else None, _away if self.double_vjp else None,
        )  # fmt: skip


def _away(*_: Any, **__: Any) -> Any:
    raise RuntimeError("the implementation is in another process: ask it there, through the bench")


class Apart:
    """An implementation in a process of its own. A context manager.

    `given` is its name, or an adapter that is open in this process, of which a copy is taken.
    `limits` are what it may use up; one that compiles has `COMPILING` times as long.
    `meet`: where to find a zygote that another process has begun for it.

    Raises what `open_adapter` raises, and AdapterError if opening it dies or takes too long.
    """

    def __init__(
        self, given: str | Adapter, limits: Limits | None = None, meet: str | None = None
    ) -> None:
        self.limits = limits or Limits()
        opening = max(OPENING, 3 * self.limits.seconds)
        self.zygote = Zygote(
            functools.partial(_made, given), limit=opening, separate=isinstance(given, str),
            meet=meet,
        )  # fmt: skip
        name = given if isinstance(given, str) else given.name
        try:
            self.adapter = self.zygote.description.stand_in()
        except NotOpened as lost:
            self.zygote.close()
            raise AdapterError(_told(name, lost)) from None
        self.shared: Isolated[Any] = Isolated(self.zygote, self._patient(self.limits))
        """Serves tasks (function, arguments); ended with the rest."""

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all processes."""
        self.shared.close()
        self.zygote.close()

    @contextmanager
    def asking(self, seconds: float) -> Iterator[Ask]:
        """A way of asking the implementation that takes so many seconds per answer at most.

        What happens there stays apart from the rest, unless the library had to be loaded anew.
        """
        limits = Limits(min(seconds, self.limits.seconds), self.limits.memory)
        if not self.zygote.forks:
            yield self.ask
            return
        with Isolated[Any](self.zygote, self._patient(limits)) as isolated:
            yield lambda function, *arguments: isolated((function, arguments))

    def _patient(self, limits: Limits) -> Limits:
        if not self.adapter.claims.compiled:
            return limits
        return replace(limits, seconds=COMPILING * limits.seconds)

    def ask(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What `function(adapter, *arguments)` gives there."""
        return self.shared((function, arguments))


@contextmanager
def asking(adapter: Adapter, seconds: float = LIMIT) -> Iterator[Ask]:
    """A way of asking an adapter that is open here: in another process where that is possible."""
    if not (adapter.claims.fork and can_fork()):
        yield lambda function, *arguments: function(adapter, *arguments)
        return
    with Apart(adapter, Limits(seconds)) as apart:
        yield apart.ask


@contextmanager
def reaching(name: str, seconds: float) -> Iterator[tuple[Adapter, Ask]]:
    """The adapter of that name, and a way of asking it: where possible in a process that has loaded
    nothing else, as some libraries do not live together. Raises as `Apart`."""
    if can_fork():
        with Apart(name, Limits(seconds)) as apart:
            yield apart.adapter, apart.ask
        return
    adapter = open_adapter(name)
    with asking(adapter, seconds) as ask:
        yield adapter, ask


def _made(given: str | Adapter) -> Made[Described]:
    adapter = open_adapter(given) if isinstance(given, str) else given
    return Made(Described.of(adapter), lambda task: task[0](adapter, *task[1]), adapter.claims.fork)


def _told(name: str, lost: NotOpened) -> str:
    """One line on how opening an implementation came to its end."""
    where = _innermost(lost.stack, name)
    todo = advice(name)
    text = f"{name}: opening it {lost.how}{f' ({where})' if where else ''}"
    text = f"{text}; {todo}" if todo else text
    return f"{text}; it had printed: {lost.said}" if lost.said else text


def _innermost(stack: str, name: str) -> str:
    """The innermost place in the adapter's file, else of all, as file:line."""
    places = re.findall(r'File "([^"<]+)", line (\d+)', stack)
    own = os.path.abspath(name.rpartition(".py")[0] + ".py")
    for path, line in [place for place in places if os.path.abspath(place[0]) == own] or places:
        return f"{path}:{line}"
    return ""
