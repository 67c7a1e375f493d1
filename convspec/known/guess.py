"""A region for a failure of which nothing is known but its smallest case.

A smallest case is as plain as it can be and still fail, so whatever is not plain in it is taken to
be needed, and more of the same to fail as well: of a stride of 2 that is left over, that every
stride of at least 2 fails. It is a guess, and a draft says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from convspec.predicates import Facts, Predicate
from convspec.spec.case import Case

AXES = (("kernel", 1), ("stride", 1), ("dilation", 1), ("low", 0), ("high", 0))
"""Facts per axis, each with its plain value."""

COUNTS = (("groups", 1), ("batch", 1))
FLAGS = ("bias", "ceil_mode", "count_include_pad")

SEVERAL_OUTPUTS = 3
"""Outputs from which on their number looks like a reason; padding alone can make two."""


def guess(case: Case, claimed: Mapping[str, Any]) -> Predicate:
    """A region around a smallest case. `claimed`: what is claimed of its operation, as JSON."""
    facts = Facts(case)
    parts = list(_parts(facts, claimed))
    return Predicate.parse(" and ".join(parts) or f'op == "{case.op.name}"')


def _parts(facts: Facts, claimed: Mapping[str, Any]) -> Iterator[str]:
    rank = facts["rank"]
    if rank > 1 and (least := min(claimed.get("ranks", [1]))) < rank:
        greatest = max(claimed.get("ranks", [rank]))
        yield f"rank == {rank}" if rank == greatest else f"rank >= {rank}" if least else "rank > 0"
    plain = claimed.get("dtypes", [])
    if plain and facts["dtype"] != plain[0]:
        yield f'dtype == "{facts["dtype"]}"'
    for name, value in COUNTS:
        if (facts[name] or 0) > value:
            yield f"{name} >= {facts[name]}"
    groups = facts["groups"] or 1
    for name in ("channels", "filters"):
        if (facts[name] or 0) > groups:
            yield f"{name} > groups" if groups > 1 else f"{name} >= {facts[name]}"
    yield from (name for name in FLAGS if facts[name])
    yield from _words(facts, claimed)
    if facts["p"] is not None and facts["p"] != 2:
        yield f"p == {facts['p']}"
    if any(n == 0 for n in facts["size"]):
        yield "any(size == 0)"
    named = facts["padding"] not in (None, "explicit")
    for name, value in AXES:
        if not (named and name in ("low", "high")):
            yield from _beyond(name, facts[name] or (), value)
    if max(facts["outputs"] or (0,)) >= SEVERAL_OUTPUTS:
        yield f"any(outputs >= {max(facts['outputs'])})"


def _words(facts: Facts, claimed: Mapping[str, Any]) -> Iterator[str]:
    for tensor in facts.case.tensors:
        if tensor.layout != "contiguous":
            yield f'{tensor.name}_layout == "{tensor.layout}"'
    if facts["padding"] not in (None, "explicit"):
        yield f'padding == "{facts["padding"]}"'
    modes = claimed.get("modes", [])
    if facts["mode"] is not None and modes and facts["mode"] != modes[0]:
        yield f'mode == "{facts["mode"]}"'
    for word in ("nan", "nans"):
        if word in facts["patterns"]:
            yield f'"{word}" in patterns'


def _beyond(name: str, values: Sequence[int], plain: int) -> Iterator[str]:
    if values and max(values) > plain:
        yield f"any({name} >= {max(values)})"
    if values and min(values) < plain:
        yield f"any({name} <= {min(values)})"
