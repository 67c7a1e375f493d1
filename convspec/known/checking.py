"""The stage of a run that puts the witness of every known failure to the test once more."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import TYPE_CHECKING

from convspec.events import (
    ABSENT,
    CHANGED,
    ERROR,
    FIXED,
    KNOWN,
    UNTESTED,
    Event,
    Failure,
    KnownChecked,
    LawFinished,
)  # fmt: skip
from convspec.law import Law
from convspec.plan import wanted
from convspec.verdicts import Mismatch

from .entry import Entry, Regions
from .reading import known_of
from .share import Shares
from .witness import laws_about

if TYPE_CHECKING:
    from convspec.afterwards import Run

ATTEMPTS = 3
"""Times a witness has to pass before its failure counts as fixed: chance may play a part."""


def check_known(done: Run) -> Iterator[Event]:
    """Check every entry that is about the implementation and the clauses asked for."""
    if not done.known or done.case is not None:
        return
    adapter = done.bench.adapter
    choice = known_of(done.known, adapter.name, adapter.version)
    shares = Shares(done.laws, adapter.claims)
    counts: dict[str, int] = {}
    for event in done.events:
        for name, count in event.excused.items() if isinstance(event, LawFinished) else ():
            counts[name] = counts.get(name, 0) + count
    for entry in choice.regions.entries:
        if _asked_for(entry, done):
            yield from _checked(entry, done, choice.regions, shares, counts.get(entry.name, 0))
    for entry in choice.unsure:
        if _asked_for(entry, done):
            note = f"not applied: it is for {entry.versions}, and no version is known"
            yield _event(entry, UNTESTED, note=note)


def _asked_for(entry: Entry, done: Run) -> bool:
    return any(
        entry.covers(law.slug(op)) and wanted(law, op, done.ops, done.clauses)
        for law in done.laws.values()
        for op in law.ops
        if op == entry.witness.op.name
    )


def _checked(
    entry: Entry, done: Run, regions: Regions, shares: Shares, excused: int
) -> Iterator[Event]:
    claims, case = done.bench.adapter.claims, entry.witness
    laws = laws_about(case, entry.clauses, done.laws, claims)
    claimed = claims.ops.get(case.op.name)
    outside = claimed is None or not (
        all(law.defective for law in laws)
        or (
            claimed.include(case.op, [t for t in case.tensors if t.name != "g"])
            and all(t.layout in claimed.layouts for t in case.tensors if t.name != "g")
        )
    )
    if outside or not laws:
        note = f"{done.bench.adapter.name} does not claim what the witness asks for"
        yield _event(entry, UNTESTED, note=note)
        return
    share = shares.of(entry)
    other: tuple[Law, Mismatch] | None = None
    for _ in range(ATTEMPTS):
        for law in laws:
            try:
                mismatch = done.bench.broken(law, case)
            except Exception as error:
                note = "".join(traceback.format_exception(error))
                yield _law_event(law, entry, ERROR, note=note)
                continue
            if mismatch is None:
                continue
            if mismatch.verdict in entry.verdicts:
                yield _event(entry, KNOWN, share, excused)
                return
            around = regions.around(regions.of(law.slug(case.op.name)), law.asked(case, claims))
            if not any(mismatch.verdict in one.verdicts for one in around):
                other = other or (law, mismatch)
    if other is not None:
        law, mismatch = other
        failure = Failure(
            kind=mismatch.kind, verdict=mismatch.verdict, case=case.line, cells=case.cells,
            message=f"{mismatch.message} (the witness of {entry.name})", worst=mismatch.worst,
            details=mismatch.details,
        )  # fmt: skip
        yield _law_event(law, entry, mismatch.verdict, (failure,))
        note = f"its witness fails in a way that is not excused: {mismatch.verdict}"
        yield _event(entry, CHANGED, share, excused, note)
        return
    if entry.sometimes:
        yield _event(entry, ABSENT, share, excused, "its witness passes, here and now")
        return
    note = f"{entry.name}: its witness passes: remove the entry"
    if excused:
        note = f"{entry.name}: its witness passes, and {excused} cases fail: find another witness"
    of_clause = {law.slug(case.op.name): law for law in reversed(laws)}
    for law in reversed(of_clause.values()):
        yield _law_event(law, entry, FIXED, note=note)
    yield _event(entry, FIXED, share, excused, note)


def _law_event(
    law: Law,
    entry: Entry,
    verdict: str,
    failures: tuple[Failure, ...] = (),
    note: str | None = None,
) -> LawFinished:
    op, rank = entry.witness.op.name, entry.witness.rank
    return LawFinished(
        law.name, law.slug(op), op, rank, verdict, cases=1, failures=failures, note=note
    )  # fmt: skip


def _event(
    entry: Entry, verdict: str, share: float = 0.0, cases: int = 0, note: str = ""
) -> KnownChecked:
    return KnownChecked(
        entry=entry.name, clause=entry.clause, predicate=str(entry.when),
        witness=entry.witness.line, reason=entry.reason, link=entry.link, verdict=verdict,
        excused=share, cases=cases, note=note, finding=entry.finding, upstream=entry.upstream,
        confirmed=entry.confirmed, tried=entry.tried,
    )  # fmt: skip
