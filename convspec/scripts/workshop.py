"""A program for a failure, written and tried where the implementation is."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass

from convspec.execute import Bench
from convspec.isolation import OurError
from convspec.law import all_laws
from convspec.verdicts import Crashed, Mismatch, TimedOut

from .trying import program_for, record


@dataclass(frozen=True)
class Program:
    """A program that shows a failure. `exit` is how it ended when it was tried: 1, or minus the
    signal it died of; `printed` what it printed then."""

    text: str
    exit: int
    printed: str


def write(
    bench: Bench, law: str, case: str, clause: str, message: str, limit: float
) -> Program | None:
    """A program that shows how a law is broken; None if none of those tried does.

    `limit`: seconds after which it gives up a call that hangs. A failure that takes state which
    other cases left behind cannot be shown by a few calls, nor can an adapter without a name be
    called from a program.
    """
    with tempfile.TemporaryDirectory(prefix="convspec-") as folder:
        died: Mismatch | None = None
        try:
            bench.ask(record, law, case, folder)
        except (Crashed, TimedOut) as mismatch:
            died = mismatch
        try:
            tried = bench.ask(
                program_for, folder, died, case, clause, message, limit, seconds=60 + 12 * limit
            )
        except (Mismatch, OurError):
            return None  # without a program there still is the case
    return None if tried is None else Program(*tried)


def pytest_id(law: str, op: str, rank: int | None) -> str:
    """The law as pytest names it: give it to ``pytest --pyargs`` with ``--adapter``."""
    check = all_laws()[law].check
    axes = op if rank is None else f"{op}-{rank}d"
    return f"{check.__module__.replace('tests.', 'convspec.')}::{check.__name__}[{axes}]"
