"""A run, summed up per clause. Made from events alone, so a saved run gives the same report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from .events import (
    CONFORMS,
    ERROR,
    FAILING,
    FIXED,
    KNOWN,
    UNSUPPORTED,
    VACUOUS,
    VERDICTS,
    Covered,
    Event,
    Explained,
    Failure,
    Fingerprint,
    KnownChecked,
    LawFinished,
    RunFinished,
    RunStarted,
)
from .legible import legible
from .saving import write_json
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


@dataclass(frozen=True)
class Report:
    """One run of one adapter. `clauses` are in the order of the specification."""

    head: RunStarted
    clauses: tuple[ClauseResult, ...]
    seconds: float
    interrupted: bool
    seconds_by_law: Mapping[str, float]
    explained: tuple[Explained, ...] = ()
    known: tuple[KnownChecked, ...] = ()
    fingerprints: tuple[Fingerprint, ...] = ()
    covered: tuple[Covered, ...] = ()

    @classmethod
    def from_events(
        cls, events: Iterable[Event], catalogue: Mapping[str, Described] | None = None
    ) -> Report:
        """Sum up a run. Without a RunFinished it counts as interrupted.

        `catalogue` holds level and statement of each clause, by default those of this version's
        specification. Raises ValueError if there is no RunStarted.
        """
        catalogue = _catalogue(catalogue)
        head: RunStarted | None = None
        foot: RunFinished | None = None
        laws: list[LawFinished] = []
        # A run that was cut short and went on may have found out the same twice: the last counts.
        explained: list[Explained] = []
        known: dict[object, KnownChecked] = {}
        fingerprints: dict[object, Fingerprint] = {}
        covered: dict[object, Covered] = {}
        for event in events:
            match event:
                case Explained():
                    explained.append(event)
                case KnownChecked():
                    known[event.entry, event.clause] = event
                case Fingerprint():
                    fingerprints[event.op, event.dtype] = event
                case Covered():
                    covered[event.op, event.rank] = event
                case RunStarted():
                    head = event
                case LawFinished():
                    laws.append(event)
                case RunFinished():
                    foot = event
        if head is None:
            raise ValueError("not a run: it has no run-started event")
        # Workers finish in any order; nothing shown may depend on it.
        laws.sort(
            key=lambda e: (e.clause, e.law, _position(e.op), -1 if e.rank is None else e.rank)
        )
        by_law: dict[str, float] = {}
        for event in sorted(laws, key=lambda e: e.law):
            by_law[event.law] = by_law.get(event.law, 0.0) + event.seconds
        return cls(
            head,
            _clauses(laws, catalogue),
            foot.seconds if foot else sum(by_law.values()),
            foot.interrupted if foot else True,
            by_law,
            _merged(explained),
            tuple(sorted(known.values(), key=lambda e: (e.clause, e.entry))),
            tuple(sorted(fingerprints.values(), key=lambda e: (_position(e.op), e.dtype))),
            tuple(sorted(covered.values(), key=lambda e: (_position(e.op), e.rank))),
        )

    def explanation(self, finding: Finding) -> Explained | None:
        """What was found out about a failure; None if nothing was."""
        wanted = finding.law, finding.op, finding.failure.case
        return next((e for e in self.explained if (e.law, e.op, e.case) == wanted), None)

    @property
    def cases(self) -> int:
        """Cases run, over all clauses."""
        return sum(clause.cases for clause in self.clauses)

    @property
    def tested(self) -> int:
        """Cases in which there was something to test, over all clauses."""
        return sum(clause.tested for clause in self.clauses)

    @property
    def configurations(self) -> dict[str, int]:
        """Distinct configurations that laws were tried on, per operation: cases apart from what
        their arrays hold. Counted once a run is through; empty if it was cut short."""
        found: dict[str, int] = {}
        for one in self.covered:
            found[one.op] = found.get(one.op, 0) + one.configurations
        return found

    @property
    def cases_per_second(self) -> float:
        """Cases per second of the whole run, all processes together."""
        return self.cases / self.seconds if self.seconds > 0 else 0.0

    @property
    def totals(self) -> dict[str, int]:
        """Number of clauses per verdict, gravest first, those that occur."""
        found = [clause.verdict for clause in self.clauses]
        return {verdict: found.count(verdict) for verdict in VERDICTS if verdict in found}

    @property
    def failing(self) -> tuple[ClauseResult, ...]:
        """The clauses that need a look, most basic first."""
        return tuple(clause for clause in self.clauses if clause.failing)

    @property
    def exit_code(self) -> int:
        """130 interrupted · 1 the implementation fails a clause, or one of its known failures is
        fixed · 3 the run itself failed · 4 nothing ran · 0 conforms."""
        verdicts = {clause.verdict for clause in self.clauses}
        if self.interrupted:
            return 130
        if not verdicts.isdisjoint((*FAILING, FIXED)):
            return 1
        if ERROR in verdicts:
            return 3
        return 0 if any(c.verdict in (CONFORMS, KNOWN) and c.tested for c in self.clauses) else 4

    @property
    def undeclared(self) -> dict[str, Mapping[str, Any]]:
        """The dialect points at which another choice was observed than is declared, for which no
        known failure accounts."""
        declared = self.head.claims.get("dialect", {})
        return {
            point: seen
            for point, seen in self.head.observed.items()
            if seen["choice"] != declared.get(point) and not seen.get("known")
        }

    def to_json(self) -> dict[str, Any]:
        """The report as a strict JSON document: non-finite numbers are strings.

        Everything but ``timing`` is the same, byte for byte, whenever the same tree runs the same
        profile and seed on the same adapter.
        """
        from .report_json import document

        return document(self)

    @classmethod
    def from_json(
        cls, document: Mapping[str, Any], catalogue: Mapping[str, Described] | None = None
    ) -> Report:
        """The inverse of `to_json`, but for times, which a document rounds.

        `catalogue` is as in `from_events`. Raises ValueError for what is no report of this version.
        """
        from .report_json import report_of

        return report_of(document, catalogue or _catalogue(None))

    def write_json(self, path: Path) -> None:
        """Write the document in one step, creating the folder. Raises OSError."""
        write_json(path, self.to_json())


def _merged(explained: Iterable[Explained]) -> tuple[Explained, ...]:
    """One entry per failure, of what several stages found out about it."""
    found: dict[tuple[str, str, str], Explained] = {}
    for event in explained:
        known = found.setdefault((event.op, event.law, event.case), event)
        if known is not event:
            found[event.op, event.law, event.case] = replace(
                known,
                condition=event.condition or known.condition,
                looks_like=event.looks_like or known.looks_like,
                script=event.script or known.script,
                unasked=event.unasked or known.unasked,
                script_exit=known.script_exit if event.script is None else event.script_exit,
            )
    return tuple(sorted(found.values(), key=lambda e: (_position(e.op), e.law, e.case)))


def one_line(text: str) -> str:
    """The text without line breaks, and without what cannot be shown."""
    return " ".join(legible(text).split())


def _catalogue(given: Mapping[str, Described] | None) -> Mapping[str, Described]:
    if given is not None:
        return given
    from .spec.clauses import CLAUSES

    return CLAUSES


def _clauses(
    laws: Sequence[LawFinished], catalogue: Mapping[str, Described]
) -> tuple[ClauseResult, ...]:
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
        here = (min(map(_position, ops)), place.get(slug, beyond))
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


def _position(op: str) -> int:
    return list(OPERATIONS).index(op) if op in OPERATIONS else len(OPERATIONS)
