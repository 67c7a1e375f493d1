"""What a proof says: how much is verified for all inputs, what fails and when, what is assumed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from convspec import __version__
from convspec.events import ACCEPTS_INVALID
from convspec.spec.clauses import SPEC_VERSION

from .bounds import Section
from .calls import BATCH
from .predicates import Population
from .regions import Region, regions
from .run import Proof
from .witness import witness

ASSUMPTIONS = (
    "it is linear where it should be: seen on one integer input per configuration, not proven",
    "its control flow depends on sizes and parameters, not on contents (max pools: on the order of"
    " the cells; their gradients are seen for a peak in each cell, one order and one with ties)",
    "filters, channels and batch entries are treated alike, so that a bank of one-hot filters"
    " stands for one filter after another",
    f"it is deterministic; only {{dtype}}, contiguous arrays and calls of at most {BATCH} batch"
    " entries are seen",
    "nothing is said of larger sizes, of other code paths, or of rounding",
)


@dataclass(frozen=True)
class Failing:
    """A region of failing configurations of one operation, with its smallest case."""

    op: str
    rank: int
    label: str
    region: Region
    message: str
    case: str
    confirmed: bool


@dataclass(frozen=True)
class Part:
    """The configurations of one operation and number of axes, counted."""

    op: str
    rank: int
    bound: int
    claimed: int
    failing: int
    covering: bool


def parts(proof: Proof) -> list[Part]:
    """The counts, in the order of the run."""
    failing = np.zeros(proof.plan.count, bool)
    failing[list(proof.found)] = True
    found: dict[tuple[str, int], list[int]] = {}
    covering: set[tuple[str, int]] = set()
    for at, section in enumerate(proof.plan.sections):
        start = proof.plan.start(at)
        counts = found.setdefault((section.op, section.rank), [0, 0, 0])
        counts[0] += section.bound
        counts[1] += section.count
        counts[2] += int(failing[start : start + section.count].sum())
        if section.rows is not None and section.rank == 3:
            covering.add((section.op, section.rank))
    return [
        Part(op, rank, bound, claimed, wrong, (op, rank) in covering)
        for (op, rank), (bound, claimed, wrong) in found.items()
    ]


def failing_regions(proof: Proof) -> tuple[list[Failing], list[tuple[str, int, str, int]]]:
    """What fails, by region; and what no simple condition covers: op, rank, label, how many."""
    by_kind: dict[tuple[str, int, str], list[int]] = {}
    for number, finding in proof.found.items():
        section, _ = proof.plan.locate(number)
        by_kind.setdefault((section.op, section.rank, finding.label), []).append(number)
    found, unexplained = [], []
    for (op, rank, label), numbers in by_kind.items():
        population = Population(_sections(proof, op, rank), not label.startswith(ACCEPTS_INVALID))
        failing = np.isin(population.numbers, numbers)
        for region, left in _regions(population, op, failing):
            if region is None:
                unexplained.append((op, rank, label, left))
                continue
            section, place = proof.plan.locate(region.smallest)
            line, confirmed = witness(proof.adapter, section[place], label, proof.dtype)
            message = proof.found[region.smallest].message
            found.append(Failing(op, rank, label, region, message, line, confirmed))
    return found, unexplained


def _regions(population: Population, op: str, failing: Any) -> Iterator[tuple[Region | None, int]]:
    found, left = regions(population, op, failing)
    yield from ((region, 0) for region in found)
    if left:
        yield None, left


def _sections(proof: Proof, op: str, rank: int) -> list[tuple[Section, int]]:
    return [
        (section, proof.plan.start(at))
        for at, section in enumerate(proof.plan.sections)
        if (section.op, section.rank) == (op, rank) and section.count
    ]


def assumptions(proof: Proof) -> list[str]:
    """What the word "verified" rests on."""
    return [text.format(dtype=proof.dtype) for text in ASSUMPTIONS]


def code(proof: Proof) -> int:
    """The exit code."""
    if proof.interrupted:
        return 130
    if not proof.plan.count:
        return 4
    return 1 if proof.found else 0


def document(
    proof: Proof, failing: list[Failing], unexplained: list[tuple[str, int, str, int]]
) -> dict[str, Any]:
    """Everything as a JSON document."""
    return {
        "schema": "convspec-proof-1",
        "convspec": __version__,
        "spec": SPEC_VERSION,
        "adapter": {
            "name": proof.adapter.name,
            "version": proof.adapter.version,
            "claims": proof.adapter.claims.to_json(),
        },
        "bound": {
            "name": proof.bound.name,
            "limits": {
                f"{rank}-D": limits._asdict()
                for rank, limits in zip((1, 2, 3), proof.bound.limits, strict=True)
            },
            "channels": proof.bound.channels,
        },
        "dtype": proof.dtype,
        "complete": not proof.interrupted,
        "operations": [
            {
                "op": part.op,
                "rank": part.rank,
                "covering_set": part.covering,
                "bound": part.bound,
                "claimed": part.claimed,
                "verified": part.claimed - part.failing,
                "failing": part.failing,
                "gradients": proof.adapter.claims.ops[part.op].gradient,
            }
            for part in parts(proof)
        ],
        "failures": [
            {
                "op": one.op, "rank": one.rank, "what": one.label,
                "strength": one.region.strength, "condition": one.region.condition,
                "inside": {"failing": one.region.failing, "of": one.region.inside},
                "outside": {"failing": one.region.others, "of": one.region.outside},
                "message": one.message, "case": one.case, "case_fails": one.confirmed,
            }
            for one in failing
        ],
        "unexplained": [
            {"op": op, "rank": rank, "what": label, "failing": count}
            for op, rank, label, count in unexplained
        ],
        "assumptions": assumptions(proof),
        "seconds": round(proof.seconds, 1),
        "spent": {label: round(s, 1) for label, s in (proof.spent or {}).items()},
    }  # fmt: skip
