"""The kill table on a terminal: progress while it grows, and the table after."""

from __future__ import annotations

from collections.abc import Sequence

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from .console import console, copyable, indented
from .kill import Kill


class KillTable:
    """Call it with each kill as it comes; `show` prints them all."""

    def __init__(self, count: int) -> None:
        self._out = console()
        self._bar = Progress(
            TextColumn("planted faults"), BarColumn(bar_width=20), MofNCompleteColumn(),
            TimeElapsedColumn(), console=self._out, transient=True,
            disable=not self._out.is_terminal,
        )  # fmt: skip
        self._task = self._bar.add_task("", total=count)

    def __enter__(self) -> KillTable:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, kill: Kill) -> None:
        """Take notice of a kill."""
        self._bar.advance(self._task)

    def show(self, kills: Sequence[Kill], profile: str) -> None:
        """Print the table and the score."""
        for kill in kills:
            symbol, style = ("✓", "green") if kill.as_named else ("!", "yellow")
            if kill.law is None:
                symbol, style = "✗", "bold red"
            law = kill.law or "nothing"
            head = Text.assemble((f"{symbol} ", style), (kill.mutant.name, "bold"))
            if not kill.as_named:
                head.append(f"  (should be caught by {kill.mutant.law})", "yellow")
            self._out.print(head, soft_wrap=True)
            indented(self._out, Text(kill.mutant.about, "dim"))
            indented(self._out, Text(f"{law}, after {kill.cases} case{'s' * (kill.cases != 1)}"))
            if kill.case:
                copyable(self._out, f"  {kill.case}")
        caught = sum(k.law is not None for k in kills)
        named = sum(k.as_named for k in kills)
        self._out.print(
            f"\n{caught} of {len(kills)} planted faults caught within {profile}, "
            f"{named} by the law named for them"
        )
