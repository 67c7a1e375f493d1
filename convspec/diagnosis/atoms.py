"""The vocabulary of conditions: simple predicates, how simple each is, and where it holds.

A price says how much a predicate asks of its reader, about the bits that it takes to name it among
others. A comparison on some axis costs as much as one on the last; odd constants cost more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log2
from typing import NamedTuple

import numpy as np

from convspec.predicates.facts import FLAG, NUMBER, NUMBERS, WORD

from .rules import Mask
from .table import Array, Column, Table


class Said(NamedTuple):
    """Something that can be said: its text (`#` stands for an index), its price, where it holds.

    The mask is (cases,), or (cases, axes) of what is said of one axis.
    """

    text: str
    price: float
    holds: Mask


@dataclass(frozen=True)
class Atoms:
    """Simple predicates, the simplest first: `masks` is (predicates, cases).

    `axis`: what a predicate says of one axis, if it is about some or all of them.
    """

    texts: tuple[str, ...]
    axis: tuple[str, ...]
    prices: Array
    masks: Mask

    def __len__(self) -> int:
        return len(self.texts)


NAME_PRICE = {
    "size": 1.0, "outputs": 1.0, "tail": 0.5, "span": 1.5, "padded": 2.5, "overhang": 1.0,
    "taps": 1.5, "plane": 2.0, "filters": 0.3, "rank": 1.0, "blind": 2.0,
}  # fmt: skip
"""What a name costs beyond that of a parameter."""

LEFT_OUT = ("window", "cells", "pool_window", "pool_stride")
"""Numbers that no condition is made of: other names for others, and measures of size."""

RELATED = (
    ("stride", "kernel", 0.0), ("low", "high", 0.0), ("size", "output_size", 0.0),
    ("stride", "span", 1.0), ("low", "kernel", 1.0), ("high", "kernel", 1.0),
    ("low", "span", 1.0), ("high", "span", 1.0), ("size", "span", 1.0), ("size", "kernel", 0.5),
    ("stride", "dilation", 1.5), ("output_padding", "stride", 0.5),
    ("output_padding", "dilation", 1.0), ("size", "stride", 2.0), ("low", "size", 2.0),
    ("high", "size", 2.0), ("low", "stride", 2.0), ("high", "stride", 2.0), ("tail", "high", 1.0),
    ("padded", "span", 1.0), ("outputs", "dilation", 3.0),
    ("outputs", "output_padding", 1.0),
)  # fmt: skip
"""Facts of an axis that are compared with each other, and what that costs beyond the usual."""

DIVIDED = (("size", "output_size", 0.0), ("output_size", "size", 0.5), ("size", "stride", 1.0))
"""Facts of an axis one of which may divide the other."""

BLOCKS = (2, 4, 8, 16)
"""Widths of vectors and tiles: what they do not divide has a tail."""

BLOCKED = (
    "batch",
    "channels",
    "filters",
    "size",
    "outputs",
    "kernel",
    "plane",
    "taps",
    "groups",
    "p",
)
"""Facts that are worked off in blocks."""

SMALL = 10
"""Constants up to which every one is tried; above, those beside a power of two."""

FREE = {"stride": 2, "dilation": 2, "kernel": 2, "groups": 2, "batch": 2, "channels": 2,
        "filters": 2, "low": 1, "high": 1, "output_padding": 1, "tail": 1, "overhang": 1,
        "outputs": 2, "taps": 2, "size": 2, "blind": 1}  # fmt: skip
"""The constant from which on a parameter does anything: to name it costs nothing."""

ONE_AXIS = 0.5
"""What it saves to say several things of one axis, which is more likely than of several."""

TRIED = 60
"""Pairs of things said of one axis that a third one is added to."""

PLACES = ((-1, 0.5), (0, 1.0), (-2, 3.0))
"""Axes that are singled out, and what that costs."""


def atoms(table: Table) -> Atoms:
    """Every simple predicate over the cases of a table, the simplest first."""
    scalar = list(_scalar(table))
    texts = [entry.text for entry in scalar]
    axis = [""] * len(scalar)
    prices = [entry.price for entry in scalar]
    blocks = [np.array([entry.holds for entry in scalar], bool).reshape(-1, len(table))]
    said = list(per_axis(table))
    if said:
        holds = np.array([entry.holds for entry in said])
        for scope, extra, masks in _scopes(table, holds):
            for entry in said:
                plain = entry.text.replace("#", "")
                texts.append(
                    f"{scope}({plain})" if scope.isalpha() else entry.text.replace("#", scope)
                )
                axis.append(plain)
                prices.append(entry.price + extra)
            blocks.append(masks)
    cost = np.array(prices)
    order = np.argsort(cost, kind="stable")
    return Atoms(
        tuple(texts[i] for i in order), tuple(axis[i] for i in order), cost[order],
        np.concatenate(blocks)[order],
    )  # fmt: skip


def _scopes(table: Table, holds: Mask) -> Iterator[tuple[str, float, Mask]]:
    """What is said of an axis, said of some, of every one, of the last, first and last but one."""
    ranks = table.ranks
    rows = np.arange(len(ranks))
    there = np.arange(holds.shape[2]) < ranks[:, None]
    yield "any", 0.0, np.asarray(holds.any(axis=2), bool)
    # Without a value a comparison is false, on every axis that there is.
    yield "all", 0.5, np.asarray(np.where(there, holds, True).all(axis=2) & (ranks > 0), bool)
    for index, extra in PLACES:
        at = ranks + index if index < 0 else np.full_like(ranks, index)
        inside = (at >= 0) & (at < ranks)
        yield f"[{index}]", extra, inside & holds[:, rows, np.clip(at, 0, holds.shape[2] - 1)]


def joined(table: Table, candidates: Sequence[str], failing: Mask, right: Mask, most: int) -> Atoms:
    """Two predicates of one axis, whichever, and a third: `any(… and …)`.

    `candidates` are what may be said of the axis; every failing case has to fulfil all of them.
    A third one is added to the pairs that hold for the fewest right cases.
    """
    own = {entry.text.replace("#", ""): entry for entry in per_axis(table)}
    kept = [own[text] for text in dict.fromkeys(candidates) if text in own][:most]
    pairs = _joined([(entry,) for entry in kept], kept, failing)
    pairs.sort(key=lambda said: int(_on_some_axis(said)[right].sum()))
    triples = _joined(pairs[:TRIED], kept, failing)
    found = [*pairs, *triples]
    texts = [" and ".join(e.text.replace("#", "") for e in said) for said in found]
    matrix = np.array([_on_some_axis(said) for said in found], bool).reshape(-1, len(table))
    return Atoms(
        tuple(f"any({text})" for text in texts), ("",) * len(texts),
        np.array([sum(entry.price for entry in said) - ONE_AXIS for said in found]), matrix,
    )  # fmt: skip


def _joined(
    heads: Sequence[tuple[Said, ...]], kept: Sequence[Said], failing: Mask
) -> list[tuple[Said, ...]]:
    """Each of the heads with one more, if there is an axis for it in every failing case."""
    if not heads or not kept:
        return []
    some = np.array([np.logical_and.reduce([e.holds[failing] for e in head]) for head in heads])
    each = np.array([entry.holds[failing] for entry in kept])
    place = {id(entry): i for i, entry in enumerate(kept)}
    found = []
    for head, holds in zip(heads, some, strict=True):
        last = max(place[id(entry)] for entry in head)
        fits = (each[last + 1 :] & holds).any(axis=2).all(axis=1)
        found += [(*head, kept[last + 1 + i]) for i in np.flatnonzero(fits).tolist()]
    return found


def _on_some_axis(said: Sequence[Said]) -> Mask:
    both: Mask = np.logical_and.reduce([entry.holds for entry in said]).any(axis=1)
    return both


def _scalar(table: Table) -> Iterator[Said]:
    for name in table.names(FLAG):
        if name != "gradient":
            mask = table.flags(name)
            yield Said(name, 3.0, mask)
            yield Said(f"not {name}", 3.0, ~mask)
    words = set(table.names(WORD))
    layouts = sorted(name for name in words if name.endswith("_layout") and name[0] != "g")
    for name in ("padding", "mode", "dtype", *layouts):
        if name in words:
            column = table.words(name)
            for word in sorted(set(column) - {""}):
                yield Said(f'{name} == "{word}"', 3.5, column == word)
                yield Said(f'{name} != "{word}"', 4.0, (column != word) & (column != ""))
    for name, listed in (
        ("padding", ("same_upper", "same_lower")), ("dtype", ("float32", "float16")),
        ("mode", ("symmetric", "circular")),
    ):  # fmt: skip
        if name in words:
            text = ", ".join(f'"{word}"' for word in listed)
            yield Said(f"{name} in ({text})", 4.0, np.isin(table.words(name).astype(str), listed))
    yield from _numbers(table)


def _numbers(table: Table) -> Iterator[Said]:
    numbers = {n: table.numbers(n) for n in table.names(NUMBER) if n not in LEFT_OUT}
    for name, column in numbers.items():
        yield from _compared(name, name, column)
    for a, b in (("groups", "channels"), ("channels", "filters"), ("batch", "channels")):
        if a in numbers and b in numbers:
            known = numbers[a].known & numbers[b].known
            for sign, mask in _signs(numbers[a].values, numbers[b].values):
                yield Said(f"{a} {sign} {b}", 4.5, mask & known)
    if "groups" not in numbers:
        return
    groups = numbers["groups"]
    some = groups.known & (groups.values > 0)
    each = {
        name: Column(
            numbers[name].values // np.where(some, groups.values, 1), some & numbers[name].known
        )
        for name in ("channels", "filters")
        if name in numbers
    }
    for name, column in each.items():
        for text, price, mask in _compared(f"{name} // groups", name, column):
            yield Said(text, price + 1.0, mask)
    if "channels" in each and "taps" in numbers:
        column = Column(each["channels"].values * numbers["taps"].values, each["channels"].known)
        for text, price, mask in _compared("channels // groups * taps", "taps", column):
            yield Said(text, price + 2.0, mask)


def _constants(column: Column) -> list[int]:
    kept = []
    for value in np.unique(column.values[column.known]):
        whole = int(value)
        near = any((whole + shift) & (whole + shift - 1) == 0 for shift in (-1, 0, 1))
        if whole == value and (whole <= SMALL or near):
            kept.append(whole)
    return kept


def _compared(text: str, name: str, column: Column) -> Iterator[Said]:
    """Comparisons of one column with constants, and what remains of it by blocks."""
    values, known, extra = column.values, column.known, NAME_PRICE.get(name, 0.0)
    natural, constants = FREE.get(name, 1), _constants(column)
    if name == "blind":
        constants = [0, 1]
    for place, constant in enumerate(constants):
        odd = 0.0 if constant == natural else 0.8 + 0.4 * log2(max(abs(constant), 1))
        if place:
            yield Said(f"{text} >= {constant}", 3.0 + extra + odd, (values >= constant) & known)
            least = place == 1
            below = f"{text} == {constants[0]}" if least else f"{text} < {constant}"
            yield Said(below, 3.2 + extra + odd, (values < constant) & known)
        if place != 0:
            yield Said(f"{text} == {constant}", 4.5 + extra + odd, (values == constant) & known)
            yield Said(f"{text} != {constant}", 5.5 + extra + odd, (values != constant) & known)
    if name in BLOCKED:
        for block in BLOCKS:
            price = 3.8 + extra + 0.5 * log2(block)
            yield Said(f"{text} % {block} != 0", price, (values % block != 0) & known)
            yield Said(f"{text} % {block} == 0", price, (values % block == 0) & known)
            if block > 2:
                yield Said(f"{text} % {block} == 1", price + 2, (values % block == 1) & known)


def _signs(a: Array, b: Array) -> Iterator[tuple[str, Mask]]:
    yield ">", a > b
    yield "<", a < b
    yield ">=", a >= b
    yield "<=", a <= b
    yield "==", a == b
    yield "!=", a != b


def per_axis(table: Table) -> Iterator[Said]:
    """What can be said of one axis."""
    columns = {n: table.vectors(n) for n in table.names(NUMBERS) if n not in LEFT_OUT}
    for name, column in columns.items():
        yield from _compared(f"{name}#", name, column)
    for a, b, extra in RELATED:
        if a in columns and b in columns:
            known = columns[a].known & columns[b].known
            for sign, holds in _signs(columns[a].values, columns[b].values):
                price = 4.0 + extra + (0.5 if sign in (">=", "<=", "==") else 0.0)
                yield Said(f"{a}# {sign} {b}#", price, holds & known)
    for a, b, extra in DIVIDED:
        if a in columns and b in columns:
            step = columns[b].values
            known = columns[a].known & columns[b].known & (step > 0)
            rest = columns[a].values % np.where(step > 0, step, 1)
            yield Said(f"{a}# % {b}# != 0", 4.5 + extra, (rest != 0) & known)
            yield Said(f"{a}# % {b}# == 0", 4.5 + extra, (rest == 0) & known)
            if b == "output_size":
                whole = Column(columns[a].values // np.where(step > 0, step, 1), known)
                for text, price, holds in _compared(f"{a}# // {b}#", a, whole):
                    yield Said(text, price + 1.0, holds)
    for of_all, name in (("taps", "kernel"), ("plane", "size")):
        if name in columns:
            total, column = table.numbers(of_all), columns[name]
            holds = (total.values[:, None] == column.values) & column.known
            yield Said(f"{of_all} == {name}#", 6.0, holds)
    if "low" in columns:
        low, high = columns["low"], columns["high"]
        known, around = low.known & high.known, low.values + high.values
        yield Said("low# + high# >= 1", 4.0, (around >= 1) & known)
        yield Said("low# + high# == 0", 4.0, (around == 0) & known)
        if "kernel" in columns:
            k = columns["kernel"].values
            for side in ("low", "high"):
                amount = columns[side].values
                yield Said(f"{side}# == kernel# // 2", 5.0, (amount == k // 2) & known)
                yield Said(f"{side}# == kernel# - 1", 5.0, (amount == k - 1) & known)
                span = columns["span"].values
                yield Said(f"{side}# == span# - 1", 6.0, (amount == span - 1) & known)
    yield from _against_another(table, columns)


def _against_another(table: Table, columns: dict[str, Column]) -> Iterator[Said]:
    """An axis compared with the first, and with the last."""
    ranks = table.ranks
    rows, last = np.arange(len(ranks)), np.maximum(ranks - 1, 0)
    for name, column in columns.items():
        for index, at in ((0, np.zeros_like(last)), (-1, last)):
            one = column.values[rows, at][:, None]
            known = column.known & column.known[rows, at][:, None]
            extra = NAME_PRICE.get(name, 0.0)
            for sign, holds in _signs(column.values, np.broadcast_to(one, column.values.shape)):
                price = 5.0 + extra + (0.5 if sign in (">=", "<=") else 0.0)
                yield Said(f"{name}# {sign} {name}[{index}]", price, holds & known)
