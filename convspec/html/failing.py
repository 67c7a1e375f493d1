"""A failure as the page tells it: in full as long as there is room, then in brief."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from convspec.clause_results import Finding, one_line
from convspec.diagnosis.words import UNASKED, Worded, worded
from convspec.events import KNOWN, Explained
from convspec.failures import replay_line
from convspec.law import Law, all_laws
from convspec.reports.evidence import adapter_of
from convspec.scripts.naming import pytest_id

from .matrix import Column
from .picture import Picture, picture

DETAILS = 6_000
"""Characters of what an implementation raised, the last ones."""

SCRIPT = 20_000
"""Characters up to which a script is shown."""

MESSAGE = 1_500
"""Characters of a message, the first ones."""

ALSO = 12
"""Clauses named that the same case breaks too."""


@dataclass(frozen=True)
class Told:
    """One failure with everything that is known of it. `also`: what the same case breaks too."""

    run: Column
    slug: str
    finding: Finding
    explained: Explained | None
    also: tuple[str, ...]

    @property
    def message(self) -> str:
        """In one line what was wrong."""
        return shortened(one_line(self.finding.failure.message), MESSAGE)

    @property
    def replay(self) -> str:
        """The command that runs the case again."""
        return replay_line(adapter_of(self.run.report), self.finding.failure.case)

    @property
    def pytest(self) -> str | None:
        """The command that runs the law's item in pytest; None for a law of another version."""
        finding, head = self.finding, self.run.report.head
        item = pytest_id(finding.law, finding.op, finding.rank)
        if item is None:
            return None
        words = ["pytest", "--pyargs", item, "--adapter", adapter_of(self.run.report)]
        if head.profile not in ("quick", "replay"):
            words += ["--convspec-profile", head.profile]
        if head.seed:
            words += ["--convspec-seed", str(head.seed)]
        return shlex.join(words)

    @property
    def picture(self) -> Picture | None:
        """The failing window."""
        return picture(self.finding.failure)

    @property
    def details(self) -> str:
        """The end of what an implementation raised, or of the stack of a crash."""
        text = (self.finding.failure.details or "").rstrip()
        return text if len(text) <= DETAILS else f"… {text[-DETAILS:].partition(chr(10))[2]}"

    @property
    def condition(self) -> Worded | None:
        """When it fails; None if that is not known."""
        found = self.explained.condition if self.explained else None
        return worded(found) if found else None

    @property
    def unasked(self) -> str:
        """That nobody looked for a condition, if so."""
        return UNASKED if self.explained and self.explained.unasked else ""

    @property
    def known(self) -> bool:
        """Whether an entry for known failures excuses it."""
        return self.finding.failure.verdict == KNOWN

    @property
    def script(self) -> str:
        """A program that shows the failure without us, if it is not too long."""
        text = (self.explained.script if self.explained else None) or ""
        return text if len(text) <= SCRIPT else ""


def shortened(text: str, most: int) -> str:
    """The text, cut where it is longer than that."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


@cache
def laws() -> Mapping[str, Law]:
    """The laws of this version by name."""
    return all_laws()


def told(runs: Sequence[Column]) -> Iterator[tuple[str, str, Told]]:
    """Every failure with the key of its run and the slug of its clause, most telling first.

    All runs take turns; each begins with the first failure of every clause, most basic first.
    """
    queues = [_queue(run) for run in runs]
    for at in range(max(map(len, queues), default=0)):
        for run, queue in zip(runs, queues, strict=True):
            if at < len(queue):
                yield run.key, queue[at].slug, queue[at]


def _queue(run: Column) -> list[Told]:
    report = run.report
    explained = {(e.law, e.op, e.case): e for e in report.explained}
    breaks: dict[str, list[str]] = {}
    for clause in report.clauses:
        for finding in clause.findings:
            breaks.setdefault(finding.failure.case, []).append(clause.slug)
    firsts: list[Told] = []
    others: list[Told] = []
    for clause in report.clauses:
        for at, finding in enumerate(clause.findings):
            case = finding.failure.case
            also = tuple(s for s in dict.fromkeys(breaks[case]) if s != clause.slug)
            known = explained.get((finding.law, finding.op, case))
            (others if at else firsts).append(Told(run, clause.slug, finding, known, also))
    return firsts + others
