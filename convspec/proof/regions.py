"""The condition of what fails: a few words over the parameters, counted inside and outside.

A region is a conjunction of at most three simple predicates. If one of them holds for all failing
configurations and for few others, that is it. Else regions are looked for in which everything
fails, each around the smallest failing configuration that none explains yet, until a few are found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec.spec.operations import NAMED_PADDINGS, PAD_MODES

from .bounds import ADAPTIVE, GLOBAL, Section
from .maps import axis_map

Mask = npt.NDArray[np.bool_]

Bits = npt.NDArray[np.uint8]
"""A mask, eight configurations a byte."""

_NAMES = ("", *NAMED_PADDINGS)
_ONES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(axis=1)

MOSTLY = 0.7
"""The share that must fail of a region that holds all failing configurations and others, too."""

REGIONS = 6
"""Regions looked for at most; what is left then has no simple condition."""

BREADTH = 40
"""Pairs of predicates that are tried with a third one."""


@dataclass(frozen=True)
class Region:
    """Configurations that a condition holds for: `failing` of `inside`.

    Outside, `others` of `outside` fail. `smallest` is the number of the smallest failing one inside.
    """

    condition: str
    failing: int
    inside: int
    others: int
    outside: int
    smallest: int

    @property
    def strength(self) -> str:
        """How condition and failing hang together."""
        if self.others:
            return "if"
        return "if and only if" if self.failing == self.inside else "only if"


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


def _atoms(population: Population, op: str) -> Iterator[tuple[str, Mask]]:
    """Simple predicates, each with where it holds."""
    columns = population.columns
    suffixes = [""] if population.rank == 1 else [str(axis) for axis in range(population.rank)]
    own: dict[str, list[Mask]] = {}
    for suffix in suffixes if population.rank else []:
        for text, mask in _axis_atoms(columns, suffix, op):
            own.setdefault(text, []).append(mask)
            yield text.replace("#", suffix), mask
    if population.rank > 1:
        for text, masks in own.items():
            plain = text.replace("#", "")
            yield f"{plain} on some axis", np.logical_or.reduce(masks)
            yield f"{plain} on every axis", np.logical_and.reduce(masks)
        for name in ("n", "k", "s", "d", "p_lo", "p_hi"):
            if name + "0" in columns:
                last = suffixes[-1]
                yield f"{name}0 = {name}{last}", columns[name + "0"] == columns[name + last]
                yield f"{name}0 ≠ {name}{last}", columns[name + "0"] != columns[name + last]
                yield f"{name}0 > {name}{last}", columns[name + "0"] > columns[name + last]
                yield f"{name}0 < {name}{last}", columns[name + "0"] < columns[name + last]
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


def _axis_atoms(columns: dict[str, Any], suffix: str, op: str) -> Iterator[tuple[str, Mask]]:
    names = ["n", "o"] if op in (*GLOBAL, *ADAPTIVE) else ["n", "k", "s", "d", "p_lo", "p_hi", "o"]
    if op == "pad":
        names = ["n", "p_lo", "p_hi"]
    if op == "conv_transpose":
        names.append("out_pad")
    at = {name: columns[name + suffix] for name in (*names, *(["e"] if "k" in names else []))}
    for name in names:
        values = np.unique(at[name])
        for value in values[1:]:
            yield f"{name}# ≥ {value}", at[name] >= value
            yield f"{name}# < {value}", at[name] < value
        for value in values[1:-1]:
            yield f"{name}# = {value}", at[name] == value
    if "k" in at:
        for a, b in (
            ("s", "k"),
            ("s", "e"),
            ("p_lo", "e"),
            ("p_hi", "e"),
            ("e", "n"),
            ("n", "k"),
            ("d", "n"),
            ("s", "d"),
        ):
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


def regions(population: Population, op: str, failing: Mask) -> tuple[list[Region], int]:
    """Conditions of the failing configurations, and how many of them none of these explains."""
    order = population.sizes()

    def smallest(among: Mask) -> int:
        return int(np.argmin(np.where(among, order, np.inf)))

    def region(condition: str, inside: Mask, new: Mask) -> Region:
        wrong = int((inside & failing).sum())
        return Region(
            condition, wrong, int(inside.sum()), int(failing.sum()) - wrong,
            int((~inside).sum()), int(population.numbers[smallest(new)]),
        )  # fmt: skip

    if failing.all():
        return [region("always", failing, failing)], 0
    atoms = _distinct(population, op)
    right = np.packbits(~failing)
    cover = _cover(atoms, np.packbits(failing), right)
    if cover is not None:
        inside = np.unpackbits(cover[1], count=len(failing)).astype(bool)
        if failing.sum() >= MOSTLY * inside.sum():
            return [region(cover[0], inside, failing)], 0
    left = failing.copy()
    found: list[Region] = []
    while left.any() and len(found) < REGIONS:
        best = _best(atoms, smallest(left), np.packbits(left), right)
        if best is None:
            break
        inside = np.unpackbits(best[1], count=len(failing)).astype(bool)
        found.append(region(best[0], inside, inside & left))
        left &= ~inside
    return found, int(left.sum())


def _cover(atoms: list[tuple[str, Bits]], failing: Bits, right: Bits) -> tuple[str, Bits] | None:
    """The condition that holds for all failing configurations and the fewest right ones."""
    here = [(text, bits) for text, bits in atoms if not (failing & ~bits).any()]
    if not here:
        return None
    bad = [bits & right for _, bits in here]
    fewest: tuple[int, tuple[int, ...]] | None = None
    for size in (1, 2, 3):
        for members in combinations(range(len(here)), size):
            wrong = _count(np.bitwise_and.reduce([bad[i] for i in members]))
            # A further predicate must be worth its words.
            if fewest is None or wrong < fewest[0]:
                fewest = wrong, members
        if fewest is not None and fewest[0] == 0:
            break
    assert fewest is not None
    return " and ".join(here[i][0] for i in fewest[1]), np.bitwise_and.reduce(
        [here[i][1] for i in fewest[1]]
    )


def _distinct(population: Population, op: str) -> list[tuple[str, Bits]]:
    """The predicates that tell anything apart, each set of configurations once."""
    found: dict[bytes, tuple[str, Bits]] = {}
    for text, mask in _atoms(population, op):
        if mask.any() and not mask.all():
            bits = np.packbits(mask)
            found.setdefault(bits.tobytes(), (text, bits))
    return list(found.values())


def _count(bits: Bits) -> int:
    return int(_ONES[bits].sum())


def _best(
    atoms: list[tuple[str, Bits]], seed: int, left: Bits, right: Bits
) -> tuple[str, Bits] | None:
    """The condition that explains the most of what is left: ≤ 3 predicates true at `seed`.

    No right configuration may fulfil it; the shorter one among equals is taken.
    """
    here = [(t, bits) for t, bits in atoms if bits[seed // 8] >> (7 - seed % 8) & 1]
    good = [bits & left for _, bits in here]
    bad = [bits & right for _, bits in here]
    best: tuple[int, tuple[int, ...]] = 0, ()

    def consider(members: tuple[int, ...], explained: int) -> None:
        nonlocal best
        if explained > best[0]:
            best = explained, members

    total = _count(left)
    for i, bits in enumerate(bad):
        if not bits.any():
            consider((i,), _count(good[i]))
    pairs: list[tuple[float, int, int]] = []
    if best[0] < total:
        for i, j in combinations(range(len(here)), 2):
            wrong, explained = _count(bad[i] & bad[j]), _count(good[i] & good[j])
            if not wrong:
                consider((i, j), explained)
            pairs.append((explained / (1 + wrong), i, j))
    if best[0] < total:
        pairs.sort(reverse=True)
        for _, i, j in pairs[:BREADTH]:
            both_bad, both_good = bad[i] & bad[j], good[i] & good[j]
            for m in range(len(here)):
                if not (both_bad & bad[m]).any():
                    consider((i, j, m), _count(both_good & good[m]))
    if not best[0]:
        return None
    members = sorted(set(best[1]))
    inside = np.bitwise_and.reduce([here[i][1] for i in members])
    return " and ".join(here[i][0] for i in members), inside
