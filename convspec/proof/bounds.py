"""Which configurations a bound holds, and which of them an adapter claims.

A bound limits every parameter of an axis; the configurations of an operation are all combinations
of all values, each axis on its own, padding on each side on its own. Combinations in which the
window exceeds the padded input belong to it, too: they must be refused. Above two axes, where all
combinations are too many, a covering set is taken: any three values of three parameters meet.

Everything an adapter may leave unclaimed concerns one axis or the whole call, so that claims are
applied to the lists and not to their product.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, product
from typing import Any, NamedTuple

import numpy as np

from convspec.covering import covering_rows
from convspec.spec.case import Tensor
from convspec.spec.claims import Claims, OpClaims
from convspec.spec.groups import ADAPTIVE, CONVOLUTIONS, GLOBAL, MAX_POOLS, WEIGHTED
from convspec.spec.operations import NAMED_PADDINGS, OPERATIONS, PAD_MODES, Operation

from .maps import Setting, is_defined, is_valid, named

WINDOWED = (*CONVOLUTIONS, *MAX_POOLS, "avg_pool")
PROVABLE = (*CONVOLUTIONS, "pad", *MAX_POOLS, "avg_pool", *ADAPTIVE, *GLOBAL, "dense")
"""Operations that are linear, bilinear or linear over (max, +): an impulse response decides."""

SAMPLE_CHANNELS = (2, 3)
"""Channels in and out of the integer inputs where channels are not enumerated."""


class Limits(NamedTuple):
    """The greatest input size, window, stride, dilation, padding on each side, and crop."""

    size: int
    window: int
    stride: int
    dilation: int
    padding: int
    crop: int = 1


class Bound(NamedTuple):
    """Limits for one, two and three axes, and for channels (and so groups) with one axis."""

    name: str
    limits: tuple[Limits, Limits, Limits]
    channels: int


BOUNDS = {
    bound.name: bound
    for bound in (
        Bound("tiny", (Limits(5, 3, 3, 2, 2), Limits(3, 2, 2, 2, 1), Limits(2, 2, 2, 2, 1)), 3),
        Bound("small", (Limits(8, 4, 4, 3, 3, 2), Limits(5, 3, 3, 2, 2), Limits(4, 3, 3, 2, 2)), 4),
        Bound(
            "medium", (Limits(12, 5, 5, 3, 4, 2), Limits(6, 4, 3, 2, 2), Limits(5, 3, 3, 2, 2)), 4
        ),
    )
}


@dataclass(frozen=True)
class Fixed:
    """What concerns a whole configuration and not one axis.

    `groups` groups of `per_group` input channels and `filters` filters each; `named` is the padding
    where it is given by name.
    """

    ceil_mode: bool = False
    count_include_pad: bool = False
    mode: str = "constant"
    named: str = ""
    groups: int = 1
    per_group: int = 1
    filters: int = 1


@dataclass(frozen=True)
class Configuration:
    """One configuration: an operation, a setting per axis, and what concerns them all."""

    op: str
    settings: tuple[Setting, ...]
    fixed: Fixed

    @property
    def rank(self) -> int:
        """The number of spatial axes."""
        return len(self.settings)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The keyword arguments of the adapter's function."""
        op, axes, fixed = self.op, self.settings, self.fixed
        if op in GLOBAL or op == "dense":
            return {}
        if op in ADAPTIVE:
            return {"output_size": tuple([a.more for a in axes])}
        padding: Any = fixed.named or tuple([(a.low, a.high) for a in axes])
        if op == "pad":
            return {"padding": padding, "mode": fixed.mode, "value": 0}
        found: dict[str, Any] = {
            "stride": tuple([a.stride for a in axes]),
            "padding": padding,
            "dilation": tuple([a.dilation for a in axes]),
        }
        if op in WEIGHTED:
            found["groups"] = fixed.groups
            if op == "conv_transpose":
                found["output_padding"] = tuple([a.more for a in axes])
            return found
        found["window"] = tuple([a.window for a in axes])
        found["ceil_mode"] = fixed.ceil_mode
        if op == "avg_pool":
            found["count_include_pad"] = fixed.count_include_pad
        return found

    @property
    def operation(self) -> Operation:
        """The operation with its parameters."""
        return OPERATIONS[self.op](**self.parameters)


@dataclass(frozen=True)
class Section:
    """Configurations that share all but their axes: every choice of `axis` for each axis.

    `rows`, if given, are the only choices: places in `axis`, one per axis. `bound` counts the
    configurations in the bound, claimed or not.
    """

    op: str
    rank: int
    fixed: Fixed
    axis: tuple[Setting, ...]
    bound: int
    rows: tuple[tuple[int, ...], ...] | None = None

    @cached_property
    def count(self) -> int:
        """How many configurations are claimed."""
        return len(self.axis) ** self.rank if self.rows is None else len(self.rows)

    def unclaimed(self) -> Section:
        """The same part of the bound, with nothing of it claimed."""
        return replace(self, axis=(), rows=())

    def places(self, index: int) -> tuple[int, ...]:
        """Which setting each axis of a configuration has; the last axis varies fastest."""
        if self.rows is not None:
            return self.rows[index]
        found = []
        for _ in range(self.rank):
            index, place = divmod(index, len(self.axis))
            found.append(place)
        return tuple(found[::-1])

    def all_places(self) -> Any:
        """The places of all configurations: (configurations, axes)."""
        if self.rows is not None:
            return np.array(self.rows).reshape(self.count, self.rank)
        grids = np.unravel_index(np.arange(self.count), (len(self.axis),) * self.rank)
        return np.stack(grids, axis=1) if self.rank else np.zeros((1, 0), int)

    def __getitem__(self, index: int) -> Configuration:
        """The configuration at a place."""
        return Configuration(
            self.op, tuple([self.axis[place] for place in self.places(index)]), self.fixed
        )


class Plan:
    """All sections of a run in a row: every configuration has a number."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self.sections = tuple(sections)
        counts = [section.count for section in self.sections]
        self._starts = [0, *accumulate(counts)]
        self.count = self._starts[-1]
        """How many configurations there are."""

    def locate(self, number: int) -> tuple[Section, int]:
        """The section of a configuration, and its place there."""
        at = bisect_right(self._starts, number) - 1
        return self.sections[at], number - self._starts[at]

    def start(self, at: int) -> int:
        """The number of the first configuration of a section."""
        return self._starts[at]


def sections(
    op: str, bound: Bound, claims: Claims, ranks: Sequence[int] = (1, 2, 3)
) -> list[Section]:
    """All configurations of an operation in a bound; of each section those that are claimed."""
    claimed = claims.ops[op]
    if op == "dense":
        most = 2 * bound.channels
        every = product(range(1, most + 1), repeat=2)
        return [Section(op, 0, Fixed(per_group=c, filters=f), (), 1) for c, f in every]
    found = []
    for rank in ranks:
        limits = bound.limits[rank - 1]
        for fixed in _fixed(op, rank, bound.channels):
            axis = _axis(op, limits, fixed)
            kept = [_is_claimed(op, (setting,), fixed, claimed) for setting in axis]
            most = rank in claimed.ranks
            if rank < 3 or op in GLOBAL or op in ADAPTIVE:
                left = tuple([a for a, keep in zip(axis, kept, strict=True) if keep and most])
                found.append(Section(op, rank, fixed, left, len(axis) ** rank))
            else:
                rows = tuple(dict.fromkeys(_rows(op, axis, fixed, rank)))
                fit = tuple([row for row in rows if most and all(kept[place] for place in row)])
                found.append(Section(op, rank, fixed, axis, len(rows), fit))
    return found


def _fixed(op: str, rank: int, channels: int) -> Iterator[Fixed]:
    """Every value of what concerns a whole configuration."""
    names = ("", *NAMED_PADDINGS) if rank == 1 and op in WINDOWED else ("",)
    if op == "conv_transpose":
        names = ("",)  # what a name means there is not agreed upon
    if op in WEIGHTED:
        yield Fixed()
        for name in names:
            for groups, c, m in product(range(1, channels + 1), repeat=3):
                wanted = groups * max(c, m) <= channels and rank == 1
                if wanted and (name or groups * c * m > 1) and (not name or c == m == groups == 1):
                    yield Fixed(named=name, groups=groups, per_group=c, filters=m)
    elif op == "pad":
        yield from (Fixed(mode=mode) for mode in PAD_MODES)
    elif op in WINDOWED:
        counted = (False, True) if op == "avg_pool" else (False,)
        for name, ceil, count in product(names, (False, True), counted):
            yield Fixed(ceil_mode=ceil, count_include_pad=count, named=name)
    else:
        yield Fixed()


def _axis(op: str, limits: Limits, fixed: Fixed) -> tuple[Setting, ...]:
    """Every setting of one axis within the limits."""
    sizes = range(1, limits.size + 1)
    if op in GLOBAL:
        return tuple([Setting(n) for n in sizes])
    if op in ADAPTIVE:
        return tuple([Setting(n, more=out) for n in sizes for out in sizes])
    if op == "pad":
        amounts = range(-limits.crop, limits.padding + 1)
        every = [Setting(n, low=lo, high=hi) for n, lo, hi in product(sizes, amounts, amounts)]
        return tuple([a for a in every if a.size + min(a.low, 0) + min(a.high, 0) > 0])
    pads = range(limits.padding + 1)
    found = []
    for n, k, s, d in product(
        sizes, *(range(1, most + 1) for most in (limits.window, limits.stride, limits.dilation))
    ):
        if fixed.named:
            low, high = named(fixed.named, n, k, s, d)
            found.append(Setting(n, k, s, d, low, high))
            continue
        extra = range(max(s, d)) if op == "conv_transpose" else (0,)
        for low, high, more in product(pads, pads, extra):
            found.append(Setting(n, k, s, d, low, high, more))
    if op == "avg_pool" and not fixed.count_include_pad:
        found = [a for a in found if is_defined(a, fixed.ceil_mode)]
    return tuple(found)


def _is_claimed(op: str, settings: tuple[Setting, ...], fixed: Fixed, claims: OpClaims) -> bool:
    """Whether an adapter claims a configuration, whatever the number of axes and the dtype."""
    x = Tensor("x", (1, 1, *[a.size for a in settings]))
    w = Tensor("w", (1, 1, *[a.window for a in settings]))
    anything = replace(claims, ranks=(len(settings),), dtypes=(x.dtype,), bias=(False,))
    if op == "pad":  # cropping is no part of what can be claimed
        settings = tuple([a._replace(low=max(a.low, 0), high=max(a.high, 0)) for a in settings])
    call = Configuration(op, settings, fixed).operation
    return anything.include(call, [x, w] if op in WEIGHTED else [x])


def _rows(op: str, axis: Sequence[Setting], fixed: Fixed, rank: int) -> Iterator[tuple[int, ...]]:
    """A covering set of configurations, as places in `axis`.

    Where a window would not fit, the input is the next larger one in which it does.
    """
    fields = [sorted(set(values)) for values in zip(*axis, strict=True)]
    place = {setting: i for i, setting in enumerate(axis)}
    width = len(fields)
    for row in covering_rows(tuple([len(values) for values in fields]) * rank):
        found = []
        for i in range(rank):
            chosen = row[i * width : (i + 1) * width]
            setting = Setting(*[v[c] for v, c in zip(fields, chosen, strict=True)])
            found.append(_placed(op, setting, fixed, place))
        yield tuple(found)


def _placed(op: str, wanted: Setting, fixed: Fixed, place: dict[Setting, int]) -> int:
    """The place of a setting, or of the next one that exists and has a meaning."""
    most = max(setting.size for setting in place)
    wanted = wanted._replace(more=wanted.more % max(wanted.stride, wanted.dilation))
    for low, high in ((wanted.low, wanted.high), (wanted.low, 0), (0, wanted.high), (0, 0)):
        for size in range(wanted.size, most + 1):
            setting = wanted._replace(size=size, low=low, high=high)
            if setting in place and is_valid(op, setting, fixed.ceil_mode, fixed.mode):
                return place[setting]
    return place[min(place)]
