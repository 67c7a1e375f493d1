"""Two runs compared: what changed for the better, what for the worse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from convspec.clause_results import ClauseResult
from convspec.events import (
    CONFORMS,
    CRASHES,
    ERROR,
    FAILING,
    FIXED,
    KNOWN,
    TIMES_OUT,
    UNSUPPORTED,
    VACUOUS,
    Failure,
)
from convspec.report import Report

from .evidence import open_findings, short

WORSE, BETTER, OTHER = "worse", "better", "other"

SCHEMA = 1
"""Version of the document that `document` returns."""

_GRADES = {CONFORMS: 0, FIXED: 1, KNOWN: 2, UNSUPPORTED: 3, VACUOUS: 3, ERROR: 4}


def _grade(verdict: str) -> int:
    """How far a verdict is from "conforms"."""
    return _GRADES.get(verdict, 6 if verdict in (CRASHES, TIMES_OUT) else 5)


@dataclass(frozen=True)
class Change:
    """One difference. `way`: worse, better or other. `subject`: a clause, an entry, or what it
    is that changed; `what` says how; `case` is a line that shows it, if there is one."""

    way: str
    subject: str
    what: str
    case: str = ""


@dataclass(frozen=True)
class Difference:
    """Two runs of an adapter, or of two, and what changed from the one to the other.

    `notes`: what makes the two less comparable, such as another profile.
    """

    old: Report
    new: Report
    changes: tuple[Change, ...]
    notes: tuple[str, ...]

    @property
    def worse(self) -> bool:
        """Whether anything got worse."""
        return any(change.way == WORSE for change in self.changes)

    def of(self, way: str) -> list[Change]:
        """The changes for the worse, or the better, or those that are neither."""
        return [change for change in self.changes if change.way == way]


def pairs(old: Sequence[Report], new: Sequence[Report]) -> tuple[list[Difference], list[str]]:
    """The runs of one adapter on both sides, compared; and a line on each that stands alone.

    A single run on either side is compared with the other whatever their adapters are.
    """
    if len(old) == len(new) == 1:
        return [difference(old[0], new[0])], []
    before = {report.head.adapter: report for report in old}
    after = {report.head.adapter: report for report in new}
    alone = [f"{name}: not in the old runs" for name in after if name not in before]
    alone += [f"{name}: not in the new runs" for name in before if name not in after]
    both = [name for name in after if name in before]
    return [difference(before[name], after[name]) for name in both], alone


def difference(old: Report, new: Report) -> Difference:
    """What changed from one run to another."""
    before = {clause.slug: clause for clause in old.clauses}
    after = {clause.slug: clause for clause in new.clauses}
    changes: list[Change] = []
    for clause in new.clauses:
        was = before.get(clause.slug)
        changes += _clause(was, clause) if was else _added(clause)
    changes += _gone([clause for slug, clause in before.items() if slug not in after], new)
    changes += _entries(old, new)
    changes += _fingerprints(old, new)
    changes += _cases(old, new)
    order = {WORSE: 0, BETTER: 1, OTHER: 2}
    changes.sort(key=lambda change: order[change.way])
    return Difference(old, new, tuple(changes), tuple(_notes(old, new)))


def _clause(old: ClauseResult, new: ClauseResult) -> list[Change]:
    changes = []
    first = None
    if old.verdict != new.verdict:
        graver = [f for f in open_findings(new) if f.failure.verdict == new.verdict]
        first = next(iter(graver if new.failing else ()), None)
        what = f"{old.verdict} → {new.verdict}"
        case = first.failure.case if first else ""
        said = f"{what}: {short(first.failure.message)}" if first else what
        changes.append(Change(_way(old.verdict, new.verdict), new.slug, said, case))
        if not (old.failing and new.failing):
            return changes
    before, after = _failures(old), _failures(new)
    for key, failure in after.items():
        if first is not None and failure is first.failure:
            continue  # it has been told with the verdict
        if key not in before:
            said = f"new failure ({_key(key)}): {short(failure.message)}"
            changes.append(Change(WORSE, new.slug, said, failure.case))
        elif failure.case != before[key].case:
            said = f"another smallest case ({_key(key)})"
            changes.append(Change(OTHER, new.slug, said, failure.case))
    for key, failure in before.items():
        if key not in after:
            said = f"failure gone ({_key(key)}): {short(failure.message)}"
            changes.append(Change(BETTER, new.slug, said, failure.case))
    if not changes and old.cases != new.cases and not new.tested:
        changes.append(Change(OTHER, new.slug, f"cases: {old.cases:,} → {new.cases:,}"))
    return changes


def _way(old: str, new: str) -> str:
    """Excusing a failure, or no longer claiming or reaching it, does not make it better."""
    if old in (*FAILING, ERROR) and new in (KNOWN, UNSUPPORTED, VACUOUS):
        return OTHER
    before, after = _grade(old), _grade(new)
    return WORSE if after > before else BETTER if after < before else OTHER


def _failures(clause: ClauseResult) -> dict[tuple[str, str, str], Failure]:
    """The smallest failure of each kind and operation."""
    return {(f.op, f.failure.verdict, f.failure.kind): f.failure for f in clause.findings}


def _key(key: tuple[str, str, str]) -> str:
    op, verdict, kind = key
    return f"{op}, {kind}" + (f", {verdict}" if verdict in (KNOWN, CRASHES, TIMES_OUT) else "")


def _added(clause: ClauseResult) -> list[Change]:
    if not clause.failing:
        return [Change(OTHER, clause.slug, f"not in the old run: {clause.verdict}")]
    case = clause.findings[0].failure.case if clause.findings else ""
    what = f"not in the old run, and {clause.verdict}: {short(clause.remark)}"
    return [Change(WORSE, clause.slug, what, case)]


def _gone(clauses: Sequence[ClauseResult], new: Report) -> list[Change]:
    why = "not reached in the new run" if new.interrupted else "not in the new run"
    return [Change(OTHER, clause.slug, f"{why}; was: {clause.verdict}") for clause in clauses]


def _entries(old: Report, new: Report) -> list[Change]:
    before = {(entry.entry, entry.clause): entry for entry in old.known}
    after = {(entry.entry, entry.clause): entry for entry in new.known}
    changes = []
    for key, entry in after.items():
        was = before.get(key)
        name = f"known {entry.entry}"
        if was is None:
            what = f"newly excused: {entry.clause} where {entry.predicate} ({entry.excused:.2%})"
            changes.append(Change(OTHER, name, what, entry.witness))
        elif was.verdict != entry.verdict:
            way = BETTER if entry.verdict == FIXED else WORSE
            changes.append(
                Change(way, name, f"witness {was.verdict} → {entry.verdict}", entry.witness)
            )
        elif (was.predicate, was.excused) != (entry.predicate, entry.excused):
            what = f"excuses {entry.excused:.2%} of {entry.clause}, was {was.excused:.2%}"
            changes.append(Change(OTHER, name, what))
    for key, was in before.items():
        if key not in after:
            what = f"no longer excused: {was.clause} where {was.predicate}"
            changes.append(Change(OTHER, f"known {was.entry}", what))
    return changes


def _fingerprints(old: Report, new: Report) -> list[Change]:
    before = {(f.op, f.dtype): f.text for f in old.fingerprints}
    after = {(f.op, f.dtype): f.text for f in new.fingerprints}
    return [
        Change(OTHER, f"precision {op} {dtype}", f"{before[op, dtype]} → {text}")
        for (op, dtype), text in after.items()
        if before.get((op, dtype), text) != text
    ]


def _cases(old: Report, new: Report) -> list[Change]:
    if old.tested == new.tested:
        return []
    return [Change(OTHER, "cases", f"{old.tested:,} → {new.tested:,}")]


def _notes(old: Report, new: Report) -> list[str]:
    notes = []
    for name in ("adapter", "version", "convspec", "spec", "profile", "seed"):
        here, there = getattr(old.head, name), getattr(new.head, name)
        if here != there:
            notes.append(f"{name}: {here} → {there}")
    if old.head.asked != new.head.asked and old.head.adapter == new.head.adapter:
        notes.append("the two runs were not asked for the same operations and clauses")
    if old.head.claims != new.head.claims:
        notes.append("the claims differ")
    notes += [
        f"the {name} run was cut short"
        for name, report in (("old", old), ("new", new))
        if report.interrupted
    ]
    return notes


def document(found: Sequence[Difference], alone: Sequence[str]) -> dict[str, Any]:
    """A JSON-ready document of all that changed."""
    return {
        "schema": SCHEMA,
        "worse": any(one.worse for one in found),
        "runs": [
            {
                "old": _head(one.old),
                "new": _head(one.new),
                "notes": list(one.notes),
                **{way: [_change(c) for c in one.of(way)] for way in (WORSE, BETTER, OTHER)},
            }
            for one in found
        ],
        "alone": list(alone),
    }


def _head(report: Report) -> Mapping[str, Any]:
    head = report.head
    return {
        "adapter": head.adapter, "version": head.version, "convspec": head.convspec,
        "spec": head.spec, "profile": head.profile, "seed": head.seed, "verdicts": report.totals,
        "cases": report.cases, "tested": report.tested,
    }  # fmt: skip


def _change(change: Change) -> Mapping[str, str]:
    return {"subject": change.subject, "what": change.what, "case": change.case}
