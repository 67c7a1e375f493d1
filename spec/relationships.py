"""The output-size relationships of Dumoulin & Visin, and the general forms beyond them.

Each is written out by itself, premises and formula, and shares nothing with
:mod:`convspec.spec.relation`, so that the two can be held against each other over every small
layer. The letters are the paper's, per spatial axis: input i, kernel k, stride s, padding p (here
low and high), dilation d. Of a transposed convolution i is the input (the paper's i′) and
p the padding of the convolution it transposes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, floor

from .groups import POOLS, WINDOWED

PAPER = "Dumoulin & Visin, arXiv:1603.07285"


@dataclass(frozen=True)
class Layer:
    """One spatial axis of a layer, in the paper's letters; `a` is the output padding."""

    i: int
    k: int
    s: int = 1
    low: int = 0
    high: int = 0
    d: int = 1
    a: int = 0

    @property
    def p(self) -> int:
        """The padding, where it is the same at both ends."""
        return self.low


@dataclass(frozen=True)
class Relationship:
    """An output size under premises. `number` is the paper's, 0 for what goes beyond it.

    `premises` turns any layer into one they hold for: the input stays, and the kernel may only
    be made smaller. `named` and `ceil` say which padding and rounding it is about.
    """

    name: str
    number: int
    ops: tuple[str, ...]
    statement: str
    formula: str
    premises: Callable[[Layer], Layer]
    size: Callable[[Layer], int]
    named: tuple[str, ...] = ()
    ceil: bool = False

    @property
    def source(self) -> str:
        """Where it stands: the paper's relationship, or its section on what it extends."""
        return f"{PAPER}, relationship {self.number}" if self.number else PAPER


def _plain(layer: Layer) -> Layer:
    """Unit stride, no padding, no dilation."""
    return replace(layer, s=1, low=0, high=0, d=1, a=0)


def _even(layer: Layer) -> Layer:
    """The same padding at both ends, no dilation."""
    p = max(layer.low, layer.high)
    return replace(layer, low=p, high=p, d=1, a=0)


def _half(layer: Layer) -> Layer:
    """Half padding: an odd kernel, unit stride, p = ⌊k/2⌋."""
    k = layer.k - (layer.k % 2 == 0)
    return replace(layer, k=k, s=1, low=k // 2, high=k // 2, d=1, a=0)


def _full(layer: Layer) -> Layer:
    """Full padding: unit stride, p = k − 1."""
    return replace(layer, s=1, low=layer.k - 1, high=layer.k - 1, d=1, a=0)


def _cropped(layer: Layer) -> Layer:
    """The same crop at both ends, no dilation, and a cell of the full result left."""
    full = layer.s * (layer.i - 1) + layer.k
    p = min(max(layer.low, layer.high), (full - 1) // 2)
    return replace(layer, low=p, high=p, d=1, a=0)


def _fully_cropped(layer: Layer) -> Layer:
    """The crop that undoes full padding, of a kernel that leaves something."""
    return _full(replace(layer, k=min(layer.k, layer.i)))


def _uneven(layer: Layer) -> Layer:
    """As `_cropped`, with an output padding below the stride."""
    return replace(_cropped(layer), a=min(layer.a, layer.s - 1))


def _dilated(layer: Layer) -> Layer:
    """The same padding at both ends; the dilation is what it is."""
    p = max(layer.low, layer.high)
    return replace(layer, low=p, high=p, a=0)


def _high_within_window(layer: Layer) -> Layer:
    """No more padding at an end than a window holds, so that at most one window lies past it."""
    e = layer.d * (layer.k - 1) + 1
    return replace(layer, low=min(layer.low, e), high=min(layer.high, e), a=0)


def _as_it_is(layer: Layer) -> Layer:
    return layer


RELATIONSHIPS: tuple[Relationship, ...] = (
    Relationship(
        "unit-stride-unpadded", 1, ("conv",),
        "With stride 1 and no padding, the kernel stands in as many places as fit.",
        "o = i − k + 1  (s = 1, p = 0)",
        _plain, lambda a: a.i - a.k + 1,
    ),
    Relationship(
        "unit-stride", 2, ("conv",),
        "With stride 1, padding p widens the input by 2p, and the result with it.",
        "o = i − k + 2p + 1  (s = 1)",
        lambda a: replace(_even(a), s=1), lambda a: a.i - a.k + 2 * a.p + 1,
    ),
    Relationship(
        "half-padding", 3, ("conv",),
        "Half padding of an odd kernel keeps the size at stride 1.",
        "o = i  (k odd, s = 1, p = ⌊k/2⌋)",
        _half, lambda a: a.i,
    ),
    Relationship(
        "full-padding", 4, ("conv",),
        "Full padding takes in every place where kernel and input meet, and makes the result"
        " larger than the input.",
        "o = i + k − 1  (s = 1, p = k − 1)",
        _full, lambda a: a.i + a.k - 1,
    ),
    Relationship(
        "unpadded", 5, ("conv",),
        "Without padding, the kernel takes ⌊(i − k)/s⌋ steps from its first place.",
        "o = ⌊(i − k)/s⌋ + 1  (p = 0)",
        lambda a: replace(_plain(a), s=a.s), lambda a: floor((a.i - a.k) / a.s) + 1,
    ),
    Relationship(
        "padded", 6, ("conv",),
        "With padding p at both ends, the steps are those over i + 2p cells.",
        "o = ⌊(i + 2p − k)/s⌋ + 1",
        _even, lambda a: floor((a.i + 2 * a.p - a.k) / a.s) + 1,
    ),
    Relationship(
        "unpadded", 7, POOLS,
        "A pool without padding has as many outputs as a convolution with that window.",
        "o = ⌊(i − k)/s⌋ + 1  (p = 0)",
        lambda a: replace(_plain(a), s=a.s), lambda a: floor((a.i - a.k) / a.s) + 1,
    ),
    Relationship(
        "of-unit-stride-unpadded", 8, ("conv_transpose",),
        "The transposed convolution of one with stride 1 and no padding (itself a convolution with"
        " full padding) adds k − 1 cells.",
        "o′ = i′ + k − 1  (s = 1, p = 0)",
        _plain, lambda a: a.i + a.k - 1,
    ),
    Relationship(
        "of-unit-stride", 9, ("conv_transpose",),
        "The transposed convolution of one with stride 1 and padding p (itself a convolution with"
        " padding k − p − 1) adds k − 1 cells and takes 2p off.",
        "o′ = i′ + (k − 1) − 2p  (s = 1)",
        lambda a: _cropped(replace(a, s=1)), lambda a: a.i + (a.k - 1) - 2 * a.p,
    ),
    Relationship(
        "of-half-padding", 10, ("conv_transpose",),
        "The transposed convolution of one with half padding keeps the size, as that one does.",
        "o′ = i′  (k odd, s = 1, p = ⌊k/2⌋)",
        _half, lambda a: a.i,
    ),
    Relationship(
        "of-full-padding", 11, ("conv_transpose",),
        "The transposed convolution of one with full padding is one without padding.",
        "o′ = i′ − (k − 1)  (s = 1, p = k − 1)",
        _fully_cropped, lambda a: a.i - (a.k - 1),
    ),
    Relationship(
        "of-unpadded", 12, ("conv_transpose",),
        "The transposed convolution of one without padding, whose stride divides i − k, spreads its"
        " input in steps of s.",
        "o′ = s(i′ − 1) + k  (p = 0, s divides i − k)",
        lambda a: replace(_plain(a), s=a.s), lambda a: a.s * (a.i - 1) + a.k,
    ),
    Relationship(
        "of-padded", 13, ("conv_transpose",),
        "The transposed convolution of one with padding p, whose stride divides i + 2p − k, cuts p"
        " cells off both ends.",
        "o′ = s(i′ − 1) + k − 2p  (s divides i + 2p − k)",
        _cropped, lambda a: a.s * (a.i - 1) + a.k - 2 * a.p,
    ),
    Relationship(
        "of-uneven", 14, ("conv_transpose",),
        "Where the stride leaves a rest of a cells, several input sizes give one output size; the"
        " output padding a says which of them is meant.",
        "o′ = s(i′ − 1) + a + k − 2p  (a = (i + 2p − k) mod s)",
        _uneven, lambda a: a.s * (a.i - 1) + a.a + a.k - 2 * a.p,
    ),
    Relationship(
        "dilated", 15, ("conv",),
        "A kernel with dilation d takes up (k − 1)(d − 1) cells more.",
        "o = ⌊(i + 2p − k − (k − 1)(d − 1))/s⌋ + 1",
        _dilated,
        lambda a: floor((a.i + 2 * a.p - a.k - (a.k - 1) * (a.d - 1)) / a.s) + 1,
    ),
    Relationship(
        "uneven-padding", 0, WINDOWED,
        "Only the sum of the paddings of an axis counts for the size, with any dilation.",
        "o = ⌊(i + p_lo + p_hi − d(k − 1) − 1)/s⌋ + 1",
        lambda a: replace(a, a=0),
        lambda a: floor((a.i + a.low + a.high - a.d * (a.k - 1) - 1) / a.s) + 1,
    ),
    Relationship(
        "ceil-size", 0, POOLS,
        "Ceil mode rounds up, but every window starts in the input or its low padding.",
        "o = min(⌈(i + p_lo + p_hi − d(k − 1) − 1)/s⌉ + 1, ⌈(i + p_lo)/s⌉)  (p_hi ≤ d(k − 1) + 1)",
        _high_within_window,
        lambda a: min(
            ceil((a.i + a.low + a.high - a.d * (a.k - 1) - 1) / a.s) + 1,
            ceil((a.i + a.low) / a.s),
        ),
        ceil=True,
    ),
    Relationship(
        "same-size", 0, WINDOWED,
        "Same padding gives a size that depends on input and stride alone: the input's own at"
        " stride 1.",
        "o = ⌈i/s⌉",
        _as_it_is, lambda a: ceil(a.i / a.s), named=("same_upper", "same_lower"),
    ),
    Relationship(
        "valid-size", 0, WINDOWED,
        "Valid padding gives the number of strides that begin where a window still fits.",
        "o = ⌈(i − d(k − 1))/s⌉",
        _as_it_is, lambda a: ceil((a.i - a.d * (a.k - 1)) / a.s), named=("valid",),
    ),
    Relationship(
        "of-any", 0, ("conv_transpose",),
        "Paddings that differ are cut off each at its end, dilation widens the kernel, and the"
        " output padding, below the stride or the dilation, adds cells at the high end.",
        "o′ = s(i′ − 1) + d(k − 1) + 1 − p_lo − p_hi + a  (0 ≤ a < max(s, d))",
        _as_it_is,
        lambda a: a.s * (a.i - 1) + a.d * (a.k - 1) + 1 - a.low - a.high + a.a,
    ),
)  # fmt: skip

BY_NAME: dict[tuple[str, str], Relationship] = {
    (r.name, op): r for r in RELATIONSHIPS for op in r.ops
}
"""The relationships by name and operation."""

if len(BY_NAME) != sum(len(r.ops) for r in RELATIONSHIPS):
    raise ValueError("two relationships of an operation have the same name")
