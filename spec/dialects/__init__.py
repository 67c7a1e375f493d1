"""Points where the field legitimately disagrees, each with its named choices.

An adapter declares the choice it makes; it is then held to exactly that one. What is not
declared is the spec's own choice, the first listed. `LIMITS` are facts of another kind: what an
implementation refuses or lacks, which an adapter says in its claims. What it was found to get wrong
is neither: that stands in ``adapters/known``.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import (
    average_pools,
    convolution,
    front_ends,
    max_pools,
    other_pools,
    padding,
    sizes,
    transposed,
)
from .limits import LIMITS
from .point import HOW, DialectPoint, Limit, Probe, Seen

__all__ = [
    "DIALECT_POINTS", "HELD", "HOW", "LIMITS", "DialectPoint", "Limit", "Probe", "Seen",
]  # fmt: skip

_POINTS: tuple[DialectPoint, ...] = (
    *convolution.POINTS, *transposed.POINTS, *sizes.POINTS, *max_pools.POINTS,
    *average_pools.POINTS, *other_pools.POINTS, *padding.POINTS, *front_ends.POINTS,
)  # fmt: skip

DIALECT_POINTS: dict[str, DialectPoint] = {point.name: point for point in _POINTS}

HELD: dict[str, DialectPoint] = {p.name: p for p in _POINTS if p.held}
"""The points whose choice an adapter can declare."""


def resolve(declared: Mapping[str, str]) -> dict[str, str]:
    """Every held point with the declared choice, or our own.

    Raises ValueError for unknown names, and for points that no adapter can be held to.
    """
    for name, choice in declared.items():
        if name not in DIALECT_POINTS:
            raise ValueError(f"unknown dialect point {name!r}; known are {', '.join(HELD)}")
        if name not in HELD:
            raise ValueError(
                f"{name} is a matter of a library's front end: an adapter's functions do not have"
                f" it, so there is nothing to declare"
            )
        if choice not in HELD[name].choices:
            choices = ", ".join(HELD[name].choices)
            raise ValueError(f"{name}: unknown choice {choice!r}; choices are {choices}")
    return {name: declared.get(name, point.default) for name, point in HELD.items()}
