"""Where the field parts ways: dialect points, and what other implementations refuse or lack."""

from __future__ import annotations

from collections.abc import Iterable

from convspec.declared import chosen
from convspec.differences import named
from convspec.elsewhere import limits_for
from convspec.known.findings import findings_for
from convspec.lookup import points_for
from convspec.spec.dialects import DIALECT_POINTS, HOW, DialectPoint, Limit, Seen
from convspec.spec.operations import VOCABULARY

from .layout import PAGE_OF
from .markdown import code, plain, table


def differences(ops: tuple[str, ...]) -> str:
    """The points that bear on the operations with who chooses what, and the limits of others."""
    points = list({p.name: p for op in ops for p in points_for(op)}.values())
    kinds = (
        ("An adapter declares its choice, and is then held to it:", [p for p in points if p.held]),
        ("Matters of a front end, which an adapter does not show:",
         [p for p in points if not p.held]),
    )  # fmt: skip
    said = []
    for title, kind in kinds:
        if kind:
            rows = [(_link(p), plain(p.question), _ours(p), _others(p)) for p in kind]
            said += [title, table(("point", "question", "here", "elsewhere"), rows)]
    limits = [limit for limit in limits_for(ops) if set(limit.ops) & set(ops)]
    if limits:
        said += ["What others refuse, lack or add:", _limits(limits)]
    findings = findings_for(ops)
    if findings:
        wrong = [(plain(x.who), plain(x.does), code(x.case.line)) for x in findings]
        title = (
            "What was found wrong when the suite was run, with the smallest case that shows it"
            " (more in `FINDINGS.md`):"
        )
        said += [title, table(("who", "does", "case"), wrong)]
    return "\n\n".join(said) or "Nothing is known of anyone who does otherwise."


def place(point: str) -> str:
    """The anchor of a dialect point; its bare name may be a clause's."""
    return f"dialect.{point}"


def _link(point: DialectPoint) -> str:
    return f"[{code(point.name)}](dialects.md#{place(point.name)})"


def _ours(point: DialectPoint) -> str:
    return f"{code(point.default)}: {plain(point.choices[point.default])}"


def _others(point: DialectPoint) -> str:
    """The other choices, each with who makes it; then who does something else altogether."""
    said = []
    for choice, means in point.choices.items():
        who = [named(seen) for seen in chosen(point) if seen.choice == choice]
        if choice != point.default:
            by = f" ({plain('; '.join(who))})" if who else ""
            said.append(f"{code(choice)}: {plain(means)}{by}")
    return "<br>".join([*said, *(plain(named(seen)) for seen in chosen(point) if not seen.choice)])


def _limits(limits: Iterable[Limit]) -> str:
    rows = [(plain(x.who), plain(x.does), HOW[x.how]) for x in limits]
    return table(("who", "does", "how it is known"), rows)


def all_points(held: bool) -> str:
    """Every dialect point that adapters are held to (or that they are not), with its choices."""
    return "\n\n".join(_point(p) for p in DIALECT_POINTS.values() if p.held == held)


def _point(point: DialectPoint) -> str:
    rows = []
    for choice, means in point.choices.items():
        who = [named(seen) for seen in chosen(point) if seen.choice == choice]
        ours = " (here)" if choice == point.default else ""
        rows.append((f"{code(choice)}{ours}", plain(means), plain("; ".join(who))))
    rows += [("none of these", plain(seen.detail), plain(_bare(seen)))
             for seen in chosen(point) if not seen.choice]  # fmt: skip
    pages: dict[str, list[str]] = {}
    for op in (op for op in VOCABULARY if op in point.ops):
        pages.setdefault(PAGE_OF[op].name, []).append(op)
    bears = ", ".join(f"[{code(op)}]({page}.md)" for page, ops in pages.items() for op in ops)
    return "\n\n".join([
        f'<a id="{place(point.name)}"></a>\n### {code(point.name)}',
        plain(point.question),
        table(("choice", "means", "whose"), rows),
        f"<sub>bears on {bears}</sub>",
    ])  # fmt: skip


def _bare(seen: Seen) -> str:
    """Who it is, and how it is known."""
    return seen.name if seen.how == "run" else f"{seen.name} ({seen.how})"
