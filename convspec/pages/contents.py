"""The table of contents: which page defines what."""

from __future__ import annotations

from convspec.spec.clauses import CLAUSES
from convspec.spec.operations import OPERATIONS

from .clauses import laws_of
from .layout import PAGE_OF
from .markdown import code, plain, table


def operations() -> str:
    """Every operation, what it is in a sentence, and how many clauses its page has."""
    rows = []
    for op, page in PAGE_OF.items():
        kind = OPERATIONS[op]
        about = " ".join((kind.__doc__ or "").split()).replace("`", "")
        slugs = [slug for slug in CLAUSES if slug.partition(".")[0] == op]
        rows.append((f"[{code(op)}]({page.name}.md)", plain(about), str(len(slugs))))
    return table(("operation", "is", "clauses"), rows)


def totals() -> str:
    """How much there is."""
    laws = {law.name for slug in CLAUSES for law in laws_of(slug)}
    ops = {slug.partition(".")[0] for slug in CLAUSES}
    return f"{len(CLAUSES)} clauses of {len(ops)} operations, held by {len(laws)} laws."
