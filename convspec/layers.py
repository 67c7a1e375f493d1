"""A windowed operation with all its numbers, as a user writes them down.

Sizes are written ``5x5``, padding ``1,1`` or ``0:1,1:2``, one number for every axis.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from .spec.clauses import Example
from .spec.groups import CONVOLUTIONS, POOLS
from .spec.operations import NAMED_PADDINGS
from .spec.relation import Axis, Padding, axes, resolve_padding, transposed_axes

T = TypeVar("T")

WINDOWED = (*CONVOLUTIONS, *POOLS)
"""The operations that worked numbers can be given for."""

LARGEST = 4096
"""Axes longer than this get their sizes worked out, but no windows and no counts."""


@dataclass(frozen=True)
class Layer:
    """A windowed operation with all its numbers.

    `axes` are those of the index relation. For a transposed convolution they are the axes of the
    convolution it is the adjoint of: ``size`` is its output's, ``out`` its input's.
    """

    op: str
    axes: tuple[Axis, ...]
    padding: Padding
    groups: int = 1
    output_padding: tuple[int, ...] = ()

    @property
    def transposed(self) -> bool:
        """Whether windows are written rather than read."""
        return self.op == "conv_transpose"

    @property
    def pool(self) -> bool:
        """Whether it is a pool."""
        return self.op.endswith(("pool", "indices"))

    @property
    def small(self) -> bool:
        """Whether its windows can be looked at one by one."""
        return all(max(axis.padded, axis.reach) <= LARGEST for axis in self.axes)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The extents of the operation's input."""
        return tuple(a.out if self.transposed else a.size for a in self.axes)

    @property
    def result(self) -> tuple[int, ...]:
        """The extents of its result."""
        return tuple(a.size if self.transposed else a.out for a in self.axes)


def layer(
    op: str,
    sizes: str,
    window: str,
    *,
    stride: str = "1",
    padding: str = "0",
    dilation: str = "1",
    ceil: bool = False,
    groups: int = 1,
    output_padding: str = "0",
) -> Layer:
    """The layer that a user wrote down. Raises ``ValueError`` with one sentence."""
    if op not in WINDOWED:
        raise ValueError(f"worked numbers are for {', '.join(WINDOWED)}, not for {op}")
    if ceil and op.startswith("conv"):
        raise ValueError(f"{op} has no ceil mode; pools have")
    if groups != 1 and not op.startswith("conv"):
        raise ValueError(f"{op} has no groups; convolutions have")
    n = numbers_of("input", sizes)
    rank = len(n)
    k, s, d = (
        numbers_of(name, text, rank)
        for name, text in (("kernel", window), ("stride", stride), ("dilation", dilation))
    )
    pads = pads_of(padding, rank)
    extra = numbers_of("output padding", output_padding, rank)
    if op != "conv_transpose":
        if any(extra):
            raise ValueError(f"{op} has no output padding; conv_transpose has")
        return Layer(
            op, axes(n, k, stride=s, padding=pads, dilation=d, ceil=ceil), pads, groups
        )  # fmt: skip
    full, _ = transposed_axes(n, k, stride=s, padding=pads, dilation=d, output_padding=extra)
    if any(more >= step for more, step in zip(extra, s, strict=True)):
        # The transposed convolution would have more windows than are drawn here.
        raise ValueError(f"worked numbers need output padding < stride, not {extra}, {s}")
    both = resolve_padding(pads, n, k, s, d)
    return Layer(op, axes(full, k, stride=s, padding=both, dilation=d), both, groups, extra)


def numbers_of(name: str, text: str, rank: int | None = None) -> tuple[int, ...]:
    """``5x5``, ``5,5`` or ``5``; one number stands for every axis once the rank is known."""
    words = re.split(r"[x×,]", text.strip())
    if not all(re.fullmatch(r"[-+]?\d{1,9}", word.strip()) for word in words):
        raise ValueError(f"--{name.replace(' ', '-')}: expected numbers such as 5x5, not {text!r}")
    values = tuple(map(int, words))
    if rank is None:
        return values
    return _for_each(name, values, text, rank)


def pads_of(text: str, rank: int) -> Padding:
    """``1,1``, ``0:1,1:2`` or a name; one entry stands for every axis."""
    if text in NAMED_PADDINGS:
        return text  # type: ignore[return-value]
    lows, highs = [], []
    for word in re.split(r"[x×,]", text.strip()):
        match = re.fullmatch(r"(-?\d{1,9})(?::(-?\d{1,9}))?", word.strip())
        if not match:
            raise ValueError(
                "--padding: expected 1,1 or low:high such as 0:1,1:2, or one of"
                f" {', '.join(NAMED_PADDINGS)}, not {text!r}"
            )
        lows.append(int(match[1]))
        highs.append(int(match[2] or match[1]))
    both = tuple(zip(lows, highs, strict=True))
    return _for_each("padding", both, text, rank)


def _for_each(name: str, values: tuple[T, ...], text: str, rank: int) -> tuple[T, ...]:
    if len(values) not in (1, rank):
        option = name.replace(" ", "-")
        raise ValueError(f"--{option}: expected one entry or {rank}, one per axis, not {text!r}")
    return values * rank if len(values) == 1 else values


def times(values: Sequence[object]) -> str:
    """3×4."""
    return "×".join(map(str, values))


def comes(example: Example) -> str:
    """What comes of a clause's example: the shape, and the cells where they are said."""
    shape = times(example.shape) or "one number"
    values = " ".join(f"{value:g}" for value in example.values)
    return f"{shape}: {values}" if values else shape


def headline(given: Layer) -> str:
    """The layer in one line."""
    first = given.axes
    parts = [f"input {times(given.sizes)}", f"window {times([a.window for a in first])}"]
    parts.append(f"stride {times([a.stride for a in first])}")
    if any(a.low or a.high for a in first):
        pads = ",".join(f"{a.low}:{a.high}" for a in first)
        named = f" ({given.padding})" if isinstance(given.padding, str) else ""
        parts.append(f"padding {pads}{named}")
    if any(a.dilation > 1 for a in first):
        parts.append(f"dilation {times([a.dilation for a in first])}")
    if any(given.output_padding):
        parts.append(f"output padding {times(given.output_padding)}")
    if given.groups > 1:
        parts.append(f"{given.groups} groups")
    if first[0].ceil:
        parts.append("ceil mode")
    return f"{', '.join(parts)} → output {times(given.result)}"


def kept_size(axis: Axis) -> int:
    """The size under a ceiling that never drops a window, as some implementations have it."""
    return -(-(axis.padded - axis.extent) // axis.stride) + 1
