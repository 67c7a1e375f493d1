"""Measuring side by side: the contestants take turns, so that a busy machine slows all alike."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

Clock = Callable[[], float]
Cell = str | float | int | None

_CONSOLE = Console(width=None if sys.stdout.isatty() else 100, highlight=False)


def cpu() -> float:
    """Seconds of processor time of this process and of the children that have ended.

    What other programs do on the machine counts in it less than in the time on the wall.
    """
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(spent.ru_utime + spent.ru_stime for spent in map(resource.getrusage, who))


wall: Clock = time.perf_counter


@dataclass(frozen=True)
class Times:
    """Seconds of one contestant, one entry per round."""

    rounds: tuple[float, ...]

    @property
    def best(self) -> float:
        """The round that was disturbed least."""
        return min(self.rounds)

    def over(self, other: Times) -> float:
        """How many times as long as `other`, best against best."""
        return self.best / other.best


def in_turns(
    contestants: Mapping[str, Callable[[], object]],
    rounds: int,
    clock: Clock = wall,
    warm_up: bool = True,
) -> dict[str, Times]:
    """Run each contestant once per round, in turn."""
    if warm_up:
        for contestant in contestants.values():
            contestant()
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            began = clock()
            contestant()
            seconds[name].append(clock() - began)
    return {name: Times(tuple(taken)) for name, taken in seconds.items()}


def met(value: float, target: float, most: bool = True) -> str:
    """A target and whether the value meets it: `most` or least."""
    good = value <= target if most else value >= target
    sign = "≤" if most else "≥"
    return f"[green]{sign} {target:g} met[/]" if good else f"[bold red]{sign} {target:g} missed[/]"


def show(title: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Print a table; the first column holds names, the others numbers or words."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*map(_text, row))
    _CONSOLE.print(table)


def say(line: str) -> None:
    """Print a line."""
    _CONSOLE.print(line)


def _text(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.2f}"
    return "" if cell is None else f"{cell:,}" if isinstance(cell, int) else cell


def installed(module: str) -> Any:
    """The module, or None with a line that says how to get it."""
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError:
        say(f"{module} is not installed: pip install {module}")
        return None
