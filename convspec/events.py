"""What happens in a run, as values. Every report is made from these and from nothing else.

A run is one `RunStarted`, then one `LawFinished` per law, operation and rank in any order,
then one `RunFinished`. Each has a JSON form (`to_json`, `from_json`) marked with its kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

SCHEMA = 1

CONFORMS = "conforms"
DEVIATES = "deviates"
REJECTS = "rejects"
ACCEPTS_INVALID = "accepts-invalid"
CRASHES = "crashes"
TIMES_OUT = "times-out"
UNSUPPORTED = "unsupported"
VACUOUS = "vacuous"
ERROR = "error"

VERDICTS = (
    CRASHES, TIMES_OUT, DEVIATES, REJECTS, ACCEPTS_INVALID, ERROR, VACUOUS, CONFORMS, UNSUPPORTED,
)  # fmt: skip
"""All verdicts, gravest first: a clause has the gravest verdict among its laws."""

FAILING = (CRASHES, TIMES_OUT, DEVIATES, REJECTS, ACCEPTS_INVALID)
"""Verdicts that count against the implementation."""


@dataclass(frozen=True)
class Failure:
    """The smallest case found of one kind of failure.

    `kind` is a word ("shape", "value", "raised" …); `message` says in one line what was
    wrong. `tensors`, `expected` and `got` are nested lists when they are small enough to
    read, else None; `worst` is the index of the cell that is furthest off.
    `found_after` counts the cases up to the first failure of this kind, `row` orders
    failures by simplicity.
    """

    kind: str
    verdict: str
    case: str
    message: str
    tensors: Mapping[str, Any] | None = None
    expected: Any = None
    got: Any = None
    worst: tuple[int, ...] | None = None
    found_after: int = 0
    cells: int = 0
    repeats: bool = True
    details: str | None = None


@dataclass(frozen=True)
class RunStarted:
    """The head of a run: what is tested, by what, with which profile and seed.

    `observed`: dialect point → the `choice` (None if none of the named ones) that the
    implementation was seen to make, and what it was seen by (`got`).
    """

    adapter: str
    version: str
    claims: Mapping[str, Any]
    profile: str
    seed: int
    convspec: str
    spec: str
    laws: int
    observed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    kind: str = "run-started"


@dataclass(frozen=True)
class LawFinished:
    """One law, for one operation and number of spatial axes. `rank` None: none is claimed."""

    law: str
    clause: str
    op: str
    rank: int | None
    verdict: str
    cases: int = 0
    seconds: float = 0.0
    failures: tuple[Failure, ...] = ()
    note: str | None = None
    kind: str = "law-finished"


@dataclass(frozen=True)
class RunFinished:
    """The foot of a run. Without one, the run was cut short."""

    seconds: float
    interrupted: bool = False
    kind: str = "run-finished"


Event = RunStarted | LawFinished | RunFinished


def to_json(event: Event) -> dict[str, Any]:
    """A JSON-ready document; `kind` tells which event it is."""
    return {"schema": SCHEMA, **asdict(event)}


def from_json(document: Mapping[str, Any]) -> Event:
    """The inverse of `to_json`. Raises ValueError for an unknown schema or kind."""
    if document.get("schema") != SCHEMA:
        raise ValueError(f"event schema {document.get('schema')!r}: this version reads {SCHEMA}")
    body = {key: value for key, value in document.items() if key != "schema"}
    match body.get("kind"):
        case "run-started":
            return RunStarted(**body)
        case "run-finished":
            return RunFinished(**body)
        case "law-finished":
            failures = tuple(_failure(f) for f in body.pop("failures"))
            return LawFinished(**body, failures=failures)
    raise ValueError(f"unknown event kind {body.get('kind')!r}")


def _failure(body: Mapping[str, Any]) -> Failure:
    worst = body.get("worst")
    return Failure(**{**body, "worst": None if worst is None else tuple(worst)})
