"""Several runs side by side: clauses down, adapters across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from convspec.events import CONFORMS, UNSUPPORTED
from convspec.report import Report


@dataclass(frozen=True)
class Row:
    """One clause: its verdict in each run, None where the run did not reach it."""

    slug: str
    verdicts: tuple[str | None, ...]

    @property
    def calm(self) -> bool:
        """Whether every run conforms that reached it and claims it."""
        return all(verdict in (None, CONFORMS, UNSUPPORTED) for verdict in self.verdicts)


def matrix(reports: Sequence[Report]) -> list[Row]:
    """A row for every clause that any of the runs has, in the order of the specification."""
    order: list[str] = []
    for report in reports:
        place = 0
        for clause in report.clauses:
            # What only a later run has stands behind what it stands behind there.
            if clause.slug in order:
                place = order.index(clause.slug) + 1
            else:
                order.insert(place, clause.slug)
                place += 1
    found = [{clause.slug: clause.verdict for clause in report.clauses} for report in reports]
    return [Row(slug, tuple(verdicts.get(slug) for verdicts in found)) for slug in order]
