"""Points where the field legitimately disagrees, each with its named choices.

An adapter declares the choice it makes; it is then held to exactly that one. What is not
declared is the spec's own choice, the first listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DialectPoint:
    """A question the field answers in several ways. `choices`: name → what it means."""

    name: str
    question: str
    choices: Mapping[str, str]

    @property
    def default(self) -> str:
        """The spec's own choice."""
        return next(iter(self.choices))


_POINTS = (
    DialectPoint(
        "max_pool.tie",
        "Which of several equal maxima of a window receives the gradient?",
        {
            "first": "the first in row-major order",
            "last": "the last in row-major order",
            "split": "all of them, in equal parts",
        },
    ),
    DialectPoint(
        "max_pool.nan",
        "What is the maximum of a window that holds a NaN?",
        {
            "propagates": "NaN",
            "ignored": "the maximum of the other cells",
        },
    ),
    DialectPoint(
        "max_pool.empty-window",
        "What is the maximum of a window that lies wholly in the padding?",
        {
            "identity": "the identity of max: −∞, or the least integer",
            "lowest": "the least finite value",
        },
    ),
)

DIALECT_POINTS: dict[str, DialectPoint] = {point.name: point for point in _POINTS}


def resolve(declared: Mapping[str, str]) -> dict[str, str]:
    """Every point with the declared choice, or our own. Raises ValueError for unknown names."""
    for name, choice in declared.items():
        if name not in DIALECT_POINTS:
            raise ValueError(
                f"unknown dialect point {name!r}; known are {', '.join(DIALECT_POINTS)}"
            )
        if choice not in DIALECT_POINTS[name].choices:
            choices = ", ".join(DIALECT_POINTS[name].choices)
            raise ValueError(f"{name}: unknown choice {choice!r}; choices are {choices}")
    return {name: declared.get(name, point.default) for name, point in DIALECT_POINTS.items()}
