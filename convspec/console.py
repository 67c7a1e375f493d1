"""Writing to a terminal, a file or a pipe: colours and symbols of verdicts, lines to be copied."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TextIO

from rich.console import Console
from rich.text import Text

from .events import (
    ACCEPTS_INVALID,
    CONFORMS,
    CRASHES,
    DEVIATES,
    ERROR,
    FIXED,
    KNOWN,
    REJECTS,
    TIMES_OUT,
    UNSUPPORTED,
    VACUOUS,
)

LOOKS = {
    CONFORMS: ("✓", "green"),
    DEVIATES: ("✗", "bold red"),
    REJECTS: ("✗", "bold red"),
    ACCEPTS_INVALID: ("✗", "bold red"),
    CRASHES: ("✗", "bold red"),
    TIMES_OUT: ("✗", "bold red"),
    ERROR: ("!", "bold magenta"),
    FIXED: ("✗", "bold yellow"),
    KNOWN: ("○", "yellow"),
    VACUOUS: ("?", "yellow"),
    UNSUPPORTED: ("–", "dim"),
}
"""Verdict → symbol and style; see `look`."""


def look(verdict: str) -> tuple[str, str]:
    """Symbol and style of a verdict; one of a later version looks like an error."""
    return LOOKS.get(verdict, LOOKS[ERROR])


class Terminal(Console):
    """A console that goes quiet, and lets the run go on, when its reader has gone."""

    def on_broken_pipe(self) -> None:
        """Send what is still to come nowhere."""
        self.quiet = True
        silence(sys.stdout)


def silence(stream: TextIO) -> None:
    """Let further writing to `stream`, and its flush at exit, go nowhere."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def console(stream: TextIO | None = None) -> Terminal:
    """Where results go: stdout as it is now. 80 columns where there is no terminal."""
    return Terminal(file=stream or sys.stdout, highlight=False, markup=False, emoji=False)


def copyable(out: Console, line: str, style: str = "") -> None:
    """A line that is never broken, so that it can be copied whole."""
    out.print(Text(line, style), soft_wrap=True)


def indented(out: Console, text: Text, by: int = 2) -> None:
    """A paragraph, some columns in, without blanks at the ends of lines."""
    for line in text.wrap(out, max(out.width - by, 20)):
        line.rstrip()
        out.print(Text(" " * by).append_text(line), no_wrap=True, crop=False)


def heading(out: Console, text: str) -> None:
    """A line that opens a section."""
    out.print()
    indented(out, Text(text, "bold"), 0)


def listing(out: Console, lines: Iterable[str]) -> None:
    """Lines of a table, two columns in, as they are."""
    for line in lines:
        out.print(Text(f"  {line}".rstrip()), soft_wrap=True)
