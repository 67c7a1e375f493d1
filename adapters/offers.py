"""What each adapter offers, as it was seen when it was open: operations, and which have gradients.

Claims narrow what an adapter has; what it has shows in the open adapter alone, for which its
library is needed. So it is written down: ``offers.json`` is made from runs of the matrix, by
``python -m convspec.matrix.offers DIR``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

FILE = "offers.json"


@dataclass(frozen=True)
class Offer:
    """Names of operations: those that an adapter has, and those of their gradients."""

    operations: tuple[str, ...]
    gradients: tuple[str, ...]
    second_gradients: tuple[str, ...]

    @classmethod
    def of(cls, claims: Mapping[str, Any]) -> Offer:
        """What claims, as `Claims.to_json` writes them, say of an open adapter."""
        ops = {name: own for name, own in claims["ops"].items() if name != "network"}
        twice = (tuple(n for n, own in ops.items() if own[k]) for k in _GRADIENTS)
        return cls(tuple(ops), *twice)


UNSEEN = Offer((), (), ())
"""Of an adapter that was not seen when it was open."""

_GRADIENTS = ("gradient", "second_gradient")


@cache
def offers() -> Mapping[str, Offer]:
    """Row of the matrix → what it offers, for the rows that have been seen."""
    try:
        found = json.loads(files(__package__).joinpath(FILE).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return {name: Offer(**{k: tuple(v) for k, v in one.items()}) for name, one in found.items()}


def written(found: Mapping[str, Offer], order: Sequence[str]) -> str:
    """The text of the file, rows in the given order."""
    rows = sorted(found, key=lambda name: order.index(name) if name in order else len(order))
    return (
        "{\n" + ",\n".join(f"{json.dumps(name)}: {_entry(found[name])}" for name in rows) + "\n}\n"
    )


def _entry(one: Offer) -> str:
    lines = (f"  {json.dumps(key)}: {json.dumps(list(names))}" for key, names in vars(one).items())
    return "{\n" + ",\n".join(lines) + "\n}"
