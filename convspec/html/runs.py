"""One run as the page tells it: claims, dialect, coverage, time, how to have it again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from convspec.clause_results import one_line
from convspec.events import Covered
from convspec.report import Report
from convspec.reports.evidence import adapter_of
from convspec.spec.claims import UNBOUNDED, OpClaims
from convspec.spec.dialects import DIALECT_POINTS

SLOWEST = 10
"""Laws listed by the time they took."""

MISSED = 24
"""Classes and pairs named that no case had."""

_SHOWN = ("ranks", "dtypes", "gradient", "second_gradient")


def command(report: Report) -> str:
    """The command that makes the run again."""
    head = report.head
    words = ["convspec", "check", adapter_of(report), "--profile", head.profile]
    words += ["--seed", str(head.seed)]
    for option, key in (("--op", "ops"), ("--clause", "clauses")):
        for asked in head.asked.get(key) or ():
            words += [option, str(asked)]
    return shlex.join(words)


@dataclass(frozen=True)
class Claimed:
    """What is claimed of one operation; `narrower` says where it is less than all there is."""

    op: str
    ranks: str
    dtypes: str
    gradients: str
    narrower: str


def claimed(claims: Mapping[str, Any]) -> list[Claimed]:
    """A line per operation."""
    found = []
    for op, own in dict(claims.get("ops") or {}).items():
        twice = " and second" if own.get("second_gradient") else ""
        found.append(
            Claimed(
                op, _words(own.get("ranks", ())), _words(own.get("dtypes", ())),
                f"first{twice}" if own.get("gradient") else "no",
                "; ".join(_narrower(own)),
            )
        )  # fmt: skip
    return found


def _narrower(own: Mapping[str, Any]) -> list[str]:
    """What of an operation's claims is less than everything, each in a few words."""
    said = []
    for key, most in asdict(OpClaims()).items():
        value = own.get(key)
        if key in _SHOWN or value is None or key == "networks":
            continue
        ends = [None if n == UNBOUNDED else n for n in most] if _range(most) else most
        if _listed(value) == _listed(ends):
            continue
        name = key.replace("_", " ")
        if _range(most):
            first, last = value
            said.append(f"{name} from {first}" if last is None else f"{name} {first} to {last}")
        else:
            said.append(f"{name}: {_words(value) if isinstance(value, (list, tuple)) else value}")
    return said


def _listed(value: object) -> object:
    """Lists and tuples alike, as a saved run has only the former."""
    return list(value) if isinstance(value, (list, tuple)) else value


def _range(claim: object) -> bool:
    """Whether a claim is a least and a greatest number."""
    return isinstance(claim, tuple) and len(claim) == 2 and UNBOUNDED in claim


def _words(values: Sequence[Any]) -> str:
    return ", ".join(map(str, values)) or "none"


@dataclass(frozen=True)
class Choice:
    """One dialect point: what is declared, and what was observed if that was looked at."""

    point: str
    question: str
    declared: str
    usual: bool
    observed: str
    undeclared: bool
    failure: str
    """The reason of the known failure that was seen in place of the declared choice."""


def choices(report: Report) -> list[Choice]:
    """Every dialect point: those with an undeclared choice first, those where a known failure was
    seen, then those not the usual one."""
    declared = dict(report.head.claims.get("dialect") or {})
    undeclared = report.undeclared
    found = []
    for point in dict.fromkeys([*declared, *report.head.observed]):
        known = DIALECT_POINTS.get(point)
        seen = report.head.observed.get(point)
        observed = ""
        if seen is not None:
            got = "; ".join(one_line(str(line)) for line in _lines(seen.get("got")))
            observed = str(seen.get("choice") or f"none of the named ones: {got}")
        said = str(declared.get(point, "not declared"))
        usual = known is not None and said == known.default
        found.append(
            Choice(point, known.question if known else "", said, usual, observed,
                   point in undeclared, str((seen or {}).get("known") or ""))
        )  # fmt: skip
    return sorted(found, key=lambda c: (not c.undeclared, not c.failure, c.usual))


def _lines(got: object) -> Sequence[object]:
    return got if isinstance(got, (list, tuple)) else [got] if got is not None else []


def slowest(report: Report) -> list[tuple[str, float]]:
    """The laws that took longest."""
    return sorted(report.seconds_by_law.items(), key=lambda e: (-e[1], e[0]))[:SLOWEST]


def link(address: str) -> str | None:
    """The address if it leads to the web; anything else is shown as text, never followed."""
    return address if address.startswith(("https://", "http://")) else None


def met(one: Covered) -> str:
    """How many classes of parameters some case had, of how many."""
    numbers = [number for classes in one.classes.values() for number in classes.values()]
    return share((sum(number > 0 for number in numbers), len(numbers)))


def share(some: Sequence[int]) -> str:
    """17 of 20: counts, which say more than a percentage would."""
    had, possible = some
    return f"{had:,} of {possible:,}"
