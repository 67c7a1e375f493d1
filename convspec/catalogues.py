"""What ``convspec list`` shows: clauses, laws, claims, adapters, planted faults, dialect points."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from . import claimed
from .console import indented
from .legible import legible

if TYPE_CHECKING:
    from .adapters.opening import AdapterInfo

Entry = dict[str, Any]


def entries(what: str) -> list[Entry]:
    """The entries of a catalogue, each with its identifying word first and `text` for people."""
    match what:
        case "clauses":
            return _clauses()
        case "laws":
            return _laws()
        case "claims":
            return _claims()
        case "adapters":
            return _adapters()
        case "mutants":
            return _mutants()
        case "dialects":
            return _dialects()
    raise ValueError(f"no catalogue {what!r}")


def as_document(found: Sequence[Entry]) -> str:
    """The entries as JSON."""
    shown = [{key: value for key, value in entry.items() if key != "text"} for entry in found]
    return json.dumps(shown, indent=1, ensure_ascii=False, default=_plain)


def as_table(out: Console, found: Sequence[Entry]) -> None:
    """The entries for people: a head line each, and the text below it."""
    for entry in found:
        head, text = next(iter(entry.values())), entry["text"]
        out.print(Text.assemble((str(head), "bold"), f"  {text[0]}".rstrip()), soft_wrap=True)
        for line in text[1:]:
            if line:  # what is set further in stays so where it wraps
                inner = line.lstrip()
                indented(out, Text(inner, "dim"), 2 + len(line) - len(inner))
    if not found:
        out.print("none")


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, (tuple, set, frozenset)) else str(value)


def _clauses() -> list[Entry]:
    from .spec.clauses import CLAUSES

    return [
        {
            "slug": clause.slug, "level": clause.level, "statement": clause.statement,
            "formula": clause.formula, "sources": clause.sources, "since": clause.since,
            "note": clause.note, "unlawful": clause.unlawful,
            "examples": [asdict(example) for example in clause.examples],
            "text": [clause.level, clause.statement, clause.formula],
        }
        for clause in CLAUSES.values()
    ]  # fmt: skip


def _laws() -> list[Entry]:
    from .engine import list_laws

    return [
        {
            "name": law.name, "ops": law.ops, "clauses": law.clauses, "statement": law.statement,
            "text": ["", law.statement, f"clauses: {', '.join(law.clauses)}"],
        }
        for law in list_laws()
    ]  # fmt: skip


def _claims() -> list[Entry]:
    from .claim_table import by_point, rows

    return [
        {
            "id": row.claim.id, "statement": row.claim.statement,
            "documents": row.claim.documents, "verdict": row.claim.verdict,
            "note": row.claim.note, "clauses": [clause.slug for clause in row.clauses],
            "laws": row.laws, "derived": [clause.slug for clause in row.derived],
            "complete": row.complete,
            "text": [
                f"{row.claim.verdict} ({', '.join(row.claim.documents)})",
                row.claim.statement,
                f"note: {row.claim.note}" if row.claim.note else "",
                f"clauses: {'; '.join(by_point(row.clauses)) or 'none'}",
                f"laws: {', '.join(row.laws) or 'none, the count is checked by itself'}",
            ],
        }
        for row in rows()
    ]  # fmt: skip


def _adapters() -> list[Entry]:
    from .adapters.opening import known_adapters

    return [
        {
            "name": adapter.name, "installed": adapter.installed, "state": adapter.state,
            "version": adapter.version, "problem": adapter.problem, "what": adapter.what,
            "claims": claimed.document(adapter.claims) if adapter.claims else None,
            "claims_unknown": adapter.unknown, "environments": adapter.environments,
            "install": adapter.install, "text": _adapter_lines(adapter),
        }
        for adapter in known_adapters()
    ]  # fmt: skip


def _adapter_lines(adapter: AdapterInfo) -> list[str]:
    version, problem = legible(adapter.version), legible(adapter.problem)
    head = version if adapter.installed else f"{adapter.state} {version}".rstrip()
    claims = claimed.lines(adapter.claims.to_json()) if adapter.claims else []
    places = sorted(set(adapter.environments.values()))
    rows = ", ".join(adapter.environments)
    return [
        f"{head} ({problem})" if problem else head,
        adapter.what,
        f"claims {claims[0]}" if claims else "",
        *(f"  {line}" for line in claims[1:]),
        f"claims cannot be read: {legible(adapter.unknown)}" if adapter.unknown else "",
        f"matrix: {rows} in environment {', '.join(places)}" if rows else "",
        "" if adapter.installed else f"to install: {adapter.install}",
        f"or run in an environment of its own: convspec matrix {adapter.name}"
        if rows and not adapter.installed
        else "",
    ]


def _mutants() -> list[Entry]:
    from .adapters.mutants import MUTANTS

    return [
        {
            "name": mutant.name, "op": mutant.op, "cause": mutant.cause, "law": mutant.law,
            "about": mutant.about,
            "text": [f"{mutant.op}, {mutant.cause}", mutant.about],
        }
        for mutant in MUTANTS.values()
    ]  # fmt: skip


def _dialects() -> list[Entry]:
    from .declared import chosen
    from .differences import chosen_lines
    from .spec.dialects import DIALECT_POINTS

    return [
        {
            "name": point.name, "question": point.question, "held": point.held, "ops": point.ops,
            "choices": dict(point.choices), "default": point.default,
            "chosen": [asdict(seen) for seen in chosen(point)],
            "probes": [asdict(probe) for probe in point.probes],
            "text": [
                "" if point.held else "(front end)",
                point.question,
                *(f"  {line}" for line in chosen_lines(point)),
            ],
        }
        for point in DIALECT_POINTS.values()
    ]  # fmt: skip
