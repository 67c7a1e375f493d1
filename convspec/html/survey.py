"""The page of a matrix: who ran and who did not, what was found, who chooses and claims what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from convspec import claimed
from convspec.adapters import listing
from convspec.clause_results import ClauseResult
from convspec.events import ABSENT, FAILING, FIXED, KNOWN, UNTESTED, KnownChecked
from convspec.legible import legible
from convspec.matrix.outcome import LEFT_OUT, RAN, Outcome
from convspec.spec.dialects import DIALECT_POINTS
from convspec.spec.operations import OPERATIONS

from .matrix import Column, columns
from .page import written

STYLES = {
    "conforms": "right", KNOWN: "known", "deviates": "wrong", FIXED: "fixed", "not judged": "ours",
}  # fmt: skip
"""Verdict of a row → its style; all others are rows that need a remark."""


@dataclass(frozen=True)
class Line:
    """One adapter: what became of it, and its run if there is one."""

    outcome: Outcome
    run: Column | None

    @property
    def style(self) -> str:
        """How the verdict looks."""
        return STYLES.get(self.outcome.verdict, "none" if self.left_out else "ours")

    @property
    def left_out(self) -> bool:
        """Whether there is no run."""
        return self.run is None or self.outcome.status in LEFT_OUT

    @property
    def failing(self) -> tuple[ClauseResult, ...]:
        """The clauses that need a look."""
        return self.run.report.failing if self.run else ()

    @property
    def findings(self) -> list[str]:
        """The faults of the library that the run met, by name."""
        found = self.run.report.known if self.run else ()
        shown = (e.finding for e in found if e.finding and e.verdict not in (ABSENT, UNTESTED))
        return sorted(set(shown))

    @property
    def limits(self) -> int:
        """Other known deviations that the run met."""
        found = self.run.report.known if self.run else ()
        return sum(not e.finding and e.verdict not in (ABSENT, UNTESTED) for e in found)

    @property
    def claims(self) -> Mapping[str, Any]:
        """What it claims: as the run told it, else as it is declared; empty if nobody knows."""
        if self.run:
            return self.run.report.head.claims
        try:
            found = listing.declared(self.outcome.row.backend, self.outcome.row.option)
        except Exception:  # the row says what is wrong with it
            return {}
        return found.to_json() if found else {}

    @property
    def departures(self) -> Mapping[str, str]:
        """Where it chooses otherwise than the specification."""
        return claimed.departures(self.claims)


@dataclass
class Explained:
    """A known deviation: entries of one finding, or of one reason, and who shows it how."""

    key: str
    finding: str
    reason: str
    upstream: str
    entries: list[KnownChecked] = field(default_factory=list)
    who: dict[str, tuple[Column, set[str]]] = field(default_factory=dict)
    confirmed: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()

    def add(self, run: Column, entry: KnownChecked) -> None:
        """One more run that looked at it."""
        same = [(e.predicate, e.clause, e.witness) for e in self.entries]
        if (entry.predicate, entry.clause, entry.witness) not in same:
            self.entries.append(entry)
        self.who.setdefault(run.name, (run, set()))[1].add(entry.verdict)
        self.upstream = self.upstream or entry.upstream or entry.link
        self.confirmed = self.confirmed or entry.confirmed
        self.tried = self.tried or entry.tried

    @property
    def reasons(self) -> list[str]:
        """What is wrong, each part once, in the order of the records: later ones refer back."""
        return list(dict.fromkeys(e.reason for e in sorted(self.entries, key=_written)))

    @property
    def cases(self) -> int:
        """Failures of all runs that it explains."""
        shown = {entry.entry for entry in self.entries}
        return sum(
            entry.cases for run, _ in self.who.values() for entry in run.report.known
            if entry.entry in shown
        )  # fmt: skip


def _written(entry: KnownChecked) -> tuple[str, int]:
    """Where an entry stands: its file and its line."""
    file, _, line = entry.entry.rpartition(":")
    return file, int(line) if line.isdigit() else 0


@dataclass(frozen=True)
class Point:
    """A dialect point at which somebody chooses otherwise: choice → who makes it."""

    name: str
    question: str
    default: str
    choices: Mapping[str, tuple[str, Sequence[Line]]]


def render(
    outcomes: Sequence[Outcome], asked: Mapping[str, Any], machine: Mapping[str, Any]
) -> str:
    """The page as a whole HTML document, as `page.render` makes one of runs.

    `asked` and `machine` are those of the index.
    """
    runs = columns([outcome.report for outcome in outcomes if outcome.report])
    left = iter(runs)
    lines = [Line(outcome, next(left) if outcome.report else None) for outcome in outcomes]
    known = explained(runs)
    return written(
        "survey.html", runs, lines=lines, asked=asked, machine=machine, left_out=_left_out(lines),
        findings=[one for one in known if one.finding],
        others=[one for one in known if not one.finding],
        points=points(lines), claimed=claimed, operations=[*OPERATIONS], new=_new(lines),
        facts_of=_facts(lines),
    )  # fmt: skip


def explained(runs: Iterable[Column]) -> list[Explained]:
    """The known deviations that some run met, those of several adapters as one."""
    found: dict[str, Explained] = {}
    for run in runs:
        for entry in run.report.known:
            if entry.verdict in (ABSENT, UNTESTED):
                continue
            key = entry.finding or f"{entry.reason}"
            if key not in found:
                number = len(found) + 1
                found[key] = Explained(
                    entry.finding or f"deviation-{number}", entry.finding, entry.reason, ""
                )
            found[key].add(run, entry)
    return sorted(found.values(), key=lambda one: (not one.finding,))


def points(lines: Iterable[Line]) -> list[Point]:
    """The dialect points at which choices differ."""
    lines = [line for line in lines if line.claims]
    found = []
    for name, point in DIALECT_POINTS.items():
        if not any(name in line.departures for line in lines):
            continue
        ops = [line for line in lines if {*point.ops} & {*claimed.operations(line.claims)}]
        chosen = {line.outcome.adapter: line.claims["dialect"].get(name) for line in ops}
        choices = {
            choice: (means, [line for line in ops if chosen[line.outcome.adapter] == choice])
            for choice, means in point.choices.items()
        }
        used = {choice: pair for choice, pair in choices.items() if pair[1]}
        found.append(Point(name, point.question, point.default, used))
    return found


def _left_out(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.outcome.status != RAN]


def _new(lines: Sequence[Line]) -> list[Line]:
    """The adapters that fail a clause in a way that no entry explains."""
    return [line for line in lines if any(c.verdict in FAILING for c in line.failing)]


def _facts(lines: Sequence[Line]) -> dict[str, Any]:
    reports = [line.run.report for line in lines if line.run]
    return {
        "cases": sum(report.cases for report in reports),
        "configurations": sum(line.outcome.configurations for line in lines),
        "libraries": len({line.outcome.row.backend.library for line in lines}),
        "spec": legible(reports[0].head.spec) if reports else "",
        "profiles": sorted({report.head.profile for report in reports}),
        "ran": sum(not line.left_out for line in lines),
    }
