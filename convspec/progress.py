"""What is seen while a run goes on: a bar on a terminal, now and then a plain line elsewhere.

It goes to stderr, so that the results on stdout can be piped, and to a descriptor of its own:
pytest, which runs in the same process, takes the usual ones.
"""

from __future__ import annotations

import io
import os
import sys
import time
from types import TracebackType
from typing import Any, Self, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Column
from rich.text import Text

from .encoding import HANDLER
from .events import ERROR, FAILING, Event, LawFinished, RunStarted

EVERY = 10.0
"""Seconds between two plain lines."""


class Meter:
    """A bar, or lines. A context manager; `show` tells it how far things are."""

    def __init__(
        self, label: str, clock: ProgressColumn, *, stream: TextIO | None = None, counts: str = ""
    ) -> None:
        """`clock`: the bar's last column. `stream`: where to, by default stderr."""
        self.told = time.monotonic()
        self._stream, self._owned = _own(stream or sys.stderr)
        console = Console(file=self._stream, highlight=False)
        self.bar: Progress | None = None
        if console.is_terminal and not console.is_dumb_terminal:
            self.bar = Progress(
                SpinnerColumn(),
                TextColumn(
                    "{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis")
                ),
                BarColumn(bar_width=10),
                TextColumn("{task.fields[counts]}", table_column=Column(no_wrap=True)),
                clock,
                console=console,
                transient=True,
                refresh_per_second=8,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._task = self.bar.add_task(Text(label).markup, total=None, counts=counts)

    def __enter__(self) -> Self:
        """Begin."""
        if self.bar:
            self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self.bar:
            self.bar.stop()
        if self._owned:
            self._stream.close()

    def show(self, label: str, done: int, total: int | None, counts: str, line: str) -> None:
        """`counts` stands in the bar, `line` is said where there is none, if it is time."""
        if self.bar:
            self.bar.update(
                self._task,
                description=Text(label).markup,
                total=total,
                completed=done,
                counts=counts,
            )
        elif time.monotonic() - self.told >= EVERY:
            self.told = time.monotonic()
            self.say(line)

    def aside(self, line: str) -> None:
        """A line that stays, above the bar if there is one."""
        if self.bar:
            self.bar.console.print(Text(f"convspec: {line}"), soft_wrap=True)
        else:
            self.say(line)

    def say(self, line: str) -> None:
        """A plain line, if there is no bar."""
        if self.bar:
            return
        try:
            self._stream.write(f"convspec: {line}\n")
            self._stream.flush()
        except (OSError, ValueError):
            pass  # Nobody is listening; the run goes on.


class Watch(Meter):
    """Shows the events of a run as they come. A context manager; call it with each event."""

    def __init__(self, adapter: str, *, stream: TextIO | None = None) -> None:
        """`stream`: where to, by default stderr."""
        super().__init__(adapter, TimeElapsedColumn(), stream=stream, counts="opening")
        self.adapter = adapter
        self.started = self.told
        self.laws = self.done = self.cases = self.failing = 0

    def __call__(self, event: Event) -> None:
        """Take notice of an event."""
        if isinstance(event, RunStarted) and not self.laws:
            self.laws = event.laws
            self.adapter = f"{event.adapter} {event.version}"
            self.say(f"{self.adapter} …")
        elif isinstance(event, LawFinished):
            self.done += 1
            self.cases += event.cases
            self.failing += event.verdict in (*FAILING, ERROR)
        self.show(
            self.adapter, self.done, max(self.laws, self.done) or None,
            self._counts(short=True), self._counts(short=False),
        )  # fmt: skip

    def _counts(self, *, short: bool) -> str:
        elapsed = time.monotonic() - self.started
        rate = f"{self.cases / elapsed if elapsed > 0 else 0.0:,.0f}/s"
        failing = f"{self.failing} failing"
        laws = f"{self.done}/{max(self.laws, self.done)}"
        cases = f"{self.cases:,} cases"
        if short:
            return " · ".join(
                [laws, cases, rate, f"[red]{failing}[/]" if self.failing else failing]
            )
        return f"{laws} laws, {cases} ({rate}), {failing}, {elapsed:.0f} s"


def _own(stream: TextIO) -> tuple[TextIO, bool]:
    """The same place through a descriptor of our own, if it has one."""
    try:
        descriptor = os.dup(stream.fileno())
    except (OSError, ValueError, AttributeError, io.UnsupportedOperation):
        return stream, False
    options: dict[str, Any] = {"encoding": stream.encoding or "utf-8", "errors": HANDLER}
    return os.fdopen(descriptor, "w", **options), True
