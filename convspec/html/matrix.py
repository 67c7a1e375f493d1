"""Clauses × adapters: columns are runs, rows are clauses, by families of operations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from urllib.parse import quote

from convspec.clause_results import ClauseResult
from convspec.events import (
    ABSENT,
    ACCEPTS_INVALID,
    CHANGED,
    CONFORMS,
    CRASHES,
    DEVIATES,
    ERROR,
    FAILING,
    FIXED,
    KNOWN,
    REJECTS,
    TIMES_OUT,
    UNSUPPORTED,
    UNTESTED,
    VACUOUS,
    VERDICTS,
    KnownChecked,
)
from convspec.report import Report
from convspec.spec.clauses import CLAUSES, Clause
from convspec.spec.operations import VOCABULARY


@dataclass(frozen=True)
class Look:
    """How a verdict is shown: each has a sign of its own, so that no colour is needed."""

    sign: str
    style: str
    one: str
    many: str
    means: str


LOOKS: Mapping[str, Look] = {
    CRASHES: Look("↯", "crash", "crashes", "crash", "the process died in a call"),
    TIMES_OUT: Look("◷", "late", "times out", "time out", "a call did not come back"),
    DEVIATES: Look("✗", "wrong", "deviates", "deviate", "another answer than the clause says"),
    REJECTS: Look("⊘", "wrong", "rejects", "reject", "raises on valid input that it claims"),
    ACCEPTS_INVALID: Look(
        "⊕", "wrong", "accepts invalid", "accept invalid", "answers a call that has no meaning"
    ),
    ERROR: Look("!", "ours", "not judged", "not judged", "the run failed, not the implementation"),
    FIXED: Look("↑", "fixed", "fixed", "fixed", "a known failure is right now: remove its entry"),
    VACUOUS: Look("?", "vacuous", "vacuous", "vacuous", "nothing was really tested"),
    KNOWN: Look("○", "known", "known", "known", "fails as the file of known failures says"),
    CONFORMS: Look("✓", "right", "conforms", "conform", "every case obeyed"),
    UNSUPPORTED: Look("–", "none", "unsupported", "unsupported", "not claimed, so not tested"),
}
"""Verdict → its look, gravest first."""


_ENTRIES: Mapping[str, Look] = {
    CHANGED: Look("✗", "changed", "changed", "changed", "fails in another way than its entry says"),
    ABSENT: Look("·", "none", "absent", "absent", "does not show on this machine or by chance"),
    UNTESTED: Look("–", "none", "untested", "untested", "not claimed, or of an unknown version"),
}
"""What else becomes of entries for known failures."""


def look(verdict: str) -> Look:
    """The look of a verdict; one of a later version looks like an error."""
    if verdict in _ENTRIES:
        return _ENTRIES[verdict]
    return LOOKS.get(verdict) or Look("!", "ours", verdict, verdict, "a verdict of a later version")


def counted(verdicts: Mapping[str, int]) -> list[tuple[Look, int]]:
    """Looks and numbers: what holds first, then what does not; unsupported is always there."""
    between = [v for v in verdicts if v not in (CONFORMS, UNSUPPORTED)]
    between.sort(key=_gravity)
    return [
        (look(v), verdicts.get(v, 0))
        for v in (CONFORMS, *between, UNSUPPORTED)
        if verdicts.get(v) or v in (CONFORMS, UNSUPPORTED)
    ]


def _gravity(verdict: str) -> int:
    return VERDICTS.index(verdict) if verdict in VERDICTS else len(VERDICTS)


@dataclass(frozen=True)
class Column:
    """One run. `key` names it in addresses: ``#key/clause``."""

    key: str
    report: Report

    @property
    def name(self) -> str:
        """What the user called the adapter."""
        return self.report.head.adapter

    def regions(self, slug: str) -> list[KnownChecked]:
        """The entries for known failures that are about a clause."""
        return [
            entry
            for entry in self.report.known
            if any(fnmatchcase(slug, glob) for glob in entry.clause.split(", "))
        ]

    @cached_property
    def slugs(self) -> frozenset[str]:
        """The clauses that the run looked at."""
        return frozenset(clause.slug for clause in self.report.clauses)

    @property
    def outcome(self) -> tuple[str, str]:
        """How the run ended, as a style and in a word."""
        verdicts = {clause.verdict for clause in self.report.clauses}
        match self.report.exit_code:
            case 130:
                return "ours", "interrupted"
            case 1 if verdicts.isdisjoint(FAILING):
                return "fixed", "known failures fixed"
            case 1:
                return "wrong", "deviates"
            case 3:
                return "ours", "not judged"
            case 4:
                return "vacuous", "nothing ran"
        return "right", "conforms"


@dataclass(frozen=True)
class Row:
    """One clause and what came of it in each run, None where it was not looked at."""

    slug: str
    level: str
    statement: str
    clause: Clause | None
    results: tuple[ClauseResult | None, ...]

    @property
    def key(self) -> str:
        """The clause in addresses."""
        return clause_key(self.slug)

    @property
    def name(self) -> str:
        """The slug without its family."""
        return self.slug.partition(".")[2] or self.slug

    @property
    def verdicts(self) -> list[str]:
        """The different verdicts, gravest first."""
        return sorted({r.verdict for r in self.results if r}, key=_gravity)

    def told(self, runs: Sequence[Column]) -> list[tuple[Column, ClauseResult]]:
        """The runs that looked at it, with what they found: those that need a look come first."""
        found = [(run, r) for run, r in zip(runs, self.results, strict=True) if r]
        return sorted(found, key=lambda pair: not pair[1].failing)

    @property
    def remark(self) -> str:
        """What the gravest result says, in a line."""
        told = [r for r in self.results if r and r.remark]
        return min(told, key=lambda r: _gravity(r.verdict)).remark if told else ""

    @property
    def failing(self) -> bool:
        """Whether some run needs a look."""
        return any(r.failing for r in self.results if r)


@dataclass(frozen=True)
class Family:
    """The clauses of one operation. `open`: whether they are shown at first."""

    name: str
    rows: tuple[Row, ...]
    open: bool

    def totals(self, column: int) -> dict[str, int]:
        """How many clauses have which verdict in a run, gravest first."""
        found = Counter(r.verdict for row in self.rows if (r := row.results[column]))
        return {verdict: found[verdict] for verdict in sorted(found, key=_gravity)}

    def noted(self, column: int) -> int:
        """How many clauses neither conform nor are unsupported in a run."""
        plain = (CONFORMS, UNSUPPORTED)
        return sum(n for verdict, n in self.totals(column).items() if verdict not in plain)


FEW = 40
"""Rows up to which all families are open."""


def clause_key(slug: str) -> str:
    """A clause in addresses: no character that ends one, or that parts run and clause."""
    return quote(slug, safe="")


def columns(reports: Sequence[Report]) -> list[Column]:
    """The runs with keys of their own, even if one adapter ran several times."""
    found: dict[str, Column] = {}
    for report in reports:
        plain = quote(report.head.adapter, safe=":") or "unnamed"
        key, number = plain, 1
        while key in found:
            number += 1
            key = f"{plain}~{number}"
        found[key] = Column(key, report)
    return list(found.values())


def families(runs: Sequence[Column]) -> list[Family]:
    """All clauses that some run looked at, in the order of the specification."""
    by_slug = [{clause.slug: clause for clause in run.report.clauses} for run in runs]
    slugs = dict.fromkeys(slug for clauses in by_slug for slug in clauses)
    place = {slug: at for at, slug in enumerate(CLAUSES)}
    family_of = {slug: slug.partition(".")[0] for slug in slugs}
    operations = list(VOCABULARY)
    order = {
        family: (operations.index(family) if family in VOCABULARY else len(operations), at)
        for at, family in enumerate(dict.fromkeys(family_of.values()))
    }
    rows: dict[str, list[Row]] = {}
    for slug in sorted(slugs, key=lambda s: (order[family_of[s]], place.get(s, len(place)), s)):
        results = tuple(clauses.get(slug) for clauses in by_slug)
        some = next(r for r in results if r)
        row = Row(slug, some.level, some.statement, CLAUSES.get(slug), results)
        rows.setdefault(family_of[slug], []).append(row)
    return [
        Family(name, tuple(own), len(slugs) <= FEW or any(row.failing for row in own))
        for name, own in rows.items()
    ]
