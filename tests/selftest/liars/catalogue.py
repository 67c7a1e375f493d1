"""What a lie is: replaced functions, the clause that shows it, and how small it can be shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from . import honest

LIARS: list[Liar] = []


@dataclass(frozen=True)
class Liar:
    """`make` returns the lying functions by name; `cells` bounds the smallest case found.

    `rank`: a number of spatial axes at which the lie is told.
    """

    name: str
    clause: str
    make: Callable[[], dict[str, Any]]
    cells: int
    kind: str
    repeats: bool
    rank: int = 1

    def implementation(self, **claims: Any) -> SimpleNamespace:
        """The adapter; `claims` are added to what it claims of every operation."""
        told = {**honest.CLAIMS, "all": {**honest.CLAIMS["all"], **claims}}
        return honest.implementation(claims=told, **self.make())


def lie(
    clause: str, *, cells: int = 60, kind: str = "value", repeats: bool = True, rank: int = 1
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function as the liar of its clause's operation, or of ``vjp``.

    `repeats`: whether the case that is found must fail again; lies with a memory need not.
    """

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        operation, _, point = clause.partition(".")
        replaced = "vjp" if point in ("gradient", "adjoint", "tie") else operation
        LIARS.append(
            Liar(
                function.__name__, clause, lambda: {replaced: function}, cells, kind, repeats, rank
            )
        )
        return function

    return enter
