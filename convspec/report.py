"""A run, summed up per clause. Made from events alone, so a saved run gives the same report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .clause_results import ClauseResult, Described, Finding, clause_results, position
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
    Fingerprint,
    KnownChecked,
    LawFinished,
    RunFinished,
    RunStarted,
)
from .saving import write_json


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
        laws.sort(key=lambda e: (e.clause, e.law, position(e.op), -1 if e.rank is None else e.rank))
        by_law: dict[str, float] = {}
        for event in sorted(laws, key=lambda e: e.law):
            by_law[event.law] = by_law.get(event.law, 0.0) + event.seconds
        return cls(
            head,
            clause_results(laws, catalogue),
            foot.seconds if foot else sum(by_law.values()),
            foot.interrupted if foot else True,
            by_law,
            _merged(explained),
            tuple(sorted(known.values(), key=lambda e: (e.clause, e.entry))),
            tuple(sorted(fingerprints.values(), key=lambda e: (position(e.op), e.dtype))),
            tuple(sorted(covered.values(), key=lambda e: (position(e.op), e.rank))),
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
    return tuple(sorted(found.values(), key=lambda e: (position(e.op), e.law, e.case)))


def _catalogue(given: Mapping[str, Described] | None) -> Mapping[str, Described]:
    if given is not None:
        return given
    from .spec.clauses import CLAUSES

    return CLAUSES
