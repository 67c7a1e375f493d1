"""A proof from beginning to end: enumerate, decide in worker processes, gather.

The result depends on the adapter and the bound alone: chunks are the same for any number of
workers, contents follow from a configuration's number, and what is found is put in order.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convspec import __version__
from convspec.adapters.opening import Adapter
from convspec.spec.clauses import SPEC_VERSION

from .bounds import PROVABLE, Bound, Plan, sections
from .decide import Finding
from .progress_file import ProgressFile
from .workers import Chunk, Decided, Workers

CHUNK = 400
"""Configurations a worker gets at a time: about half a second's worth."""


@dataclass
class Proof:
    """What became of every configuration. `found` maps the number of a failing one to its fault.

    `spent` are seconds of all workers by what they went to, `seconds` what this run took, and
    `resumed` how many configurations an earlier run had decided.
    """

    adapter: Adapter
    bound: Bound
    dtype: str
    plan: Plan
    ops: tuple[str, ...]
    found: dict[int, Finding]
    decided: int = 0
    resumed: int = 0
    seconds: float = 0.0
    spent: Counter[str] | None = None
    interrupted: bool = False


def provable(adapter: Adapter, ops: Sequence[str] | None) -> tuple[str, ...]:
    """The operations asked for that the adapter has and an impulse response decides."""
    return tuple(op for op in PROVABLE if op in adapter.claims.ops and (ops is None or op in ops))


def plan_for(adapter: Adapter, ops: Sequence[str], bound: Bound, dtype: str) -> Plan:
    """Every configuration of these operations in the bound."""
    found = []
    for op in ops:
        every = sections(op, bound, adapter.claims)
        if dtype not in adapter.claims.ops[op].dtypes:
            every = [section.unclaimed() for section in every]
        found += every
    return Plan(found)


def chunks(plan: Plan, size: int = CHUNK) -> list[Chunk]:
    """The configurations in portions, the same for the same plan."""
    return [(first, min(first + size, plan.count)) for first in range(0, plan.count, size)]


def key_of(proof: Proof) -> dict[str, Any]:
    """What a half-done run must agree in with another that is to continue it."""
    file = Path(proof.adapter.name.partition(".py:")[0].removesuffix(".py") + ".py")
    digest = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
    return {
        "convspec": __version__,
        "spec": SPEC_VERSION,
        "adapter": proof.adapter.name,
        "adapter version": proof.adapter.version,
        "adapter file": digest,
        "claims": hashlib.sha256(repr(proof.adapter.claims.to_json()).encode()).hexdigest(),
        "bound": proof.bound.name,
        "operations": list(proof.ops),
        "dtype": proof.dtype,
        "configurations": proof.plan.count,
    }


def prove(
    proof: Proof, jobs: int, file: ProgressFile | None, listener: Callable[[Proof], None]
) -> Proof:
    """Decide every configuration that is not decided yet; `listener` hears of each chunk.

    Ctrl-C ends it early: `interrupted` then says so, and what is done is kept.
    """
    began = time.monotonic()
    proof.spent = Counter()
    every = chunks(proof.plan)
    left = dict.fromkeys(every)

    def take(done: Decided) -> None:
        left.pop(done.chunk)
        proof.found.update(done.found)
        proof.spent.update(done.spent)  # type: ignore[union-attr]
        proof.decided += done.chunk[1] - done.chunk[0]

    for done in file.done if file else ():
        if done.chunk in left:
            take(done)
    proof.resumed = proof.decided
    listener(proof)
    try:
        with Workers(proof.adapter, proof.dtype, proof.plan, jobs) as workers:
            for done in workers.run(list(left)):
                take(done)
                if file:
                    file.add(done)
                listener(proof)
    except KeyboardInterrupt:
        proof.interrupted = True
    proof.found = dict(sorted(proof.found.items()))
    proof.seconds = time.monotonic() - began
    return proof
