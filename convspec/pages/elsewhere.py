"""Where the field parts ways: dialect points, and facts about other implementations."""

from __future__ import annotations

from collections.abc import Sequence

from convspec.elsewhere import SEEN, Fact, facts_for
from convspec.lookup import points_for
from convspec.spec.dialects import DIALECT_POINTS, DialectPoint
from convspec.spec.operations import OPERATIONS

from .layout import PAGE_OF
from .markdown import code, plain, table


def place(point: str) -> str:
    """The anchor of a dialect point; its bare name may be a clause's."""
    return f"dialect.{point}"


def differences(ops: tuple[str, ...]) -> str:
    """Who does something other than this specification, and which points an adapter declares."""
    points = {p.name: p for op in ops for p in points_for(op)}
    said = []
    if points:
        links = ", ".join(f"[{code(name)}](dialects.md#{place(name)})" for name in points)
        said.append(f"Dialect points, at which an adapter declares its choice: {links}.")
    facts = list({id(fact): fact for fact in facts_for(ops)}.values())
    if facts:
        said.append(_facts(facts))
    return "\n\n".join(said)


def _facts(facts: Sequence[Fact]) -> str:
    rows = [(plain(f.who), plain(f.does), SEEN[f.seen]) for f in facts]
    return table(("who", "does", "how it is known"), rows)


def all_points() -> str:
    """Every dialect point with its choices, ours first."""
    return "\n\n".join(map(_point, DIALECT_POINTS.values()))


def _point(point: DialectPoint) -> str:
    lines = [
        f'<a id="{place(point.name)}"></a>',
        f"### {code(point.name)}",
        "",
        plain(point.question),
    ]
    rows = [
        (f"{code(name)}{' (the choice here)' if name == point.default else ''}", plain(means))
        for name, means in point.choices.items()
    ]
    ops = [op for op in OPERATIONS if point in points_for(op)]
    named = ", ".join(f"[{code(op)}]({PAGE_OF[op].name}.md)" for op in ops)
    return "\n".join([*lines, "", table(("choice", "means"), rows), "", f"Bears on: {named}."])
