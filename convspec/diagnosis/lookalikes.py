"""Planted faults that give the same wrong result: a hint at what may be wrong in the code."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from convspec.adapters.mutants import MUTANTS
from convspec.adapters.opening import Adapter, adapt
from convspec.execute import Bench
from convspec.law import Law, all_laws
from convspec.spec.case import Case
from convspec.verdicts import AcceptedInvalid, Crashed, Mismatch, Raised, TimedOut

FURTHER = 3
"""Failing cases beside the smallest on which a fault has to give the same, too."""

LEAST = 2
"""As few as that are enough where no more are known."""

NAMED = 3
"""Hints at most."""

STATEFUL = "uninitialised, cached or batch-blind state"
WITHOUT_RESULT = (Raised, AcceptedInvalid, Crashed, TimedOut)


def look_alike(
    law: Law, case: Case, mismatch: Mismatch, further: Sequence[tuple[Case, Mismatch]]
) -> tuple[str, ...]:
    """What is wrong in the planted faults that give, bit for bit, what the implementation gave.

    `further` are other cases that fail, and how. Faults that keep state are not asked: what they
    give depends on what was asked before. Failures without a result look like nothing.
    """
    shown = [(case, mismatch), *_telling(case, further)]
    if isinstance(mismatch, WITHOUT_RESULT) or len(shown) <= LEAST:
        return ()
    found: list[str] = []
    for name, mutant in MUTANTS.items():
        if mutant.op != case.op.name or mutant.cause == STATEFUL:
            continue
        bench = Bench(_adapter(name), all_laws(), None)
        if all(_same(bench.broken(law, one), seen) for one, seen in shown):
            found.append(mutant.about.rstrip("."))
        if len(found) == NAMED:
            break
    return tuple(dict.fromkeys(found))


@cache
def _adapter(name: str) -> Adapter:
    return adapt(MUTANTS[name].build())


def _telling(case: Case, further: Sequence[tuple[Case, Mismatch]]) -> list[tuple[Case, Mismatch]]:
    """The cases that tell most: with the most cells wrong, in different shapes."""
    found: dict[Any, tuple[Case, Mismatch]] = {}
    for other, mismatch in sorted(further, key=lambda pair: (-_wrong(pair[1]), pair[0].line)):
        shape = other.tensors[0].shape
        if shape != case.tensors[0].shape and not isinstance(mismatch, WITHOUT_RESULT):
            found.setdefault(shape, (other, mismatch))
    return list(found.values())[:FURTHER]


def _wrong(mismatch: Mismatch) -> int:
    """How many cells are wrong, as far as it is known."""
    got, expected = mismatch.got, mismatch.expected
    if got is None or expected is None or got.shape != expected.shape:
        return 0
    return int((got != expected).sum())


def _same(other: Mismatch | None, seen: Mismatch) -> bool:
    """Whether two results are wrong alike: the same kind, message and cells."""
    if other is None or type(other) is not type(seen) or other.message != seen.message:
        return False
    if other.got is None or seen.got is None:
        return False
    return bool(np.array_equal(other.got, seen.got, equal_nan=seen.got.dtype.kind == "f"))
