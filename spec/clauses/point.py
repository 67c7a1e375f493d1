"""The shape of a clause, and of a point that several operations share."""

from __future__ import annotations

from dataclasses import dataclass

SPEC_VERSION = "0.1"

LEVELS = ("MUST", "SHOULD", "MAY")

ARITHMETIC = "Dumoulin & Visin, arXiv:1603.07285"
HIGHAM = "Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §3.1"


@dataclass(frozen=True)
class Example:
    """A clause at work: a case in its canonical line, and what comes out of it.

    `shape` is the result's; `values` are its cells in row-major order, where they say more.
    """

    case: str
    shape: tuple[int, ...]
    values: tuple[float, ...] = ()

    @property
    def op(self) -> str:
        """The operation of the case."""
        return self.case.partition(" ")[0]


@dataclass(frozen=True)
class Clause:
    """One statement an implementation is held to.

    `sources`: papers, other specifications, and claims of the source notes (``C1`` … ``N4``).
    `note`: what a source says loosely or wrongly, and what is true. `unlawful`: why no law of
    the suite can hold an implementation to the clause; empty where one does. `examples` are
    executed by the tests.
    """

    slug: str
    level: str
    statement: str
    formula: str
    sources: tuple[str, ...]
    since: str = SPEC_VERSION
    note: str = ""
    unlawful: str = ""
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Point:
    """A statement that holds for several operations: one clause ``operation.name`` for each.

    Each clause gets the examples that are cases of its operation.
    """

    name: str
    ops: tuple[str, ...]
    statement: str
    formula: str = ""
    sources: tuple[str, ...] = ()
    level: str = "MUST"
    note: str = ""
    unlawful: str = ""
    examples: tuple[Example, ...] = ()

    def clauses(self) -> list[Clause]:
        """The clauses of the point, one per operation."""
        return [
            Clause(
                f"{op}.{self.name}", self.level, self.statement, self.formula, self.sources,
                note=self.note, unlawful=self.unlawful,
                examples=tuple(e for e in self.examples if e.op == op),
            )
            for op in self.ops
        ]  # fmt: skip
