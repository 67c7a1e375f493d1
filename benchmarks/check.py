"""Where the time of ``convspec check numpy --profile quick`` goes, from the events of one run."""

from __future__ import annotations

import os
import time
from collections import defaultdict

from measure import met, say, show

ADAPTER, PROFILE = "numpy", "quick"


def main() -> None:
    """Print totals, and laws and operations by the time they took."""
    from convspec.engine import run
    from convspec.events import LawFinished

    jobs = os.cpu_count() or 1
    began = time.perf_counter()
    events = run(ADAPTER, profile=PROFILE, jobs=jobs)
    elapsed = time.perf_counter() - began
    items = [event for event in events if isinstance(event, LawFinished) and event.cases]
    cases = sum(item.cases for item in items)
    busy = sum(item.seconds for item in items)
    show(
        f"convspec check {ADAPTER} --profile {PROFILE}, {jobs} processes",
        ("", "value", "target"),
        [
            ("seconds on the wall", elapsed, met(elapsed, 60) if PROFILE == "quick" else None),
            ("cases", cases, met(cases, 20_000, most=False) if PROFILE == "quick" else None),
            ("cases per second", cases / elapsed, None),
            ("cases per second in a law", cases / busy, None),
            # The rest is start-up, collection, and processes that wait for the last item.
            ("processes busy with laws", f"{busy / elapsed / jobs:.0%}", None),
            ("items that do not conform", sum(i.verdict != "conforms" for i in items), None),
        ],
    )
    for title, name in (("law", "law"), ("operation", "op"), ("spatial axes", "rank")):
        groups: dict[str, list[LawFinished]] = defaultdict(list)
        for item in items:
            groups[str(getattr(item, name))].append(item)
        rows = []
        for group, members in groups.items():
            seconds, count = sum(i.seconds for i in members), sum(i.cases for i in members)
            rows.append((group, len(members), count, seconds, seconds / busy, count / seconds))
        rows.sort(key=lambda row: -row[4])
        show(
            f"By {title}",
            (title, "items", "cases", "seconds", "share", "cases per second"),
            [(*row[:4], f"{row[4]:.1%}", row[5]) for row in rows],
        )
    slowest = max(items, key=lambda item: item.seconds)
    say(
        f"The longest item, {slowest.law} of {slowest.op} in {slowest.rank}-d, took "
        f"{slowest.seconds:.1f} s: no number of processes makes the run shorter than that."
    )
