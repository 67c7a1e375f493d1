"""What ``convspec explain`` shows of the specification: a clause, an operation, a topic.

Everything comes from the catalogues of `spec`, from the laws and from the facts of `elsewhere`;
worked numbers are added by `worked`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from . import worked
from .cli import Problem
from .console import copyable, indented
from .elsewhere import SEEN, Fact, facts_for
from .layers import WINDOWED, Layer, headline, kept_size, layer
from .lookup import NOTES, Note, Subject, about_topic, bears, matches, points_for, wanted_for
from .spec.clauses import CLAUSES, Clause
from .spec.dialects import DialectPoint
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


def given_layer(
    about: Subject, sizes: str | None, window: str | None, drawn: bool, numbers: dict[str, Any]
) -> Layer | None:
    """The layer whose numbers were given; None if none were. Raises Problem for a wrong one."""
    usual = {
        "stride": "1", "padding": "0", "dilation": "1", "ceil": False, "groups": 1,
        "output_padding": "0",
    }  # fmt: skip
    if sizes is None and window is None and not drawn and numbers == usual:
        return None
    if len(about.ops) != 1 or about.topics or about.clauses:
        raise Problem(f"numbers go with one operation: {', '.join(WINDOWED)}")
    if sizes is None or window is None:
        raise Problem("numbers need --input and --kernel, such as --input 5x5 --kernel 3x3")
    try:
        return layer(about.ops[0], sizes, window, **numbers)
    except ValueError as error:
        raise Problem(str(error)) from None


def show(out: Console, about: Subject) -> None:
    """Print everything about the subject."""
    for slug in about.clauses:
        show_clause(out, CLAUSES[slug])
    if about.topics:
        for topic in about.topics:
            show_topic(out, topic, about.ops)
    else:
        for op in about.ops:
            show_operation(out, op)


def show_clause(out: Console, clause: Clause) -> None:
    """A clause: its text, where it comes from, what checks it, who differs, an example."""
    from .law import all_laws

    op, _, point = clause.slug.partition(".")
    out.print(Text.assemble((clause.slug, "bold"), f"  {clause.level}, since {clause.since}"))
    indented(out, Text(clause.statement))
    if clause.formula:
        indented(out, Text(clause.formula, "bold"))
    _labelled(out, "sources", sources(clause.sources))
    laws = [
        f"{law.name}: {law.statement}"
        for law in all_laws().values()
        if op in law.ops and law.slug(op) == clause.slug
    ]
    _labelled(out, "checked by", laws or ["no law yet"])
    _points(out, [p for p in points_for(op) if bears(p, clause)])
    _facts(out, [f for f in facts_for((op,)) if matches(f, point)])
    if point in EXAMPLES and op in WINDOWED and op != "conv_transpose":
        example = EXAMPLES[point]
        given = layer(op, **example)
        _heading(out, f"Example: {headline(given)}")
        _lines(out, worked.size_steps(given, 0))
        _lines(out, ["", *worked.strip(given.axes[0])])
        _try(out, op, example)


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
    for line in (kind.__doc__ or "").strip().splitlines():
        indented(out, Text(line.replace("`", "")))
    arrays = [f"{n} (optional)" if n in kind.optional else n for n in kind.inputs]
    _labelled(out, "arrays", [", ".join(arrays)])
    if kind.inputs[0] == "x" and op not in ("dense", "softmax", "log_softmax", "relu"):
        indented(out, Text("x: (N, C, *spatial): batch, channels, then 1 to 3 spatial axes"), 4)
    if parameters(kind):
        _labelled(out, "parameters", [_parameter(p) for p in parameters(kind)])
    _notes(out, [note for note in NOTES if op in note.ops])
    _clause_lines(out, [c for c in CLAUSES.values() if c.slug.startswith(f"{op}.")])
    _points(out, points_for(op))
    _facts(out, facts_for((op,)))
    if op in WINDOWED:
        _try(out, op, {"sizes": "5x5", "window": "3x3", "stride": "2x2", "padding": "1,1"})


def _parameter(parameter: Parameter) -> str:
    default = parameter.default
    unsaid = "must be given" if default is None else f"usually {default}"
    return f"{parameter.name}: {KINDS.get(parameter.kind, parameter.kind)}; {unsaid}"


def show_topic(out: Console, topic: str, ops: tuple[str, ...] = ()) -> None:
    """What clauses, parameters, dialect points and other implementations say about a word."""
    said = about_topic(topic, ops)
    if not said:
        raise Problem(f"nothing about {topic!r} is said of {', '.join(ops)}")
    out.print(Text(" ".join((topic, *(f"· {op}" for op in ops))), "bold"))
    _notes(out, said.notes)
    if said.parameters:
        named = [f"{_parameter(p)} ({', '.join(of)})" for p, of in said.parameters.items()]
        _labelled(out, "parameters", named)
    _clauses(out, said.clauses)
    _points(out, said.points)
    _facts(out, said.facts)
    example = next((EXAMPLES[w] for w in wanted_for(topic) if w in EXAMPLES), None)
    if example:
        pool = "max_pool" if example.get("ceil") else "conv"
        _try(out, next((op for op in ops if op in WINDOWED), pool), example)


def _notes(out: Console, notes: Sequence[Note]) -> None:
    if notes:
        _heading(out, "Note")
    for note in notes:
        indented(out, Text(note.text))


def _clause_lines(out: Console, clauses: Sequence[Clause]) -> None:
    """Clauses in one line each, cut where the line ends: each can be asked for by its slug."""
    if not clauses:
        return
    _heading(out, f"Clauses (in full: convspec explain {clauses[0].slug})")
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
    _heading(out, "Clauses")
    said: dict[str, list[Clause]] = {}
    for clause in clauses:
        said.setdefault(clause.statement, []).append(clause)
    for statement, alike in said.items():
        slugs = ", ".join(clause.slug for clause in alike)
        indented(out, Text.assemble((slugs, "bold"), f": {statement}"))


def _points(out: Console, points: Sequence[DialectPoint]) -> None:
    if not points:
        return
    _heading(out, "Dialect points (an adapter declares its choice)")
    for point in points:
        indented(out, Text.assemble((point.name, "bold"), f"  {point.question}"))
        for choice, meaning in point.choices.items():
            ours = " (the choice here)" if choice == point.default else ""
            indented(out, Text(f"{choice}: {meaning}{ours}"), 4)


def _facts(out: Console, facts: Sequence[Fact]) -> None:
    if not facts:
        return
    _heading(out, "Elsewhere")
    for fact in facts:
        indented(out, Text(f"{fact.who}: {fact.does} ({SEEN[fact.seen]})"))


def _labelled(out: Console, label: str, entries: Sequence[str]) -> None:
    _heading(out, label.capitalize())
    for entry in entries:
        indented(out, Text(entry))


def _heading(out: Console, text: str) -> None:
    out.print()
    indented(out, Text(text, "bold"), 0)


def _lines(out: Console, lines: Iterable[str]) -> None:
    for line in lines:
        out.print(Text(f"  {line}".rstrip()), soft_wrap=True)


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


def show_layer(out: Console, given: Layer) -> None:
    """Worked numbers: sizes, windows, coverage, divisors, and who would give others."""
    indented(out, Text.assemble((given.op, "bold"), f"  {headline(given)}"), 0)
    for title, index, axis in worked.by_axis(given):
        _heading(out, f"Size along {title}")
        _lines(out, worked.size_steps(given, index))
        if given.small:
            _heading(out, f"Windows along {title}")
            _lines(out, worked.strip(axis, given.transposed))
            if not given.transposed:
                _lines(out, ["", *worked.overlap(axis)])
    if given.small:
        _counts(out, given)
    if given.groups > 1:
        _heading(out, "Groups")
        g = given.groups
        indented(out, Text(f"{g} blocks of channels, each by itself; sizes do not depend on it."))
        k = ", ".join(str(a.window) for a in given.axes)
        shape = f"(C, O/{g}, {k})" if given.transposed else f"(O, C/{g}, {k})"
        indented(out, Text(f"weight: {shape}; C and O are multiples of {g}"))
    told = [(f, said) for f in facts_for((given.op,)) if (said := f.here(given))]
    if told:
        _heading(out, "Elsewhere")
        for fact, said in told:
            indented(out, Text(f"{fact.who}: {fact.does} ({SEEN[fact.seen]})"))
            indented(out, Text(f"→ {said}", "bold"), 4)
    if given.axes[0].ceil and all(kept_size(a) == a.out for a in given.axes):
        _heading(out, "A layer for which ceil modes part")
        _lines(out, worked.parting(given))


def _counts(out: Console, given: Layer) -> None:
    if len(given.axes) > 1:
        _heading(out, "Coverage")
        by = "write" if given.transposed else "read"
        title = f"how many windows {by} each {'output' if given.transposed else 'input'} cell"
        _lines(out, worked.per_cell(title, [a.coverage() for a in given.axes]))
    if given.op == "avg_pool":
        _heading(out, "Divisors, output by output")
        real = [a.real_counts() for a in given.axes]
        inside = [a.inside_counts() for a in given.axes]
        if real == inside:
            _lines(out, worked.per_cell("whether padding is counted or not", real))
            return
        _lines(out, worked.per_cell("real cells only (count_include_pad=False)", real))
        _lines(out, worked.per_cell("with padding (count_include_pad=True)", inside))
        if any(0 in counts for counts in real):
            indented(out, Text("0: a window without a real cell has no mean; it is refused."))
