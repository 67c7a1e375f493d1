"""The table of contents: which page defines what."""

from __future__ import annotations

import re

from convspec import reference
from convspec.spec.clauses import CLAUSES

from .clauses import laws_of
from .layout import PAGE_OF, PAGES
from .markdown import code, plain, table
from .reading import headings, slugged


def operations() -> str:
    """Every operation, what it is in a sentence, and how many clauses its page has."""
    rows = []
    for op, page in PAGE_OF.items():
        slugs = [slug for slug in CLAUSES if slug.partition(".")[0] == op]
        rows.append((f"[{code(op)}]({page.name}.md)", plain(_about(op)), str(len(slugs))))
    return table(("operation", "is", "clauses"), rows)


def _about(op: str) -> str:
    """The first paragraph of what the reference says of it, without the clause it names."""
    said = " ".join((getattr(reference, op).__doc__ or "").partition("\n\n")[0].split())
    said = re.sub(r", ``[\w.-]+``", "", said)
    said = re.sub(r"[;,] see :\w+:`[^`]+`", "", said)
    return re.sub(r":func:`(\w+)`", r"\1", said).replace("``", "")


def others() -> str:
    """The pages that are about all operations, each with the first sentence on it."""
    lines = []
    for page in PAGES.values():
        if not page.ops and page.name != "index":
            first = " ".join(page.file.read_text("utf-8").split("\n\n")[1].split())
            lines.append(
                f"- [{page.title}]({page.name}.md): {first.partition('. ')[0].rstrip('.')}."
            )
    return "\n".join(lines)


def clause_index() -> str:
    """Every point by its name: each of its statements, and the operations that have it."""
    points: dict[str, dict[str, list[str]]] = {}
    for clause in CLAUSES.values():
        op, _, point = clause.slug.partition(".")
        points.setdefault(point, {}).setdefault(clause.statement, []).append(op)
    rows = []
    for point in sorted(points):
        for statement, ops in points[point].items():
            places = (f"[{code(op)}]({PAGE_OF[op].name}.md#{op}.{point})" for op in ops)
            rows.append((code(point), plain(statement), ", ".join(places)))
    return table(("point", "says", "of"), rows)


def sections(text: str) -> str:
    """The sections of a page, in a line."""
    return " · ".join(f"[{title}](#{slugged(title)})" for title in headings(text))


def totals() -> str:
    """How much there is."""
    laws = {law.name for slug in CLAUSES for law in laws_of(slug)}
    ops = {slug.partition(".")[0] for slug in CLAUSES}
    return f"{len(CLAUSES)} clauses of {len(ops)} operations, held by {len(laws)} laws."
