"""What ``convspec explain`` shows of the specification: a clause, an operation, a topic.

Everything comes from the catalogues of `spec`, from the laws and from the facts of `elsewhere`;
numbers of a reader's own are in `explain_numbers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from . import claim_table, differences, worked
from .console import copyable, heading, indented, listing
from .elsewhere import limits_for
from .known.findings import Finding, findings_for
from .layers import WINDOWED, comes, headline, layer
from .lookup import (
    EVERY_POINT,
    Subject,
    about_topics,
    bears,
    matches,
    points_for,
    wanted_for,
)
from .notes import NOTES, Note
from .pages.layout import FOLDER, PAGE_OF
from .problems import Problem
from .spec.clauses import CLAUSES, Clause
from .spec.dialects import DIALECT_POINTS, HOW, Limit
from .spec.operations import VOCABULARY, Parameter, parameters

KINDS = {
    "axes": "one whole number per spatial axis",
    "pads": "a (low, high) pair per spatial axis, or same_upper, same_lower, valid",
    "int": "a whole number",
    "bool": "True or False",
    "word": "a word",
    "number": "a number",
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "ceil-mode": {"sizes": "5", "window": "2", "stride": "2", "padding": "1", "ceil": True},
    "named-padding": {"sizes": "5", "window": "2", "stride": "2", "padding": "same_upper"},
    "dilation": {"sizes": "7", "window": "3", "dilation": "2"},
    "stride": {"sizes": "7", "window": "3", "stride": "2"},
    "padding": {"sizes": "5", "window": "3", "padding": "1"},
    "output-size": {"sizes": "5", "window": "3", "stride": "2"},
    "definition": {"sizes": "5", "window": "3"},
    "coverage": {"sizes": "5x5", "window": "3x3", "padding": "1"},
    "corner": {"sizes": "5x5", "window": "3x3", "padding": "1"},
    "overlap": {"sizes": "7", "window": "3", "stride": "2"},
    "unread": {"sizes": "8", "window": "2", "stride": "3"},
}
"""Point of a clause, or topic → a layer that shows what it means."""

CLAIM = re.compile(r"[CTPOGN]\d+")


def show(out: Console, about: Subject) -> None:
    """Print everything about the subject."""
    for slug in about.clauses:
        show_clause(out, CLAUSES[slug])
    for claim in about.claims:
        claim_table.show(out, claim_table.row(claim))
    for name in about.points:
        differences.show_point(out, DIALECT_POINTS[name])
    if about.topics:
        if set(EVERY_POINT) & set(about.topics):
            differences.show_all(out, about.ops)
        topics = tuple(topic for topic in about.topics if topic not in EVERY_POINT)
        if topics:
            show_topics(out, topics, about.ops)
    else:
        for op in about.ops:
            show_operation(out, op)
    if about.ignored:
        out.print()
        indented(out, Text(f"Nothing is known of: {', '.join(about.ignored)}", "dim"), 0)


def show_clause(out: Console, clause: Clause) -> None:
    """A clause: its text, where it comes from, what checks it, who differs, an example."""
    from .law import all_laws

    op, _, point = clause.slug.partition(".")
    out.print(Text.assemble((clause.slug, "bold"), f"  {clause.level}, since {clause.since}"))
    indented(out, Text(clause.statement))
    if clause.formula:
        indented(out, Text(clause.formula, "bold"))
    if clause.note:
        _labelled(out, "note", [clause.note])
    if clause.examples:
        heading(out, "For example")
        for case in clause.examples:
            copyable(out, f"  {case.case}")
            indented(out, Text(f"→ {comes(case)}"), 4)
    _labelled(out, "sources", sources(clause.sources))
    laws = [
        f"{law.name}: {law.statement} ({_from_here(Path(law.check.__code__.co_filename))})"
        for law in all_laws().values()
        if op in law.ops and law.slug(op) == clause.slug
    ]
    unheld = f"no law: {clause.unlawful}" if clause.unlawful else "no law yet"
    _labelled(out, "checked by", laws or [unheld])
    differences.show_points(out, [p for p in points_for(op) if bears(p, clause)])
    _limits(out, [x for x in limits_for((op,)) if matches(x, point)])
    _findings(out, findings_for((op,), clause.slug))
    if point in EXAMPLES and op in WINDOWED and op != "conv_transpose":
        example = EXAMPLES[point]
        given = layer(op, **example)
        heading(out, f"Example: {headline(given)}")
        listing(out, worked.size_steps(given, 0))
        listing(out, ["", *worked.strip(given.axes[0])])
        _try(out, op, example)
    _page(out, f"{PAGE_OF[op].name}.md#{clause.slug}")


def sources(named: Iterable[str]) -> list[str]:
    """The sources spelt out: claim numbers say what they are numbers of."""
    claims = [s for s in named if CLAIM.fullmatch(s)]
    said = [s for s in named if not CLAIM.fullmatch(s)]
    if claims:
        many = "claims" if len(claims) > 1 else "claim"
        said.append(f"{many} {', '.join(claims)} of the source notes")
    return said or ["this specification"]


def show_operation(out: Console, op: str) -> None:
    """An operation: its arrays and parameters, its clauses, who differs."""
    kind = VOCABULARY[op]
    out.print(Text(op, "bold"))
    for paragraph in (kind.__doc__ or "").replace("`", "").split("\n\n"):
        indented(out, Text(" ".join(paragraph.split())))
    arrays = [f"{n} (optional)" if n in kind.optional else n for n in kind.inputs]
    _labelled(out, "arrays", [", ".join(arrays)])
    if kind.inputs[0] == "x" and op not in ("dense", "softmax", "log_softmax", "relu"):
        indented(out, Text("x: (N, C, *spatial): batch, channels, then 1 to 3 spatial axes"), 4)
    if parameters(kind):
        _labelled(out, "parameters", [_parameter(p) for p in parameters(kind)])
    _notes(out, [note for note in NOTES if op in note.ops])
    _clause_lines(out, [c for c in CLAUSES.values() if c.slug.startswith(f"{op}.")])
    differences.show_briefly(out, points_for(op))
    _limits(out, limits_for((op,)))
    _findings(out, findings_for((op,)))
    if op in WINDOWED:
        _try(out, op, {"sizes": "5x5", "window": "3x3", "stride": "2x2", "padding": "1,1"})
    from . import reference

    defined = Path(getattr(reference, op).__code__.co_filename)
    _page(out, f"{PAGE_OF[op].name}.md")
    copyable(out, f"Defined in: {_from_here(defined)}", "dim")


def _page(out: Console, page: str) -> None:
    out.print()
    copyable(out, f"Page: {page_path(page)}", "dim")


def page_path(page: str) -> str:
    """Where a page lies, from here if that is shorter."""
    file, sign, place = page.partition("#")
    return f"{_from_here(FOLDER / file)}{sign}{place}"


def _from_here(path: Path) -> Path:
    with suppress(ValueError):
        return path.relative_to(Path.cwd())
    return path


def _parameter(parameter: Parameter) -> str:
    default = parameter.default
    unsaid = "must be given" if default is None else f"usually {default}"
    return f"{parameter.name}: {KINDS.get(parameter.kind, parameter.kind)}; {unsaid}"


def show_topics(out: Console, topics: tuple[str, ...], ops: tuple[str, ...] = ()) -> None:
    """What notes, clauses, parameters, dialect points and other implementations say of words."""
    said = about_topics(topics, ops)
    if not said:
        raise Problem(f"nothing about {' '.join(topics)!r} is said of {', '.join(ops)}")
    out.print(Text(" ".join((*topics, *(f"· {op}" for op in ops))), "bold"))
    _notes(out, said.notes)
    if said.parameters:
        named = [f"{_parameter(p)} ({', '.join(of)})" for p, of in said.parameters.items()]
        _labelled(out, "parameters", named)
    _clauses(out, said.clauses)
    differences.show_points(out, said.points)
    _limits(out, said.limits)
    wanted = (word for topic in topics for word in wanted_for(topic))
    example = next((EXAMPLES[w] for w in wanted if w in EXAMPLES), None)
    if example:
        pool = "max_pool" if example.get("ceil") else "conv"
        _try(out, next((op for op in ops if op in WINDOWED), pool), example)
    if said.clauses and not said.notes:
        slug = said.clauses[0].slug
        _page(out, f"{PAGE_OF[slug.partition('.')[0]].name}.md#{slug}")


def _notes(out: Console, notes: Sequence[Note]) -> None:
    if notes:
        heading(out, "Note")
    for note in notes:
        indented(out, Text(note.text))
        copyable(out, f"  page: {page_path(note.page)}", "dim")


def _clause_lines(out: Console, clauses: Sequence[Clause]) -> None:
    """Clauses in one line each, cut where the line ends: each can be asked for by its slug."""
    if not clauses:
        return
    heading(out, f"Clauses (in full: convspec explain {clauses[0].slug})")
    wide = max(len(clause.slug.partition(".")[2]) for clause in clauses)
    for clause in clauses:
        name = clause.slug.partition(".")[2].ljust(wide)
        line = Text.assemble(f"  {name}  ", clause.statement)
        line.truncate(out.width, overflow="ellipsis")
        out.print(line, no_wrap=True)


def _clauses(out: Console, clauses: Sequence[Clause]) -> None:
    """Clauses in one line each; a statement that holds for several operations is said once."""
    if not clauses:
        return
    heading(out, "Clauses")
    said: dict[str, list[Clause]] = {}
    for clause in clauses:
        said.setdefault(clause.statement, []).append(clause)
    for statement, alike in said.items():
        slugs = ", ".join(clause.slug for clause in alike)
        indented(out, Text.assemble((slugs, "bold"), f": {statement}"))
        for formula in dict.fromkeys(clause.formula for clause in alike if clause.formula):
            indented(out, Text(formula), 4)


def _limits(out: Console, limits: Sequence[Limit]) -> None:
    if not limits:
        return
    heading(out, "Elsewhere")
    for limit in limits:
        indented(out, Text(f"{limit.who}: {limit.does} ({HOW[limit.how]})"))


def _findings(out: Console, findings: Sequence[Finding]) -> None:
    if not findings:
        return
    heading(out, "Found wrong")
    for finding in findings:
        indented(out, Text(f"{finding.who}: {finding.does}"))
        copyable(out, f"    convspec replay {finding.adapter} '{finding.case.line}'", "dim")


def _labelled(out: Console, label: str, entries: Sequence[str]) -> None:
    heading(out, label.capitalize())
    for entry in entries:
        indented(out, Text(entry))


def _try(out: Console, op: str, example: dict[str, Any]) -> None:
    words = [f"convspec explain {op} --input {example['sizes']} --kernel {example['window']}"]
    for option in ("stride", "padding", "dilation"):
        if option in example:
            words.append(f"--{option} {example[option]}")
    if example.get("ceil") and not op.startswith("conv"):
        words.append("--ceil")
    out.print()
    out.print(Text("With numbers of your own:", "dim"))
    copyable(out, f"  {' '.join(words)}")
