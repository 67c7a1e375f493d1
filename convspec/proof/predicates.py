"""Simple predicates over the parameters of configurations, and where each of them holds.

Of an axis: n input cells, k taps, s stride, d dilation, p_lo and p_hi padding, e the effective
window, o output cells. With several axes a number says which; "on some axis" and "on every axis"
say that it does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from convspec.diagnosis.rules import RAREST, Mask
from convspec.spec.groups import ADAPTIVE, GLOBAL
from convspec.spec.operations import NAMED_PADDINGS, PAD_MODES

from .bounds import Section
from .maps import axis_map

_NAMES = ("", *NAMED_PADDINGS)

RELATED = (
    ("s", "k"), ("s", "e"), ("p_lo", "e"), ("p_hi", "e"),
    ("e", "n"), ("n", "k"), ("d", "n"), ("s", "d"),
)  # fmt: skip
"""Parameters of an axis that are compared with each other."""


class Population:
    """Configurations of one operation and number of axes: their numbers and their parameters."""

    def __init__(self, parts: list[tuple[Section, int]], valid: bool) -> None:
        """`parts`: sections, each with the number of its first configuration."""
        columns: list[dict[str, Any]] = []
        numbers = []
        for section, start in parts:
            found, kept = _columns(section, valid)
            columns.append(found)
            numbers.append(start + np.flatnonzero(kept))
        self.rank = parts[0][0].rank
        self.numbers = np.concatenate(numbers)
        self.columns = {name: np.concatenate([c[name] for c in columns]) for name in columns[0]}

    def sizes(self) -> Any:
        """What makes one configuration smaller than another: cells, taps, then the rest."""
        total = np.zeros(len(self.numbers))
        for name, column in self.columns.items():
            weight = {"n": 100, "k": 100}.get(name[0], 1)
            total = total + weight * np.abs(column.astype(np.int64))
        return total


def _columns(section: Section, valid: bool) -> tuple[dict[str, Any], Mask]:
    fixed, op = section.fixed, section.op
    flags = fixed.ceil_mode, fixed.count_include_pad, fixed.mode, "float32"
    maps = [axis_map(op, setting, *flags) for setting in section.axis]
    right = np.array([one is not None for one in maps], bool)
    places = section.all_places()
    every = right[places].all(axis=1) if section.rank else np.ones(1, bool)
    kept = every if valid else ~every
    values = np.array([tuple(setting) for setting in section.axis]).reshape(-1, 7).astype(np.int16)
    outputs = np.array([0 if one is None else one.taps.shape[2] for one in maps], np.int16)
    found: dict[str, Any] = {}
    for axis in range(section.rank):
        rows = values[places[kept, axis]]
        n, k, s, d, low, high, more = rows.T
        suffix = "" if section.rank == 1 else str(axis)
        for name, column in zip(
            ("n", "k", "s", "d", "p_lo", "p_hi"), (n, k, s, d, low, high), strict=True
        ):
            found[name + suffix] = column
        found["e" + suffix] = d * (k - 1) + 1
        found["o" + suffix] = outputs[places[kept, axis]]
        if op == "conv_transpose":
            found["out_pad" + suffix] = more
    for name, value in (
        ("ceil_mode", fixed.ceil_mode),
        ("count_include_pad", fixed.count_include_pad),
        ("groups", fixed.groups),
        ("C", fixed.groups * fixed.per_group),
        ("O", fixed.groups * fixed.filters),
        ("mode", PAD_MODES.index(fixed.mode)),
        ("padding", _NAMES.index(fixed.named)),
    ):
        found[name] = np.full(int(kept.sum()), value, np.int16)
    return found, kept


def predicates(population: Population, op: str) -> Iterator[tuple[str, Mask]]:
    """Simple predicates, each with where it holds."""
    columns = population.columns
    if population.rank == 1:
        yield from ((text.replace("#", ""), mask) for text, mask in _of_axis(columns, "", op))
    if population.rank > 1:
        yield from _of_several_axes(population, op)
    for name in ("ceil_mode", "count_include_pad"):
        yield name, columns[name] > 0
        yield f"not {name}", columns[name] == 0
    for name in ("groups", "C", "O"):
        for value in np.unique(columns[name])[1:]:
            yield f"{name} ≥ {value}", columns[name] >= value
            yield f"{name} < {value}", columns[name] < value
    for name, words in (("mode", PAD_MODES), ("padding", _NAMES)):
        for value in np.unique(columns[name]):
            yield f"{name} is {words[value] or 'given in numbers'}", columns[name] == value
            yield f"{name} is not {words[value] or 'given in numbers'}", columns[name] != value


def _of_several_axes(population: Population, op: str) -> Iterator[tuple[str, Mask]]:
    """Predicates of each axis, of some axis, of every axis, and of the first and the last."""
    columns = population.columns
    own: dict[str, list[Mask]] = {}
    for axis in range(population.rank):
        for text, mask in _of_axis(columns, str(axis), op):
            own.setdefault(text, []).append(mask)
    for text, masks in own.items():
        plain = text.replace("#", "")
        yield f"{plain} on some axis", np.logical_or.reduce(masks)
        yield f"{plain} on every axis", np.logical_and.reduce(masks)
    for text, masks in own.items():
        yield from ((text.replace("#", str(axis)), mask) for axis, mask in enumerate(masks))
    last = population.rank - 1
    for name in ("n", "k", "s", "d", "p_lo", "p_hi"):
        a, b = columns[f"{name}0"], columns[f"{name}{last}"]
        for sign, mask in (("=", a == b), ("≠", a != b), (">", a > b), ("<", a < b)):
            yield f"{name}0 {sign} {name}{last}", mask


def pairs_on_one_axis(population: Population, op: str, failing: Mask) -> Iterator[tuple[str, Mask]]:
    """Two predicates of the same axis, whichever, out of those that every failing one fulfils."""
    own: dict[str, list[Mask]] = {}
    for axis in range(population.rank):
        for text, mask in _of_axis(population.columns, str(axis), op):
            own.setdefault(text.replace("#", ""), []).append(mask)
    needed = [
        (text, masks) for text, masks in own.items() if np.logical_or.reduce(masks)[failing].all()
    ]
    # The rarest say the most.
    needed.sort(key=lambda entry: int(sum(mask.sum() for mask in entry[1])))
    for (one, ones), (other, others) in combinations(needed[:RAREST], 2):
        both = np.logical_or.reduce([a & b for a, b in zip(ones, others, strict=True)])
        if both[failing].all():
            yield f"({one} and {other} on some axis)", both


def _of_axis(columns: dict[str, Any], suffix: str, op: str) -> Iterator[tuple[str, Mask]]:
    names = ["n", "o"] if op in (*GLOBAL, *ADAPTIVE) else ["n", "k", "s", "d", "p_lo", "p_hi", "o"]
    if op == "pad":
        names = ["n", "p_lo", "p_hi"]
    if op == "conv_transpose":
        names.append("out_pad")
    at = {name: columns[name + suffix] for name in (*names, *(["e"] if "k" in names else []))}
    for name in names:
        # The same values for all axes, so that each has the same predicates.
        everywhere = [column for key, column in columns.items() if key.rstrip("012") == name]
        values = np.unique(np.concatenate(everywhere))
        for value in values[1:]:
            yield f"{name}# ≥ {value}", at[name] >= value
            yield f"{name}# < {value}", at[name] < value
        for value in values[1:-1]:
            yield f"{name}# = {value}", at[name] == value
    if "k" in at:
        for a, b in RELATED:
            yield f"{a}# > {b}#", at[a] > at[b]
            yield f"{a}# ≤ {b}#", at[a] <= at[b]
            yield f"{a}# ≥ {b}#", at[a] >= at[b]
            yield f"{a}# < {b}#", at[a] < at[b]
        for parity, text in ((0, "even"), (1, "odd")):
            for name in ("k", "o", "n"):
                yield f"{name}# {text}", at[name] % 2 == parity
        room = at["n"] + at["p_lo"] + at["p_hi"] - at["e"]
        yield "s# leaves a tail", room % at["s"] != 0
        yield "s# leaves no tail", room % at["s"] == 0
        yield "e# exceeds the padded input", room < 0
        yield "e# exceeds the padded input by less than s#", room > -at["s"]
        yield "e# fits the padded input", room >= 0
    if "p_lo" in at:
        yield "p_lo# = p_hi#", at["p_lo"] == at["p_hi"]
        yield "p_lo# ≠ p_hi#", at["p_lo"] != at["p_hi"]
        yield "p_lo# > p_hi#", at["p_lo"] > at["p_hi"]
        yield "p_lo# < p_hi#", at["p_lo"] < at["p_hi"]
