"""A matrix on a terminal: a line per row, and what kept the others from running."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from convspec.console import indented
from convspec.events import CONFORMS, ERROR, FAILING, KNOWN, UNSUPPORTED
from convspec.legible import legible

from .outcome import LEFT_OUT, Outcome

STYLES = {"conforms": "green", "known": "green", "deviates": "bold red", "fixed": "bold yellow"}
"""Verdict of a row → its style; all others are yellow."""

LONGEST = 13
"""Characters of a version that are shown."""


def show(out: Console, outcomes: Sequence[Outcome]) -> None:
    """A line per row: version, outcome, clauses by verdict, cases, configurations, time."""
    if not outcomes:
        return
    wide = min(max(len(one.adapter) for one in outcomes), 24)
    columns = f"{'✓':>4}{'○':>4}{'✗':>4}{'–':>4}{'cases':>8}{'config.':>8}{'time':>7}"
    out.print()
    out.print(Text(f"{'':{wide + LONGEST + 2}}{columns}", "dim"), no_wrap=True)
    for one in outcomes:
        _line(out, one, wide)
    out.print(Text("✓ conforms  ○ known failures alone  ✗ fails  – not claimed (clauses)", "dim"))


def _line(out: Console, one: Outcome, wide: int) -> None:
    style = STYLES.get(one.verdict, "yellow")
    version = legible(one.version)
    version = version if len(version) <= LONGEST else f"{version[: LONGEST - 1]}…"
    line = Text(f"{one.adapter:{wide}}", "bold").append(f" {version:{LONGEST}} ", "not bold")
    report = one.report
    if report is not None:
        t = report.totals
        failing = sum(n for verdict, n in t.items() if verdict in (*FAILING, "fixed", ERROR))
        counts = (t.get(CONFORMS, 0), t.get(KNOWN, 0), failing, t.get(UNSUPPORTED, 0))
        numbers = "".join(f"{n:>4}" for n in counts)
        numbers += f"{report.cases:>8,}{one.configurations:>8,}{_clock(one.seconds):>7}"
        line.append(numbers, f"not bold {style}")
        out.print(line, no_wrap=True)
    if report is None or one.verdict not in STYLES:
        said = (
            Text(f"{one.adapter} {version} ".replace("  ", " "), "bold")
            if report is None
            else Text()
        )
        said.append(f"{one.verdict}: {legible(one.why)}".rstrip(": "), f"not bold {style}")
        indented(out, said, 0 if report is None else 4)
    for note in one.notes:
        indented(out, Text(legible(note), "yellow"), 4)


def _clock(seconds: float) -> str:
    """Minutes and seconds, as a clock has them."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def summary(outcomes: Sequence[Outcome]) -> str:
    """How many rows ran, and how many of those deviate."""
    ran = [one for one in outcomes if one.status not in LEFT_OUT]
    cases = sum(one.report.cases for one in ran if one.report)
    configurations = sum(one.configurations for one in ran)
    verdicts = [one.verdict for one in outcomes]
    counts = ", ".join(f"{verdicts.count(word)} {word}" for word in dict.fromkeys(verdicts))
    return (
        f"{len(ran)} of {len(outcomes)} rows ran ({counts}); {cases:,} cases in"
        f" {configurations:,} configurations"
    )
