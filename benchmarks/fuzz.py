"""Fully checked cases per second and core of small convolutions, as `convspec fuzz` checks them.

A case is drawn, built, filled, put to torch and to the reference, and compared. Small ones have at
most 3 outputs an axis; those of the suite are as large as they come. In process, so that a core is
one; then the command itself, isolated, with a process that draws on every core.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from measure import Cell, cpu, in_turns, met, show

from convspec.adapters.opening import Adapter, AdapterError, open_adapter
from convspec.execute import Bench
from convspec.fuzzing.run import run
from convspec.law import Law, all_laws

CASES = 1500
ROUNDS = 3
SECONDS = 12.0
TARGET = 2500
RANK = 2

NAMES = ("torch:no-mkldnn", "torch", "numpy")


def main() -> None:
    """Print cases per second and core, small and as they come, and what the command reaches."""
    law = all_laws()["definition"]
    adapters = [adapter for name in NAMES if (adapter := _opened(name)) is not None]
    sizes = {"small": replace(law, scale="tiny"), "as they come": law}
    ways: dict[tuple[str, str], Callable[[], object]] = {
        (adapter.name, size): _checking(_float32(adapter), which)
        for adapter in adapters
        for size, which in sizes.items()
    }
    times = in_turns({str(key): way for key, way in ways.items()}, ROUNDS, cpu)
    rows: list[tuple[Cell, ...]] = []
    for name, size in ways:
        rate = CASES / times[str((name, size))].best
        wanted = size == "small" and name == "torch:no-mkldnn"
        rows.append(
            (name, size, round(rate), met(round(rate), TARGET, most=False) if wanted else None)
        )
    show(
        f"Law 'definition' of conv, {RANK} spatial axes, float32, {CASES} cases, in process",
        ("adapter", "extents", "cases/s/core", "target"), rows,
    )  # fmt: skip
    cores = os.cpu_count() or 1
    found: list[tuple[Cell, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        for adapter in adapters:
            began = time.perf_counter()
            _, tally = run(
                adapter.name, SECONDS, seed=1, jobs=cores, ops=["conv"],
                clauses=["conv.definition"], known=["builtin"], corpus=Path(folder),
            )  # fmt: skip
            spent = time.perf_counter() - began
            found.append((adapter.name, tally.cases, round(tally.cases / SECONDS / cores), spent))
    show(
        f"convspec fuzz --op conv --clause conv.definition, all types and axes, {SECONDS:g} s of"
        f" drawing, --jobs {cores}",
        ("adapter", "cases", "cases/s/core", "seconds, opening and reports included"), found,
    )  # fmt: skip


def _opened(name: str) -> Adapter | None:
    try:
        return open_adapter(name)
    except AdapterError as error:
        print(f"left out: {error}")
        return None


def _float32(adapter: Adapter) -> Adapter:
    ops = {"conv": replace(adapter.claims.ops["conv"], dtypes=("float32",))}
    return replace(adapter, claims=replace(adapter.claims, ops=ops))


def _checking(adapter: Adapter, law: Law) -> Callable[[], object]:
    bench = Bench(adapter, {law.name: law})

    def check() -> None:
        done = bench.run(law, "conv", RANK, count=CASES, seed=1)
        assert done.cases >= CASES, done

    return check
