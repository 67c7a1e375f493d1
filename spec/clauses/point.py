"""The shape of a clause, and of a point that several operations share."""

from __future__ import annotations

from dataclasses import dataclass

SPEC_VERSION = "0.1"

LEVELS = ("MUST", "SHOULD", "MAY")

ARITHMETIC = "Dumoulin & Visin, arXiv:1603.07285"
HIGHAM = "Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §3.1"


@dataclass(frozen=True)
class Clause:
    """One statement an implementation is held to.

    `sources`: papers, other specifications, and claims of the source notes (``C1`` … ``N4``).
    `note`: what a source says loosely or wrongly, and what is true. `unlawful`: why no law of
    the suite can hold an implementation to the clause; empty where one does.
    """

    slug: str
    level: str
    statement: str
    formula: str
    sources: tuple[str, ...]
    since: str = SPEC_VERSION
    note: str = ""
    unlawful: str = ""


@dataclass(frozen=True)
class Point:
    """A statement that holds for several operations: one clause ``operation.name`` for each."""

    name: str
    ops: tuple[str, ...]
    statement: str
    formula: str = ""
    sources: tuple[str, ...] = ()
    level: str = "MUST"
    note: str = ""
    unlawful: str = ""

    def clauses(self) -> list[Clause]:
        """The clauses of the point, one per operation."""
        return [
            Clause(
                f"{op}.{self.name}", self.level, self.statement, self.formula, self.sources,
                note=self.note, unlawful=self.unlawful,
            )
            for op in self.ops
        ]  # fmt: skip
