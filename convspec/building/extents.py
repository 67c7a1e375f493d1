"""The extents of a case while it is being built, and how they are cut to the work allowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from convspec import scaled
from convspec.contents import EXACT_BITS, HEADROOM_BITS
from convspec.spec.case import Tensor
from convspec.spec.claims import OpClaims
from convspec.spec.groups import CONVOLUTIONS
from convspec.spec.operations import Padding

WORK = {"general": 300_000, "tiny": 500_000, "long": 600_000}
"""Multiply-accumulates a case may cost at most, by the scale of its space."""

CELLS = 1 << 20
"""Elements an input may have at most: long strides pass over cells that cost no multiplications,
but have to be drawn and copied."""

FEW_BITS = 4
"""Sums of real numbers have no more terms than 2 to this power less than 1/u (`precision.FEW`)."""

REAL_PATTERNS = ("normal", "positive")
"""Contents whose sums round."""

SCALED_PATTERNS = ("large", "wide")
"""Contents as large as sums allow."""

Values = dict[str, Any]
"""The levels of a row by the names of their factors."""

Cut = tuple[Any, str, int]
"""An extent that may be cut: its owner, the attribute, and the least it may become."""


@dataclass
class WindowAxis:
    """One spatial axis of a windowed operation."""

    window: int
    stride: int
    dilation: int
    low: int
    high: int
    outputs: int
    tail: int

    def size(self, padding: str) -> int:
        """The input extent with that many outputs (at least), `tail` cells short of another."""
        tail = self.tail % self.stride
        if padding.startswith("same"):
            return (self.outputs - 1) * self.stride + 1 + tail
        extent = self.dilation * (self.window - 1) + 1
        around = self.low + self.high if padding == "explicit" else 0
        return max((self.outputs - 1) * self.stride + extent + tail - around, 1)

    def count(self, padding: str) -> int:
        """How many outputs that extent really has: padding alone can hold more than were drawn."""
        size = self.size(padding)
        if padding.startswith("same"):
            return -(-size // self.stride)
        around = self.low + self.high if padding == "explicit" else 0
        return (size + around - self.dilation * (self.window - 1) - 1) // self.stride + 1


@dataclass
class Extent:
    """One spatial extent of an operation without windows."""

    size: int


@dataclass
class Extents:
    """The extents of a case that are not spatial."""

    batch: int
    groups: int = 1
    channels: int = 1
    filters: int = 1


def window_axes(
    op: str, rank: int, claims: OpClaims, values: Values
) -> tuple[list[WindowAxis], str]:
    """The drawn axes inside the claims, and "explicit" or the name of the padding."""
    named = values["padding"]
    built = []
    for i in range(rank):
        axis = WindowAxis(
            values[f"window{i}"], values[f"stride{i}"], values[f"dilation{i}"],
            values[f"low{i}"], values[f"high{i}"], values[f"outputs{i}"], values[f"tail{i}"],
        )  # fmt: skip
        if op not in CONVOLUTIONS and claims.padding_limit != "none":
            half = claims.padding_limit == "half_window"
            most = axis.window // 2 if half else axis.window - 1
            axis.low, axis.high = min(axis.low, most), min(axis.high, most)
        if not claims.asymmetric_padding:
            axis.high = axis.low
        built.append(axis)
    if named != "explicit" and any(a.stride > claims.named_stride for a in built):
        named = "explicit"
    if values.get("ceil_mode") and not claims.named_ceil:
        named = "explicit"
    return built, named


def padding_of(built: Sequence[WindowAxis], named: str) -> Padding:
    """The padding as the operation's parameter."""
    return named if named != "explicit" else tuple((a.low, a.high) for a in built)


def longest_exact(values: Values, scale: str, claims: OpClaims) -> int:
    """How many ones can be summed exactly in the case's dtype, with room for a law.

    Real numbers round anyway, at the end: what counts is what their sums are kept in. Of long sums
    there are to be so many terms that roundings still have mean 0. Where contents are scaled to
    what sums are kept in, there is to be something to scale.
    """
    pattern, dtype = values["x.pattern"], values["dtype"]
    if pattern in SCALED_PATTERNS:
        return scaled.longest(pattern, dtype)
    if scale == "long":
        return 1 << EXACT_BITS[dtype] - FEW_BITS
    kept = claims.accumulator(dtype, "g.k" in values) if pattern in REAL_PATTERNS else dtype
    return 1 << EXACT_BITS[kept] - HEADROOM_BITS


def trim(load: Callable[[], Sequence[float]], cuts: Sequence[Cut], turn: int) -> None:
    """Cut the extents named by `cuts` until no part of the `load` is more than 1.

    Those that make a part less that is too much are halved in turn, beginning with a different one
    for different rows, so that no extent is always the one that stays small.
    """
    now = load()
    for step in range(12 * len(cuts)):
        if max(now) <= 1:
            return
        owner, name, least = cuts[(turn + step) % len(cuts)]
        value = getattr(owner, name)
        if value <= least:
            continue
        setattr(owner, name, max(value // 2, least))
        less = load()
        if any(a > 1 and b < a for a, b in zip(now, less, strict=True)):
            now = less
        else:
            setattr(owner, name, value)


def is_whole(values: Values) -> bool:
    """Whether the contents are small whole numbers, each array's its own; else all are alike."""
    return values["x.pattern"] not in (*REAL_PATTERNS, *SCALED_PATTERNS)


def first(values: Values, shape: tuple[int, ...], name: str = "x") -> Tensor:
    """The operation's first array, as drawn."""
    return Tensor(
        name, shape, values["dtype"], values["x.pattern"], values["x.k"], values["x.layout"]
    )


def weight(values: Values, shape: tuple[int, ...], scale: str) -> Tensor:
    """The array of weights, as drawn."""
    pattern, drawn = values["w.pattern"], values["x.pattern"]
    if drawn in SCALED_PATTERNS or (pattern in REAL_PATTERNS and scale == "long"):
        pattern = drawn  # of real numbers all signs are drawn, or all numbers positive
    return Tensor("w", shape, values["dtype"], pattern, values["w.k"], values["w.layout"])


def bias(values: Values, length: int) -> list[Tensor]:
    """The bias, if one was drawn."""
    if not values["bias"]:
        return []
    complete = values["x.pattern"] == "eye"
    pattern = "zeros" if complete else "ints" if is_whole(values) else values["x.pattern"]
    return [Tensor("b", (length,), values["dtype"], pattern, values["w.k"])]
