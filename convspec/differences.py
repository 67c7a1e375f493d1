"""Dialect points as ``convspec explain`` and ``convspec list dialects`` show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from .console import copyable, indented
from .declared import chosen
from .spec.dialects import DIALECT_POINTS, DialectPoint, Seen


def show_point(out: Console, point: DialectPoint) -> None:
    """One point in full: who chooses what, and how to ask an implementation."""
    out.print(Text.assemble((point.name, "bold"), f"  {point.question}"))
    _choices(out, point, 2)
    out.print()
    indented(out, Text(f"operations: {', '.join(point.ops)}"))
    if not point.held:
        indented(out, Text("A matter of front ends: nothing of it shows in an adapter's results."))
        return
    other = list(point.choices)[1]
    indented(out, Text("An adapter that does otherwise declares it, and is held to it:"))
    copyable(out, f'    claims = {{"dialect": {{"{point.name}": "{other}"}}}}')
    probe = point.probes[0]
    out.print()
    out.print(Text("To see what an implementation does:", "dim"))
    for i, case in enumerate(probe.cases):
        copyable(out, f"  {case}")
        of = {"dx": "the gradient", "indices": "the indices", "shape": "the shape"}.get(probe.of)
        if of:
            indented(out, Text(f"({of})", "dim"), 4)
        for choice, answers in probe.answers.items():
            indented(out, Text(f"{choice}: {answers[i]}"), 4)


def show_points(out: Console, points: Sequence[DialectPoint]) -> None:
    """Several points, each with its choices and who makes them."""
    kinds = (
        ("Dialect points (an adapter declares its choice)", [p for p in points if p.held]),
        ("Front ends differ", [p for p in points if not p.held]),
    )
    for heading, kind in kinds:
        if kind:
            out.print()
            indented(out, Text(heading, "bold"), 0)
        for point in kind:
            indented(out, Text.assemble((point.name, "bold"), f"  {point.question}"))
            _choices(out, point, 4)


def show_briefly(out: Console, points: Sequence[DialectPoint]) -> None:
    """Points in a line or two each: name, choices, ours first."""
    if not points:
        return
    out.print()
    first = next((p for p in points if p.held), points[0])
    heading = f"Where the field differs (in full: convspec explain {first.name})"
    indented(out, Text(heading, "bold"), 0)
    for point in points:
        choices = ", ".join(point.choices)
        indented(out, Text.assemble((point.name, "bold"), f"  {point.question} ({choices})"))


def show_all(out: Console, ops: Sequence[str] = ()) -> None:
    """Every point, or those of some operations; the choice of this specification first."""
    points = [p for p in DIALECT_POINTS.values() if not ops or set(ops) & set(p.ops)]
    kinds = (
        ("Declared by an adapter, which is then held to it", [p for p in points if p.held]),
        ("Decided by front ends: defaults, names, layouts", [p for p in points if not p.held]),
    )
    out.print(Text(" · ".join(("dialects", *ops)), "bold"))
    indented(
        out,
        Text(
            "Points where implementations legitimately differ. The first choice is the one of this"
            " specification, and of an adapter that declares none."
        ),
    )
    for heading, kind in kinds:
        if kind:
            out.print()
            indented(out, Text(heading, "bold"), 0)
        wide = max((len(p.name) for p in kind), default=0)
        for point in kind:
            first, *others = point.choices
            line = Text.assemble(f"  {point.name.ljust(wide)}  ", (first, "bold"))
            line.append("".join(f" | {other}" for other in others))
            line.truncate(out.width, overflow="ellipsis")
            out.print(line, no_wrap=True)
    out.print()
    out.print(Text("Who chooses what:", "dim"))
    copyable(out, f"  convspec explain {points[0].name}")
    copyable(out, "  convspec list dialects")


def chosen_lines(point: DialectPoint) -> Iterator[str]:
    """Each choice and what it means, then who makes it; last, those who do something else."""
    for choice, meaning in point.choices.items():
        ours = " (the choice here)" if choice == point.default else ""
        yield f"{choice}: {meaning}{ours}"
        who = [named(s) for s in chosen(point) if s.choice == choice]
        if who:
            yield f"  {'; '.join(who)}"
    for seen in chosen(point):
        if not seen.choice:
            yield f"none of these: {named(seen)}"


def named(seen: Seen) -> str:
    """Who it is; how it is known, where it was not seen when run; what there is to add."""
    how = [] if seen.how == "run" else [seen.how]
    more = ", ".join([*how, *([seen.detail] if seen.detail else [])])
    return f"{seen.name} ({more})" if more else seen.name


def _choices(out: Console, point: DialectPoint, margin: int) -> None:
    for line in chosen_lines(point):
        text = line.lstrip()
        indented(out, Text(text, "dim" if line != text else ""), margin + len(line) - len(text))
