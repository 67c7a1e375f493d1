"""What happens in a run, as values. Every report is made from these and from nothing else.

A run is one `RunStarted`, then one `LawFinished` per law, operation and rank in any order, then
what was found out about all of it (`Explained`, `KnownChecked`, `Fingerprint`, `Covered`), then
one `RunFinished`. Each has a JSON form (`to_json`, `from_json`) marked with its kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .strict_json import restored, strict

SCHEMA = 2

CONFORMS = "conforms"
DEVIATES = "deviates"
REJECTS = "rejects"
ACCEPTS_INVALID = "accepts-invalid"
CRASHES = "crashes"
TIMES_OUT = "times-out"
UNSUPPORTED = "unsupported"
VACUOUS = "vacuous"
ERROR = "error"
KNOWN = "known"
FIXED = "fixed"

VERDICTS = (
    CRASHES, TIMES_OUT, DEVIATES, REJECTS, ACCEPTS_INVALID, ERROR, FIXED, VACUOUS, KNOWN, CONFORMS,
    UNSUPPORTED,
)  # fmt: skip
"""All verdicts, gravest first: a clause has the gravest verdict among its laws."""

CHANGED = "changed"
ABSENT = "absent"
UNTESTED = "untested"
"""What an entry for known failures can be, besides known and fixed; see `KnownChecked`."""

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
    implementation was seen to make, what it was seen by (`got`), and, where another choice than the
    declared one is a known failure, the reason of that (`known`). `asked`: what the run was asked
    for (the adapter as it was typed, and which operations and clauses, None for all).
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
    asked: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "run-started"


@dataclass(frozen=True)
class LawFinished:
    """One law, for one operation and number of spatial axes. `rank` None: none is claimed.

    Of its `cases`, `empty` ones were such that the law had nothing to test in them. The first
    `drawn` rows of its space were put to it; the others are the simplest one, and those of
    shrinking. `excused`: the name of an entry for known failures → how many failures of this law
    it excused. `turns`, of a fuzzing run: the seeds that rows follow from, and how many rows of
    each were drawn; of its first turns. Else all rows follow from the run's seed.
    """

    law: str
    clause: str
    op: str
    rank: int | None
    verdict: str
    cases: int = 0
    seconds: float = 0.0
    failures: tuple[Failure, ...] = ()
    note: str | None = None
    empty: int = 0
    drawn: int = 0
    excused: Mapping[str, int] = field(default_factory=dict)
    turns: tuple[tuple[int, int], ...] = ()
    kind: str = "law-finished"

    @property
    def tested(self) -> int:
        """Cases in which there was something to test."""
        return self.cases - self.empty


@dataclass(frozen=True)
class Explained:
    """What was found out about one failure once the laws were done; found by law, op, rank, case.

    `condition`: the `rule` (a predicate over cases) and how many of the cases tried inside and
    outside it failed (`inside`, `outside`: [failing, tried]), None if none was found.
    `looks_like`: the planted faults that give the same wrong result. `script`: a program that
    shows the failure without us, `script_exit` how it ended when it was tried, None if it was not.
    `unasked`: no condition was looked for, as a run spends no more cases on that.
    """

    law: str
    op: str
    rank: int | None
    case: str
    condition: Mapping[str, Any] | None = None
    looks_like: tuple[str, ...] = ()
    script: str | None = None
    script_exit: int | None = None
    unasked: bool = False
    kind: str = "explained"


@dataclass(frozen=True)
class KnownChecked:
    """One entry of the file of known failures, and what its witness did.

    `entry` is the file and line it stands in, `clause` its globs over clauses. `verdict` is "known"
    (still wrong), "fixed" (right now), "changed" (wrong in a way that it does not excuse), "absent"
    (right, where that depends on the machine or on chance) or "untested" (not claimed, or a version
    that is not known); `note` says more. `excused`: the share of the clause's case space that the
    entry's predicate excuses; `cases`: failures of this run that it excused. `finding`, `upstream`,
    `confirmed` and `tried` are the entry's, empty where it is not about a fault of the library.
    """

    entry: str
    clause: str
    predicate: str
    witness: str
    reason: str
    link: str
    verdict: str
    excused: float
    cases: int = 0
    note: str = ""
    finding: str = ""
    upstream: str = ""
    confirmed: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    kind: str = "known-checked"


@dataclass(frozen=True)
class Fingerprint:
    """How precisely an operation works in a dtype: `text` in words, `measures` the numbers."""

    op: str
    dtype: str
    text: str
    measures: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "fingerprint"


@dataclass(frozen=True)
class Covered:
    """What was exercised of one operation's declared space, for a number of spatial axes.

    `configurations` counts distinct cases apart from their contents. `classes`: factor → class →
    cases that had it. `pairs` and `triples` of classes: [met, possible]. `missed`: classes and
    pairs that no case had, some of them.
    """

    op: str
    rank: int
    cases: int
    configurations: int
    classes: Mapping[str, Mapping[str, int]]
    pairs: tuple[int, int]
    triples: tuple[int, int]
    missed: tuple[str, ...] = ()
    kind: str = "covered"


@dataclass(frozen=True)
class RunFinished:
    """The foot of a run. Without one, the run was cut short."""

    seconds: float
    interrupted: bool = False
    kind: str = "run-finished"


Event = (
    RunStarted | LawFinished | Explained | KnownChecked | Fingerprint | Covered | RunFinished
)  # fmt: skip


def to_json(event: Event) -> dict[str, Any]:
    """A strict JSON document; `kind` tells which event it is. Numbers that JSON lacks are words."""
    return {"schema": SCHEMA, **strict(event)}


def from_json(document: Mapping[str, Any]) -> Event:
    """The inverse of `to_json`. Raises ValueError for what is no event of this version."""
    if not isinstance(document, Mapping) or "schema" not in document:
        raise ValueError("not an event of convspec")
    if document["schema"] != SCHEMA:
        raise ValueError(f"event schema {document['schema']!r}: this version reads {SCHEMA}")
    body = {key: value for key, value in document.items() if key not in ("schema", "at")}
    try:
        event = _event(body)
        sound(event)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"damaged event {body.get('kind')!r}: {error}") from None
    return event


_NUMBER = (int, float)
_KINDS: Mapping[type, Mapping[str, type | tuple[type, ...]]] = {
    RunStarted: {
        **dict.fromkeys(("adapter", "version", "profile", "convspec", "spec"), str),
        **dict.fromkeys(("claims", "observed", "asked"), Mapping), "seed": int, "laws": int,
    },
    LawFinished: {
        **dict.fromkeys(("law", "clause", "op"), str), "cases": int, "empty": int,
        "seconds": _NUMBER,
    },
    KnownChecked: {"excused": _NUMBER},
    RunFinished: {"seconds": _NUMBER},
}  # fmt: skip
"""What is joined and added up when a run is summed up has to be of these kinds."""


def sound(event: Event) -> None:
    """Raise ValueError where a field is of the wrong kind, or a verdict is unknown."""
    for name, kind in _KINDS.get(type(event), {}).items():
        value = getattr(event, name)
        if not isinstance(value, kind):
            raise ValueError(f"damaged event {event.kind!r}: {name} is {value!r}")
    graded: tuple[LawFinished | Failure | KnownChecked, ...] = ()
    if isinstance(event, LawFinished):
        graded = (event, *event.failures)
    elif isinstance(event, KnownChecked):
        graded = (event,)
    for one in graded:
        more = (CHANGED, ABSENT, UNTESTED) if isinstance(one, KnownChecked) else ()
        if one.verdict not in (*VERDICTS, *more):
            raise ValueError(f"unknown verdict {one.verdict!r}")


def _event(body: dict[str, Any]) -> Event:
    match body.get("kind"):
        case "run-started":
            return RunStarted(**body)
        case "run-finished":
            return RunFinished(**body)
        case "law-finished":
            failures = tuple(failure_from_json(f) for f in body.pop("failures"))
            turns = tuple((seed, count) for seed, count in body.pop("turns", ()))
            return LawFinished(**body, failures=failures, turns=turns)
        case "explained":
            return Explained(**{**body, "looks_like": tuple(body["looks_like"])})
        case "known-checked":
            lists = {key: tuple(body.get(key, ())) for key in ("confirmed", "tried")}
            return KnownChecked(**{**body, **lists, "excused": restored(body["excused"])})
        case "fingerprint":
            return Fingerprint(**{**body, "measures": restored(body["measures"])})
        case "covered":
            lists = {key: tuple(body[key]) for key in ("pairs", "triples", "missed")}
            return Covered(**{**body, **lists})
    raise ValueError(f"unknown event kind {body.get('kind')!r}")


def failure_from_json(body: Mapping[str, Any]) -> Failure:
    """A failure from its fields. Raises TypeError for others than it has."""
    worst = body.get("worst")
    arrays = {key: restored(body.get(key)) for key in ("tensors", "expected", "got")}
    return Failure(**{**body, **arrays, "worst": None if worst is None else tuple(worst)})
