"""Bounded verification: how long a configuration takes, and where that goes.

A slice of the two-dimensional bound ``small`` of convolution, decided in this process; from its
processor time, what the whole bound takes on two cores.
"""

from __future__ import annotations

import time

import numpy as np
from measure import installed, met, say, show

from convspec.adapters.opening import open_adapter
from convspec.proof.bounds import BOUNDS, sections
from convspec.proof.decide import Judge

TARGET = 10.0
"""Minutes for the whole bound on two cores."""

PIECES, LENGTH = 60, 50
"""The slice: so many places all over the bound, and from each so many configurations in a row."""


def main() -> None:
    """Print the table."""
    names = ["numpy"]
    if installed("torch"):
        names.append("torch:no-mkldnn")
    else:
        say("torch is not installed: pip install 'convspec[torch]' adds it")
    rows = [_row(name) for name in names]
    show(
        f"Proof of conv, two axes, bound small: {PIECES * LENGTH:,} of its configurations",
        ("adapter", "ms each", "implementation", "expected maps", "comparison", "rest",
         "whole bound, min", "target, min"),
        rows,
    )  # fmt: skip


def _row(name: str) -> tuple[str | float | None, ...]:
    adapter = open_adapter(name)
    (section,) = sections("conv", BOUNDS["small"], adapter.claims, (2,))
    judge = Judge(adapter, "float32")
    starts = range(0, section.count, section.count // PIECES)[:PIECES]
    judge(section, 0)
    judge.calls.spent.clear()
    judge.calls.charge("rest")
    judge.calls.spent.clear()
    began = time.process_time()
    with np.errstate(all="ignore"):
        for start in starts:
            for index in range(start, start + LENGTH):
                if judge(section, index) is not None:
                    raise SystemExit(f"{name} fails at {section[index]}")
                judge.calls.charge("rest")
    took = time.process_time() - began
    each = took / (PIECES * LENGTH)
    spent = judge.calls.spent
    total = sum(spent.values())
    whole = each * section.count / 2 / 60
    shares = [f"{100 * spent.get(label, 0.0) / total:.0f} %" for label in
              ("implementation", "expected maps", "comparison", "rest")]  # fmt: skip
    target = met(whole, TARGET) if name.startswith("torch") else None
    return (name, each * 1e3, *shares, whole, target)
