"""What an adapter claims, in a few words: for lists and for the matrix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .spec.claims import Claims
from .spec.dialects import HELD
from .spec.dtypes import DTYPES
from .spec.operations import OPERATIONS

FEW = 4
"""Operations up to which those that are missing are named instead of those that are there."""

Document = Mapping[str, Any]
"""Claims as `Claims.to_json` writes them, and as a run keeps them."""


def operations(claims: Document) -> list[str]:
    """The operations claimed, networks aside: they are composed of the others."""
    return [op for op in OPERATIONS if op in claims.get("ops", {}) and op != "network"]


def lacking(claims: Document) -> list[str]:
    """The operations that are not claimed."""
    own = operations(claims)
    return [op for op in OPERATIONS if op not in own and op != "network"]


def some(claims: Document, key: str) -> list[Any]:
    """Everything that some operation claims under a key, such as its ``dtypes``."""
    found = {value for op in operations(claims) for value in claims["ops"][op].get(key, ())}
    order = [*DTYPES] if key == "dtypes" else sorted(found)
    return [value for value in order if value in found]


def differentiated(claims: Document, key: str = "gradient") -> list[str]:
    """The operations whose gradients, or second gradients, are claimed."""
    return [op for op in operations(claims) if claims["ops"][op].get(key)]


def departures(claims: Document) -> dict[str, str]:
    """Dialect point → the choice declared, where that is not the specification's."""
    chosen = claims.get("dialect") or {}
    return {
        name: chosen[name]
        for name, point in HELD.items()
        if name in chosen and chosen[name] != point.default
    }


def operations_in_words(claims: Document) -> str:
    """The operations: all of them, all but a few, or those that there are."""
    own, without = operations(claims), lacking(claims)
    if not without:
        return f"all {len(own)} operations"
    noun = "operation" if len(own) == 1 else "operations"
    if len(without) <= FEW:
        return f"{len(own)} {noun}: all but {', '.join(without)}"
    return f"{len(own)} {noun}: {', '.join(own)}" if own else "no operation"


def gradients_in_words(claims: Document) -> str:
    """How many of the operations have gradients."""
    first, second = (len(differentiated(claims, k)) for k in ("gradient", "second_gradient"))
    if not first:
        return "no gradients"
    return f"gradients of {first}" + (f", second of {second}" if second else "")


def axes_in_words(ranks: Iterable[int]) -> str:
    """Numbers of spatial axes: "1 to 3 axes"."""
    found = sorted(n for n in ranks if n)
    if not found:
        return "no spatial axes"
    whole = len(found) > 2 and found == list(range(found[0], found[-1] + 1))
    said = f"{found[0]} to {found[-1]}" if whole else " or ".join(map(str, found))
    return f"{said} {'axis' if found == [1] else 'axes'}"


def document(claims: Claims) -> dict[str, Any]:
    """What is claimed, for programs: lists of words."""
    full = claims.to_json()
    return {
        "operations": operations(full), "lacking": lacking(full), "ranks": some(full, "ranks"),
        "dtypes": some(full, "dtypes"), "gradients": differentiated(full),
        "second_gradients": differentiated(full, "second_gradient"), "dialect": departures(full),
    }  # fmt: skip


def lines(claims: Document) -> list[str]:
    """What is claimed, in a few lines."""
    if not operations(claims):
        return ["no operation"]
    departing = len(departures(claims))
    points = "point" if departing == 1 else "points"
    return [
        operations_in_words(claims),
        f"{axes_in_words(some(claims, 'ranks'))}; {' '.join(some(claims, 'dtypes'))}",
        gradients_in_words(claims)
        + (f"; another choice than the specification's at {departing} {points}" * bool(departing)),
    ]
