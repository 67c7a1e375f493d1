"""How often the condition found for a planted fault is the planted one: a table, and the share.

``python benchmarks/run.py conditions`` takes every planted fault that says when it shows;
``CONDITIONS=GLOB`` in the environment takes those whose names match.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
from fnmatch import fnmatchcase
from multiprocessing import get_context

from convspec.adapters.mutants import MUTANTS
from convspec.diagnosis.measure import BESIDE, DRAWN, Measured, measured

WANTED = 0.8
"""The share of conditions that have to be the planted ones."""


def main() -> None:
    """Print a line per fault, what was found where it is another condition, and the share."""
    glob = os.environ.get("CONDITIONS", "*")
    names = [n for n, m in MUTANTS.items() if m.when and fnmatchcase(n, glob)]
    began = time.perf_counter()
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        results = []
        for result in pool.map(measured, names):
            results.append(result)
            show(result)
    equal = sum(result.equal for result in results)
    print(
        f"\n{equal} of {len(results)} conditions are the planted ones"
        f" ({equal / max(len(results), 1):.0%}; wanted {WANTED:.0%}):"
        f"\nthe same on each of {DRAWN:,} drawn cases and {BESIDE:,} beside the planted region"
        f" ({time.perf_counter() - began:.0f} s)"
    )


def show(result: Measured) -> None:
    """One fault."""
    found = result.condition
    rule = (found.rule or "no simple condition") if found else "not found"
    print(f"{'✓' if result.equal else '✗'} {result.name}: {rule}", flush=True)
    if not result.equal:
        print(f"    planted: {result.planted}")
        print(f"    {result.disagree} of {result.compared} cases tell them apart, by {result.law}")
