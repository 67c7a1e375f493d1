"""A condition and what a failure looks like, in the words that every report uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convspec.events import Explained

_STRENGTHS = {
    "if and only if": "fails iff",
    "only if": "fails only if, and mostly if,",
    "if": "fails mostly if",
}


@dataclass(frozen=True)
class Worded:
    """A condition: how the rule tells failing cases from others, the rule, what was tried."""

    how: str
    rule: str = ""
    tried: str = ""

    def __str__(self) -> str:
        tried = f"({self.tried})" if self.tried else ""
        return " ".join(part for part in (self.how, self.rule, tried) if part)


def worded(condition: Mapping[str, Any]) -> Worded:
    """A condition as an event has it, in words."""
    inside, outside = condition.get("inside") or (0, 0), condition.get("outside") or (0, 0)
    if condition.get("rule") == "True":
        return Worded("fails in every case tried", tried=f"{inside[0]:,}")
    if not condition.get("rule"):
        return Worded(f"no simple condition: {outside[0]:,} of {outside[1]:,} cases tried fail")
    how = _STRENGTHS.get(str(condition.get("strength", "if and only if")), "fails mostly if")
    counted = ((inside, "inside"), (outside, "outside"))
    tried = ", ".join(f"{failed:,} of {of:,} {where}" for (failed, of), where in counted)
    return Worded(how, str(condition["rule"]), tried if condition.get("inside") else "")


UNASKED = "condition not looked for: the cases that a run spends on that were spent; replay it"
"""What is said of a failure that a run had no cases left for."""


def condition_lines(explained: Explained | None) -> list[str]:
    """The condition under which a case fails and what was tried, or that nobody looked for it."""
    if explained is None:
        return []
    if explained.condition:
        return [str(worded(explained.condition))]
    return [UNASKED] if explained.unasked else []


def alike_lines(explained: Explained | None) -> list[str]:
    """What the failure looks like."""
    return [f"same as: {phrase}" for phrase in explained.looks_like] if explained else []
