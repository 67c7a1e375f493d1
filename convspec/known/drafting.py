"""First drafts of entries for what fails now: one for each cause, as far as causes can be told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath

from packaging.version import InvalidVersion, Version

from convspec.clause_results import Finding, one_line
from convspec.events import RunStarted
from convspec.predicates import Predicate, PredicateError
from convspec.profiles import ONE_RANK
from convspec.report import Report
from convspec.spec.case import Case

from .guess import guess

MANY = 6
"""Clauses of one family that are named one by one; of more, the family is."""


@dataclass
class Draft:
    """An entry to be: failures of one operation and verdict in one region."""

    op: str
    verdict: str
    kind: str
    when: Predicate
    witness: Case
    message: str
    repeats: bool
    clauses: list[str] = field(default_factory=list)

    def takes(self, finding: Finding, case: Case) -> bool:
        """Whether a failure looks like one of these."""
        failure = finding.failure
        return (finding.op, failure.verdict, failure.kind) == (
            self.op, self.verdict, self.kind
        ) and self.when.holds(case)  # fmt: skip

    def text(self, head: RunStarted) -> str:
        """The entry in TOML."""
        clauses = self.clauses
        if len(clauses) > MANY:
            clauses = list(dict.fromkeys(f"{slug.partition('.')[0]}.*" for slug in clauses))
        versions = _versions(head.version)
        lines = [
            "[[known]]",
            f"adapter = {_quoted(_glob(head.adapter))}",
            *([f"versions = {_quoted(versions)}"] if versions else []),
            f"clause = {_list(clauses)}",
            f"verdict = {_quoted(self.verdict)}",
            f"when = '{self.when}'",
            f"witness = {_quoted(self.witness.line)}",
            f"reason = {_quoted(f'draft: {one_line(self.message)}')}",
            *([] if self.repeats else ["sometimes = true"]),
        ]
        return "\n".join(lines) + "\n"


def drafts(report: Report) -> list[str]:
    """An entry in TOML for each group of new failures, in the order of the specification.

    Failures whose condition was found lie in the region that it gives; of the others the smallest
    case alone is known (see `guess`). A failure without a case, of a process that died before it
    said which, has no entry.
    """
    made: list[Draft] = []
    found = sorted(_findings(report), key=lambda entry: (not entry[3], len(str(entry[2]))))
    place = {clause.slug: i for i, clause in enumerate(report.clauses)}
    for slug, finding, when, _ in found:
        case = Case.parse(finding.failure.case)
        draft = next((draft for draft in made if draft.takes(finding, case)), None)
        if draft is None:
            failure = finding.failure
            draft = Draft(
                finding.op, failure.verdict, failure.kind, when, case, failure.message,
                failure.repeats,
            )  # fmt: skip
            made.append(draft)
        if slug not in draft.clauses:
            draft.clauses.append(slug)
    for draft in made:
        draft.clauses.sort(key=place.__getitem__)
    made.sort(key=lambda draft: place[draft.clauses[0]])
    return [draft.text(report.head) for draft in made]


def _findings(report: Report) -> Iterator[tuple[str, Finding, Predicate, bool]]:
    """Each failure with its clause, a region, and whether that is more than a guess."""
    for clause in report.clauses:
        for finding in clause.findings:
            if not finding.failure.case:
                continue
            case = Case.parse(finding.failure.case)
            when = _rule(report, finding, case)
            claimed = dict(report.head.claims.get("ops", {}).get(finding.op, {}))
            if report.head.profile in ONE_RANK:
                claimed["ranks"] = [case.rank]  # others were not looked at
            yield clause.slug, finding, when or guess(case, claimed), when is not None


def _rule(report: Report, finding: Finding, case: Case) -> Predicate | None:
    """The condition under which it fails, if one was found and can be read."""
    explained = report.explanation(finding)
    if explained is None or explained.condition is None:
        return None
    try:
        when = Predicate.parse(str(explained.condition.get("rule", "")))
    except PredicateError:
        return None
    return when if when.holds(case) else None


def _versions(version: str) -> str:
    try:
        return f"=={Version(version).public}"
    except InvalidVersion:
        return ""


def _glob(adapter: str) -> str:
    """An adapter's name as a glob that matches it; a file is known by its own name."""
    name = PurePath(adapter).name if ".py" in adapter else adapter
    return re.sub(r"([\[?*])", r"[\1]", name)


def _list(words: list[str]) -> str:
    if len(words) == 1:
        return _quoted(words[0])
    return "[" + ", ".join(map(_quoted, words)) + "]"


def _quoted(text: str) -> str:
    """A basic string of TOML, which escapes what JSON does, and one character more."""
    whole = text.encode("utf-8", "replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")
