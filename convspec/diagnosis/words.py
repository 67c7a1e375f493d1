"""A condition and what a failure looks like, in the words that every report uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_STRENGTHS = {
    "if and only if": "fails iff",
    "only if": "fails only if, and mostly if,",
    "if": "fails mostly if",
}


def condition_lines(condition: Mapping[str, Any] | None) -> list[str]:
    """The condition under which a case fails and what was tried, or that there is none."""
    if not condition:
        return []
    inside, outside = condition.get("inside") or (0, 0), condition.get("outside") or (0, 0)
    if condition.get("rule") == "True":
        return [f"fails in every case tried ({inside[0]:,})"]
    if not condition.get("rule"):
        return [f"no simple condition: {outside[0]:,} of {outside[1]:,} cases tried fail"]
    how = _STRENGTHS.get(str(condition.get("strength", "if and only if")), "fails mostly if")
    if not condition.get("inside"):
        return [f"{how} {condition['rule']}"]
    return [
        f"{how} {condition['rule']}"
        f" ({inside[0]:,} of {inside[1]:,} inside, {outside[0]:,} of {outside[1]:,} outside)"
    ]


def alike_lines(looks_like: Sequence[str]) -> list[str]:
    """What the failure looks like."""
    return [f"same as: {phrase}" for phrase in looks_like]
