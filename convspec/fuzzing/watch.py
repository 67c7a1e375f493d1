"""What is seen of a fuzzing run while it goes on, and what is said at its end."""

from __future__ import annotations

import time
from typing import TextIO

from rich.console import Console
from rich.progress import TimeElapsedColumn
from rich.text import Text

from convspec.console import copyable, indented
from convspec.events import Event
from convspec.progress import Meter

from .run import Tally

SHOWN = 10
"""Files that are named at the end, at most."""


class FuzzWatch(Meter):
    """Shows how many cases were checked and how long it will go on. A context manager."""

    def __init__(self, adapter: str, span: float, *, stream: TextIO | None = None) -> None:
        """`span`: seconds that cases are drawn for. `stream`: where to, by default stderr."""
        super().__init__(adapter, TimeElapsedColumn(), stream=stream, counts="opening")
        self.tally = Tally()
        self._adapter = adapter
        self._span = span
        self._began: float | None = None

    def __call__(self, event: Event) -> None:
        """Nothing: `tick` tells of the cases, which come by the thousand between two events."""

    def tick(self, tally: Tally) -> None:
        """Show how far things are."""
        self.tally = tally
        self._began = self._began or time.monotonic()
        elapsed = time.monotonic() - self._began
        rate = tally.cases / elapsed if elapsed > 1 else 0.0
        new = f"{len(tally.new)} new"
        counts = f"{tally.cases:,} cases · {rate:,.0f}/s · {new}"
        line = f"{tally.cases:,} cases ({rate:,.0f}/s), {new}, {elapsed:.0f} of {self._span:.0f} s"
        self.show(self._adapter, int(elapsed), int(self._span) or 1, counts, line)


def summed_up(out: Console, tally: Tally, seed: int) -> None:
    """What was replayed, what is new, and where it is kept."""
    for note in tally.notes:
        indented(out, Text(note), 0)
    if tally.replayed:
        said = f"of {tally.replayed} kept failures, {len(tally.again)} still fail"
        indented(out, Text(said, "bold red" if tally.again else "bold green"), 0)
    if tally.mended:
        indented(out, Text("these do not fail any more; delete them if that is for good:"), 0)
        for path in tally.mended[:SHOWN]:
            copyable(out, f"  {path}")
    if tally.new:
        noun = "failure" if len(tally.new) == 1 else "failures"
        indented(out, Text(f"{len(tally.new)} new {noun}, kept in:", "bold red"), 0)
        for path in tally.new[:SHOWN]:
            copyable(out, f"  {path}")
        if len(tally.new) > SHOWN:
            indented(out, Text(f"and {len(tally.new) - SHOWN} more beside them"))
    copyable(out, f"drawn from --seed {seed}")
