"""A run, summed up per clause. Made from events alone, so a saved run gives the same report."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .events import (
    CONFORMS,
    ERROR,
    FAILING,
    FIXED,
    KNOWN,
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
from .saving import write_json
from .spec.operations import OPERATIONS

SCHEMA = 1
"""Version of the document that `Report.to_json` returns."""


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

    `verdict` is the gravest of them. `findings` holds the smallest failure of each kind and
    operation, smallest first. `notes` are the laws' remarks, each once. `excused` counts the
    failures that are known.
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
    excused: int = 0

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

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready document, the same in every run of the same cases."""
        return {
            "level": self.level,
            "verdict": self.verdict,
            "cases": self.cases,
            "excused": self.excused,
            "laws": list(self.laws),
            "notes": list(self.notes),
            "failures": [_failure_json(finding) for finding in self.findings],
        }


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
        if catalogue is None:
            from .spec.clauses import CLAUSES

            catalogue = CLAUSES
        head: RunStarted | None = None
        foot: RunFinished | None = None
        laws: list[LawFinished] = []
        explained: list[Explained] = []
        known: list[KnownChecked] = []
        fingerprints: list[Fingerprint] = []
        covered: list[Covered] = []
        for event in events:
            match event:
                case Explained():
                    explained.append(event)
                case KnownChecked():
                    known.append(event)
                case Fingerprint():
                    fingerprints.append(event)
                case Covered():
                    covered.append(event)
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
            tuple(sorted(explained, key=lambda e: (_position(e.op), e.law, e.case))),
            tuple(sorted(known, key=lambda e: (e.clause, e.entry))),
            tuple(sorted(fingerprints, key=lambda e: (_position(e.op), e.dtype))),
            tuple(sorted(covered, key=lambda e: (_position(e.op), e.rank))),
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
        return 0 if any(c.verdict in (CONFORMS, KNOWN) and c.cases for c in self.clauses) else 4

    @property
    def undeclared(self) -> dict[str, Mapping[str, Any]]:
        """The dialect points at which another choice was observed than is declared."""
        declared = self.head.claims.get("dialect", {})
        return {
            point: seen
            for point, seen in self.head.observed.items()
            if seen["choice"] != declared.get(point)
        }

    def to_json(self) -> dict[str, Any]:
        """The report as a strict JSON document: non-finite numbers are strings.

        Everything but ``timing`` is the same, byte for byte, whenever the same tree runs the same
        profile and seed on the same adapter.
        """
        head = self.head
        document = {
            "schema": SCHEMA,
            "convspec": head.convspec,
            "spec": head.spec,
            "adapter": {"name": head.adapter, "version": head.version, "claims": head.claims},
            "dialect": {
                "declared": head.claims.get("dialect", {}),
                "observed": {point: dict(seen) for point, seen in head.observed.items()},
            },
            "profile": head.profile,
            "seed": head.seed,
            "interrupted": self.interrupted,
            "exit_code": self.exit_code,
            "clauses": {clause.slug: clause.to_json() for clause in self.clauses},
            "known": [_known_json(event) for event in self.known],
            "totals": {
                "clauses": len(self.clauses), "verdicts": self.totals, "cases": self.cases,
            },
            "timing": {
                "seconds": round(self.seconds, 3),
                "cases_per_second": round(self.cases_per_second, 1),
                "laws": {law: round(s, 3) for law, s in self.seconds_by_law.items()},
                "clauses": {clause.slug: round(clause.seconds, 3) for clause in self.clauses},
            },
        }  # fmt: skip
        strict = _strict(document)
        assert isinstance(strict, dict)
        return strict

    def write_json(self, path: Path) -> None:
        """Write the document in one step, creating the folder. Raises OSError."""
        write_json(path, self.to_json())


def one_line(text: str) -> str:
    """The text without line breaks."""
    return " ".join(text.split())


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
        verdict=min((event.verdict for event in group), key=VERDICTS.index),
        cases=sum(event.cases for event in group),
        seconds=sum(event.seconds for event in group),
        laws=tuple(dict.fromkeys(event.law for event in group)),
        findings=_findings(group),
        notes=tuple(dict.fromkeys(event.note for event in group if event.note)),
        excused=sum(count for event in group for count in event.excused.values()),
    )


def _findings(group: Sequence[LawFinished]) -> tuple[Finding, ...]:
    found = [
        Finding(event.law, event.op, event.rank, failure)
        for event in group
        for failure in event.failures
    ]
    found.sort(key=lambda f: (f.failure.cells, f.failure.case, f.failure.kind, f.law))
    smallest: dict[tuple[str, str, str], Finding] = {}
    for finding in found:
        key = (finding.op, finding.failure.verdict, finding.failure.kind)
        smallest.setdefault(key, finding)
    return tuple(smallest.values())


def _position(op: str) -> int:
    return list(OPERATIONS).index(op) if op in OPERATIONS else len(OPERATIONS)


def _failure_json(finding: Finding) -> dict[str, Any]:
    failure = finding.failure
    return {
        "case": failure.case,
        "kind": failure.kind,
        "verdict": failure.verdict,
        "message": failure.message,
        "op": finding.op,
        "law": finding.law,
        "tensors": failure.tensors,
        "expected": failure.expected,
        "got": failure.got,
        "worst": failure.worst,
        "found_after": failure.found_after,
        "repeats": failure.repeats,
        "details": failure.details,
    }


def _known_json(known: KnownChecked) -> dict[str, Any]:
    return {
        "entry": known.entry,
        "clause": known.clause,
        "when": known.predicate,
        "witness": known.witness,
        "verdict": known.verdict,
        "share": round(known.excused, 6),
        "cases": known.cases,
        "reason": known.reason,
        "link": known.link,
        "note": known.note,
    }


def _strict(value: object) -> object:
    """`value` with what JSON cannot hold replaced: NaN and infinities by their names."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            if math.isfinite(value):
                return value
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        case Mapping():
            return {str(key): _strict(entry) for key, entry in value.items()}
        case list() | tuple():
            return [_strict(entry) for entry in value]
    return str(value)
