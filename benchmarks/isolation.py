"""What it costs to keep the kernel in a process of its own, and what a death of it costs.

An implementation that dies or hangs for some inputs is run until its smallest case is found. The
first death is timed by the implementation itself, through memory that parent and child share.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import struct
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy.typing as npt
from measure import in_turns, installed, say, show

from convspec import reference
from convspec.adapters.opening import Adapter, adapt, open_adapter
from convspec.apart import Apart
from convspec.execute import Bench
from convspec.law import Law, all_laws
from convspec.verdicts import Crashed

Array = npt.NDArray[Any]

LAW, OP, RANK = "definition", "conv", 2
CASES, ROUNDS = 800, 3


class Deadly:
    """Right, but for strides beyond 1 on the last axis, where it does what `act` does."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act
        self._first = mmap.mmap(-1, 8)  # anonymous and shared with children
        self.name = "deadly"

    def conv(self, x: Array, w: Array, b: Array | None = None, **parameters: Any) -> Array:
        if parameters["stride"][-1] > 1:
            if not self.first:
                self._first[:] = struct.pack("d", time.monotonic())
            self._act()
        return reference.conv(x, w, b, **parameters)

    @property
    def first(self) -> float:
        """When it first died, on the monotonic clock; 0 if it has not."""
        return float(struct.unpack("d", self._first[:])[0])


def _segfault() -> None:
    ctypes.string_at(0)


def _spin() -> None:
    while True:
        pass


def main() -> None:
    """Print the cost of isolation, and the time to the smallest case."""
    laws = all_laws()
    law = laws[LAW]
    names = ["reference", "numpy", *(["torch"] if installed("torch") else [])]
    # Before the library is loaded here, too.
    lives = [("forked", *_lives(names[-1]))]
    with tempfile.TemporaryDirectory() as folder:
        anew = Path(folder) / "anew.py"
        anew.write_text(ANEW.format(name=names[-1]))
        lives.append(("loaded anew", *_lives(str(anew))))
    rows = []
    for name in names:
        adapter = _floats(open_adapter(name))
        times = in_turns(
            {
                "inside": _whole(laws, law, adapter, None),
                "isolated": _whole(laws, law, adapter, 20.0),
            },
            ROUNDS,
        )
        inside, isolated = times["inside"], times["isolated"]
        rows.append((name, CASES / inside.best, CASES / isolated.best, isolated.over(inside)))
    show(
        f"Law {LAW!r} of {OP}, {RANK} spatial axes, {CASES} cases (seconds on the wall)",
        ("implementation", "in process, cases/s", "isolated, cases/s", "isolated takes, ×"),
        rows,
    )
    deaths = []
    for what, act, limit in (("SIGSEGV", _segfault, 20.0), ("hang", _spin, 0.05)):
        deaths.append((what, limit, *_death(laws, law, act, limit)))
    show(
        "From the first death to the smallest case",
        ("what", "limit, s", "first death, s", "smallest case, s after", "cases", "verdict"),
        [death[:-1] for death in deaths],
    )
    for what, *_, smallest in deaths:
        say(f"{what}: {smallest}")
    show(
        f"From the death of a process that has {names[-1]} loaded to the next answer",
        ("the next is", "opened first, s", "next answer, ms after"),
        lives,
    )


ANEW = """
from convspec.adapters.opening import open_adapter
opened = open_adapter("{name}")
conv = opened.functions["conv"]
claims = {{"fork": False}}
"""
"""The same library, claimed not to live after a fork."""


def _lives(name: str) -> tuple[float, float]:
    began = time.monotonic()
    with Apart(name) as apart:
        apart.ask(_alive)
        opened = time.monotonic() - began
        times = []
        for _ in range(ROUNDS):
            try:
                apart.ask(_dies)
            except Crashed:
                died = time.monotonic()
                apart.ask(_alive)
                times.append(time.monotonic() - died)
    return opened, 1000 * min(times)


def _alive(adapter: Adapter) -> None:
    pass


def _dies(adapter: Adapter) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _floats(adapter: Adapter) -> Adapter:
    """The same, claiming float32 alone: a kernel that dies of other dtypes would take us along."""
    claimed = replace(adapter.claims.ops[OP], dtypes=("float32",))
    return replace(adapter, claims=replace(adapter.claims, ops={OP: claimed}))


def _whole(
    laws: dict[str, Law], law: Law, adapter: Adapter, limit: float | None
) -> Callable[[], None]:
    def run() -> None:
        bench = Bench(adapter, laws, limit)
        try:
            finished = bench.run(law, OP, RANK, count=CASES, seed=0)
        finally:
            bench.close()
        if finished.verdict != "conforms":
            raise RuntimeError(f"expected to conform: {finished}")

    return run


def _death(
    laws: dict[str, Law], law: Law, act: Callable[[], None], limit: float
) -> tuple[float, float, int, str, str]:
    deadly = Deadly(act)
    bench = Bench(adapt(deadly), laws, limit)
    began = time.monotonic()
    try:
        finished = bench.run(law, OP, RANK, count=CASES, seed=0)
    finally:
        bench.close()
    ended = time.monotonic()
    smallest = finished.failures[0].case if finished.failures else "nothing found"
    first = deadly.first or ended
    return first - began, ended - first, finished.cases, finished.verdict, smallest
