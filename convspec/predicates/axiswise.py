"""Evaluation axis by axis: what stands inside any(…) and all(…).

A `Value` is a function of the facts of a case. A number that is missing is None; truth values never
are. Where entries are missing or too many, as in an invalid case, the shorter side counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

from .facts import NUMBER, NUMBERS, Facts

FLAGS = "flags"
"""The kind of a condition with one truth value per axis."""

Value = Callable[[Facts], Any]


def combined(apply: Callable[[Any, Any], Any], a: str, one: Value, b: str, other: Value) -> Value:
    """Numbers combined, axis by axis where there is one per axis; None where that has no value."""

    def pair(x: Any, y: Any) -> Any:
        if x is None or y is None:
            return None
        try:
            return apply(x, y)
        except ZeroDivisionError:
            return None

    if a == b == NUMBER:
        return lambda facts: pair(one(facts), other(facts))

    def axis_by_axis(facts: Facts) -> Any:
        x, y = one(facts), other(facts)
        if x is None or y is None:
            return None
        xs = x if a == NUMBERS else repeat(x)
        ys = y if b == NUMBERS else repeat(y)
        return [pair(m, n) for m, n in zip(xs, ys, strict=False)]

    return axis_by_axis


def matched(compare: Callable[[Any, Any], bool], a: str, one: Value, b: str, other: Value) -> Value:
    """A comparison axis by axis; false on every axis where a side is missing."""

    def axis_by_axis(facts: Facts) -> list[bool]:
        x, y = one(facts), other(facts)
        if x is None or y is None:
            return [False] * facts.case.rank
        xs = x if a == NUMBERS else repeat(x)
        ys = y if b == NUMBERS else repeat(y)
        return [
            m is not None and n is not None and compare(m, n)
            for m, n in zip(xs, ys, strict=False)
        ]  # fmt: skip

    return axis_by_axis


def joined(join: Callable[[Any], bool], parts: Sequence[tuple[str, Value]]) -> Value:
    """Conditions joined by `all` or `any`, axis by axis; those without axes hold on every one."""

    def axis_by_axis(facts: Facts) -> list[bool]:
        rows = [
            value(facts) if kind == FLAGS else repeat(value(facts), facts.case.rank)
            for kind, value in parts
        ]
        return [join(flags) for flags in zip(*rows, strict=False)]

    return axis_by_axis
