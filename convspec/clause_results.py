"""What the laws of one clause came to, of one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .events import (
    CONFORMS,
    ERROR,
    FAILING,
    FIXED,
    KNOWN,
    UNSUPPORTED,
    VACUOUS,
    VERDICTS,
    Failure,
    LawFinished,
)
from .legible import legible
from .spec.operations import OPERATIONS


class Described(Protocol):
    """What a report needs to know of a clause of the specification."""

    @property
    def level(self) -> str:
        """MUST, SHOULD or MAY."""

    @property
    def statement(self) -> str:
        """One sentence."""


@dataclass(frozen=True)
class Finding:
    """A failure, and the law that found it. `rank`: number of spatial axes, None if no matter."""

    law: str
    op: str
    rank: int | None
    failure: Failure


@dataclass(frozen=True)
class ClauseResult:
    """What all laws of one clause came to.

    `verdict` is the gravest of them, and vacuous only where none of them tested anything.
    `findings` holds the smallest failure of each kind and operation, smallest first (but those of
    the law that is named like the clause come before others). `notes` are
    the laws' remarks, each once. Of the `cases`, in `empty` ones there was nothing to test.
    `excused` counts the failures that are known.
    """

    slug: str
    level: str
    statement: str
    verdict: str
    cases: int
    seconds: float
    laws: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    empty: int = 0
    excused: int = 0

    @property
    def tested(self) -> int:
        """Cases in which there was something to test."""
        return self.cases - self.empty

    @property
    def family(self) -> str:
        """What the slug begins with: an operation, or a name for several."""
        return self.slug.partition(".")[0]

    @property
    def name(self) -> str:
        """The slug without its family."""
        return self.slug.partition(".")[2] or self.slug

    @property
    def failing(self) -> bool:
        """Whether the clause needs a look: the implementation fails it, or the run did."""
        return self.verdict in (*FAILING, FIXED, ERROR)

    @property
    def remark(self) -> str:
        """One line on why the verdict is not "conforms"; empty if there is nothing to say."""
        if self.findings:
            return one_line(self.findings[0].failure.message)
        if self.verdict == CONFORMS:
            return ""
        if self.verdict == KNOWN:
            noun = "failure" if self.excused == 1 else "failures"
            return f"{self.excused:,} known {noun} excused"
        # A note may be a traceback, which says what happened at its end.
        return "; ".join(one_line(note.rstrip().rpartition("\n")[2]) for note in self.notes)


def one_line(text: str) -> str:
    """The text without line breaks, and without what cannot be shown."""
    return " ".join(legible(text).split())


def clause_results(
    laws: Sequence[LawFinished], catalogue: Mapping[str, Described]
) -> tuple[ClauseResult, ...]:
    """One result per clause, in the order of the specification, of laws in any order."""
    grouped: dict[str, list[LawFinished]] = {}
    for event in laws:
        grouped.setdefault(event.clause, []).append(event)
    place = {slug: i for i, slug in enumerate(catalogue)}
    beyond = len(place)
    # A family stands where its operation stands, or else the first operation it was tried on.
    families: dict[str, tuple[int, int]] = {}
    for slug, group in grouped.items():
        family = slug.partition(".")[0]
        ops = [family] if family in OPERATIONS else [event.op for event in group]
        here = (min(map(position, ops)), place.get(slug, beyond))
        families[family] = min(families.get(family, here), here)
    order = sorted(grouped, key=lambda s: (families[s.partition(".")[0]], place.get(s, beyond), s))
    return tuple(_clause(slug, grouped[slug], catalogue.get(slug)) for slug in order)


def _clause(slug: str, group: Sequence[LawFinished], known: Described | None) -> ClauseResult:
    return ClauseResult(
        slug=slug,
        level=known.level if known else "",
        statement=known.statement if known else "",
        verdict=_verdict([event.verdict for event in group]),
        cases=sum(event.cases for event in group),
        seconds=sum(event.seconds for event in group),
        laws=tuple(dict.fromkeys(event.law for event in group)),
        findings=_findings(group),
        notes=tuple(dict.fromkeys(event.note for event in group if event.note)),
        empty=sum(event.empty for event in group),
        excused=sum(count for event in group for count in event.excused.values()),
    )


def _verdict(verdicts: Sequence[str]) -> str:
    """The gravest, but that one law found nothing to test is no matter where another did."""
    telling = [verdict for verdict in verdicts if verdict not in (VACUOUS, UNSUPPORTED)]
    return min(telling or verdicts, key=VERDICTS.index)


def _findings(group: Sequence[LawFinished]) -> tuple[Finding, ...]:
    found = [
        Finding(event.law, event.op, event.rank, failure)
        for event in group
        for failure in event.failures
    ]
    # The law that is the clause itself comes first: others stretch the case that they name.
    own = group[0].clause.partition(".")[2].replace("-", "_") if group else ""
    found.sort(key=lambda f: (f.law != own, f.failure.cells, f.failure.case, f.failure.kind, f.law))
    smallest: dict[tuple[str, str, str], Finding] = {}
    for finding in found:
        key = (finding.op, finding.failure.verdict, finding.failure.kind)
        smallest.setdefault(key, finding)
    return tuple(smallest.values())


def position(op: str) -> int:
    """The operation's place in the specification; what is not in it comes last."""
    return list(OPERATIONS).index(op) if op in OPERATIONS else len(OPERATIONS)
