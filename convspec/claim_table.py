"""The claims of the source notes: which clauses make each precise, and which laws hold them."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from .console import heading, indented
from .law import Law, all_laws
from .spec.clauses import CLAUSES, Clause
from .spec.source_claims import GROUPS, SOURCE_CLAIMS, VERDICTS, SourceClaim


@dataclass(frozen=True)
class Row:
    """A claim with its clauses and the laws that hold implementations to them.

    `derived`: clauses about counts and signatures, which no law holds but a check of our own.
    """

    claim: SourceClaim
    clauses: tuple[Clause, ...]
    laws: tuple[str, ...]

    @property
    def derived(self) -> tuple[Clause, ...]:
        """Its clauses that no implementation can be held to, each with a reason."""
        return tuple(clause for clause in self.clauses if clause.unlawful)

    @property
    def complete(self) -> bool:
        """Whether there is a clause, and a law or a checked derivation."""
        return bool(self.clauses and (self.laws or self.derived))


def row(claim: str) -> Row:
    """The row of a claim. Raises KeyError if there is no such claim."""
    found = SOURCE_CLAIMS[claim]
    clauses = tuple(clause for clause in CLAUSES.values() if claim in clause.sources)
    slugs = {clause.slug for clause in clauses}
    laws = tuple(law.name for law in all_laws().values() if slugs & _slugs(law))
    return Row(found, clauses, laws)


def rows() -> list[Row]:
    """All claims, in the order of the list."""
    return [row(claim) for claim in SOURCE_CLAIMS]


def by_point(clauses: tuple[Clause, ...]) -> list[str]:
    """The slugs, those of one point together: “conv, avg_pool: overlap”."""
    ops: dict[str, list[str]] = {}
    for clause in clauses:
        op, _, point = clause.slug.partition(".")
        ops.setdefault(point, []).append(op)
    return [f"{', '.join(of)}: {point}" for point, of in ops.items()]


def show(out: Console, row: Row) -> None:
    """Print a claim: what the notes say, how it stands, the clauses that make it precise."""
    claim = row.claim
    out.print(Text.assemble((claim.id, "bold"), f"  of the source notes, on {GROUPS[claim.id[0]]}"))
    indented(out, Text(f"{claim.statement} ({', '.join(claim.documents)})"))
    indented(out, Text.assemble((claim.verdict, "bold"), f": {VERDICTS[claim.verdict]}"))
    if claim.note:
        heading(out, "What is true")
        indented(out, Text(claim.note))
    heading(out, "Clauses")
    said: dict[str, list[Clause]] = {}
    for clause in row.clauses:
        said.setdefault(clause.statement, []).append(clause)
    for statement, alike in said.items():
        slugs = ", ".join(clause.slug for clause in alike)
        indented(out, Text.assemble((slugs, "bold"), f": {statement}"))
    notes = {clause.note: clause for clause in row.clauses if clause.note}
    if notes:
        heading(out, "Notes of these clauses")
    for note, clause in notes.items():
        indented(out, Text.assemble((clause.slug, "bold"), f": {note}"))
    heading(out, "Checked by")
    for reason in {clause.unlawful: 0 for clause in row.derived}:
        indented(out, Text(f"no law: {reason}"))
    if row.laws:
        indented(out, Text(", ".join(row.laws)))


def _slugs(law: Law) -> set[str]:
    return {law.slug(op) for op in law.ops}
