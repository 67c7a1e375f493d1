"""A report as a JSON document, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import events
from .clause_results import ClauseResult, Described, Finding
from .events import VERDICTS, Covered, Event, Explained, Fingerprint, KnownChecked, RunStarted
from .report import Report
from .strict_json import strict

SCHEMA = 2
"""Version of the document."""

KINDS = {
    "explained": Explained, "known": KnownChecked, "fingerprints": Fingerprint, "covered": Covered,
}  # fmt: skip
"""The lists of a document that hold events, as they came."""


def document(report: Report) -> dict[str, Any]:
    """The report as a strict JSON document: see `Report.to_json`."""
    head = report.head
    return {
        "schema": SCHEMA,
        "convspec": head.convspec,
        "spec": head.spec,
        "adapter": {"name": head.adapter, "version": head.version, "claims": strict(head.claims)},
        "dialect": {
            "declared": strict(head.claims.get("dialect", {})),
            "observed": strict(head.observed),
        },
        "profile": head.profile,
        "seed": head.seed,
        "asked": strict(head.asked),
        "laws": head.laws,
        "interrupted": report.interrupted,
        "exit_code": report.exit_code,
        "clauses": {clause.slug: _clause_json(clause) for clause in report.clauses},
        **{name: [_event_json(event) for event in getattr(report, name)] for name in KINDS},
        "totals": {
            "clauses": len(report.clauses), "verdicts": report.totals, "cases": report.cases,
            "tested": report.tested, "configurations": sum(report.configurations.values()),
        },
        "configurations": report.configurations,
        "timing": {
            "seconds": round(report.seconds, 3),
            "cases_per_second": round(report.cases_per_second, 1),
            "laws": {law: round(s, 3) for law, s in report.seconds_by_law.items()},
            "clauses": {clause.slug: round(clause.seconds, 3) for clause in report.clauses},
        },
    }  # fmt: skip


def _clause_json(clause: ClauseResult) -> dict[str, Any]:
    return {
        "level": clause.level,
        "verdict": clause.verdict,
        "cases": clause.cases,
        "tested": clause.tested,
        "excused": clause.excused,
        "laws": list(clause.laws),
        "notes": list(clause.notes),
        "failures": [_failure_json(finding) for finding in clause.findings],
    }


def _failure_json(finding: Finding) -> dict[str, Any]:
    where = {"op": finding.op, "law": finding.law, "rank": finding.rank}
    found = strict(finding.failure)
    first = {key: found.pop(key) for key in ("case", "kind", "verdict", "message")}
    return {**first, **where, **found}


def _event_json(event: Event) -> dict[str, Any]:
    made = events.to_json(event)
    del made["schema"]
    return made


def report_of(found: Mapping[str, Any], catalogue: Mapping[str, Described]) -> Report:
    """The report that a document was made of: see `Report.from_json`. Raises ValueError."""
    if not isinstance(found, Mapping) or not {"schema", "clauses"} <= set(found):
        raise ValueError("not a report of convspec check")
    if found["schema"] != SCHEMA:
        raise ValueError(f"report schema {found['schema']!r}: this version reads {SCHEMA}")
    try:
        return _report(found, catalogue)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"damaged report: {type(error).__name__} {error}") from None


def _report(found: Mapping[str, Any], catalogue: Mapping[str, Described]) -> Report:
    adapter, timing = found["adapter"], found["timing"]
    head = RunStarted(
        adapter["name"], adapter["version"], adapter["claims"], found["profile"], found["seed"],
        found["convspec"], found["spec"], found["laws"], found["dialect"]["observed"],
        found["asked"],
    )  # fmt: skip
    events.sound(head)
    clauses = tuple(
        _clause(slug, body, timing["clauses"][slug], catalogue.get(slug))
        for slug, body in found["clauses"].items()
    )
    later: dict[str, Any] = {}
    for name, kind in KINDS.items():
        read = tuple(events.from_json({"schema": events.SCHEMA, **e}) for e in found[name])
        if not all(isinstance(event, kind) for event in read):
            raise ValueError(f"damaged report: {name} holds something else")
        later[name] = read
    return Report(head, clauses, timing["seconds"], found["interrupted"], timing["laws"], **later)


def _clause(
    slug: str, body: Mapping[str, Any], seconds: float, known: Described | None
) -> ClauseResult:
    if body["verdict"] not in VERDICTS:
        raise ValueError(f"unknown verdict {body['verdict']!r}")
    return ClauseResult(
        slug, body["level"], known.statement if known else "", body["verdict"], body["cases"],
        seconds, tuple(body["laws"]), tuple(map(_finding, body["failures"])), tuple(body["notes"]),
        body["cases"] - body["tested"], body["excused"],
    )  # fmt: skip


def _finding(body: Mapping[str, Any]) -> Finding:
    failure = {key: value for key, value in body.items() if key not in ("op", "law", "rank")}
    return Finding(body["law"], body["op"], body["rank"], events.failure_from_json(failure))
