"""The one index relation, in whole numbers.

Along one spatial axis, output cell ``o`` of every convolution and every pool reads the input cells

    o·s − p_lo + d·k    for k = 0 … window − 1,

where ``s`` is the stride, ``d`` the dilation and ``p_lo`` the padding before the first cell. Input
cells outside ``[0, n)`` are padding. Sizes, values, gradients, coverage counts and figures all
follow from this line, and each decision about it is taken here and nowhere else.

Clauses: ``conv.output-size``, ``max_pool.output-size``, ``max_pool.ceil-mode``,
``conv.named-padding``, ``conv_transpose.output-size``, ``adaptive_avg_pool.bins``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

Pair = tuple[int, int]
Padding = tuple[Pair, ...] | Literal["same_upper", "same_lower", "valid"]


@dataclass(frozen=True)
class Axis:
    """One spatial axis of a windowed operation; an ``Axis`` that exists is a valid one.

    Sizes are counted in cells. ``low`` and ``high`` are the padding before the first and after the
    last input cell. ``ceil`` asks for the rounding that keeps a last, partial window.

    Raises ``ValueError`` if a parameter is out of range, or if the effective window exceeds the
    padded input (in both rounding modes).
    """

    size: int
    window: int
    stride: int = 1
    low: int = 0
    high: int = 0
    dilation: int = 1
    ceil: bool = False
    extent: int = field(init=False, repr=False, compare=False)
    """e = d·(k − 1) + 1: the cells from a window's first tap to its last, both included."""
    out: int = field(init=False, repr=False, compare=False)
    """o: the number of windows."""

    def __post_init__(self) -> None:
        """Check the parameters; derive the effective window and the output size."""
        at_least("input size", self.size, 0)
        at_least("window", self.window, 1)
        at_least("stride", self.stride, 1)
        at_least("low padding", self.low, 0)
        at_least("high padding", self.high, 0)
        at_least("dilation", self.dilation, 1)
        extent = self.dilation * (self.window - 1) + 1
        # A frozen instance is filled in through its base class.
        object.__setattr__(self, "extent", extent)
        object.__setattr__(self, "out", self._output_size(extent))

    def _output_size(self, extent: int) -> int:
        room = self.padded - extent
        if room < 0:
            raise ValueError(
                f"the effective window {extent} (window {self.window}, dilation {self.dilation}) "
                f"must not exceed the padded input {self.padded} "
                f"(input {self.size}, padding {self.low} + {self.high})"
            )
        if not self.ceil:
            return room // self.stride + 1
        out = -(-room // self.stride) + 1
        # A last window that starts past the input and its low padding is dropped: it would see
        # only high padding, or nothing at all.
        return out - 1 if (out - 1) * self.stride >= self.low + self.size else out

    @property
    def padded(self) -> int:
        """n + p_lo + p_hi: the size of the padded input."""
        return self.low + self.size + self.high

    @property
    def reach(self) -> int:
        """The padded cells from the first that any window touches to the last.

        More than ``padded`` where a partial window hangs over, less where stride leaves a tail.
        """
        return (self.out - 1) * self.stride + self.extent if self.out else 0

    @property
    def overhang(self) -> int:
        """The cells by which the last window hangs over the padded input (ceil mode only)."""
        return max(self.reach - self.padded, 0)

    def cells(self, o: int) -> range:
        """The input positions output ``o`` reads, tap by tap; those outside [0, n) are padding."""
        start = o * self.stride - self.low
        return range(start, start + self.extent, self.dilation)

    def real(self, o: int) -> range:
        """The part of ``cells(o)`` that lies in the input."""
        return self._between(o, 0, self.size)

    def inside(self, o: int) -> range:
        """The part of ``cells(o)`` that lies in the padded input: all but the overhang."""
        return self._between(o, -self.low, self.size + self.high)

    def _between(self, o: int, first: int, stop: int) -> range:
        cells = self.cells(o)
        skipped = max(0, -((cells.start - first) // self.dilation))
        wanted = max(0, -((cells.start - stop) // self.dilation))
        return cells[skipped:wanted]

    def real_counts(self) -> tuple[int, ...]:
        """For each output, how many of its taps read an input cell."""
        return tuple(len(self.real(o)) for o in range(self.out))

    def inside_counts(self) -> tuple[int, ...]:
        """For each output, how many of its taps lie in the padded input."""
        return tuple(len(self.inside(o)) for o in range(self.out))

    def coverage(self) -> tuple[int, ...]:
        """For each input cell, how many taps of all windows together read it."""
        counts = [0] * self.size
        for o in range(self.out):
            for cell in self.real(o):
                counts[cell] += 1
        return tuple(counts)


def at_least(name: str, value: int, least: int) -> None:
    """Raise ``ValueError`` unless ``value`` is a whole number of at least ``least``."""
    if type(value) is not int or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, not {value!r}")


def same_padding(n: int, k: int, s: int, d: int, lower: bool) -> Pair:
    """The padding for which o = ⌈n/s⌉: ``(low, high)``.

    An odd total puts its extra cell at the high end, with ``lower`` at the low end.
    """
    extent = d * (k - 1) + 1
    out = -(-n // s)
    total = max((out - 1) * s + extent - n, 0)
    less, more = total // 2, total - total // 2
    return (more, less) if lower else (less, more)


def per_axis(name: str, values: object, rank: int) -> None:
    """Raise ``ValueError`` unless ``values`` is a tuple with one entry per spatial axis."""
    if not isinstance(values, tuple) or len(values) != rank:
        raise ValueError(
            f"{name} must be a tuple with one entry for each of the {rank} spatial axes, "
            f"not {values!r}"
        )


def pairs(padding: object, rank: int) -> tuple[Pair, ...]:
    """``padding`` as it is, once it is known to hold one (low, high) pair per spatial axis."""
    per_axis("padding", padding, rank)
    assert isinstance(padding, tuple)
    for axis, pair in enumerate(padding):
        if (
            not isinstance(pair, tuple)
            or len(pair) != 2
            or type(pair[0]) is not int
            or type(pair[1]) is not int
        ):
            raise ValueError(
                f"padding of spatial axis {axis} must be a (low, high) pair of whole numbers, "
                f"not {pair!r}"
            )
    return padding


def resolve_padding(
    padding: Padding,
    sizes: Sequence[int],
    window: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
) -> tuple[Pair, ...]:
    """``padding`` as (low, high) pairs, one per spatial axis.

    It may be given as such pairs, or as ``"same_upper"``, ``"same_lower"`` or ``"valid"``. The
    other parameters hold one entry per axis and are in range.
    """
    if not isinstance(padding, str):
        return pairs(padding, len(sizes))
    if padding == "valid":
        return ((0, 0),) * len(sizes)
    if padding in ("same_upper", "same_lower"):
        lower = padding == "same_lower"
        return tuple(
            same_padding(n, k, s, d, lower)
            for n, k, s, d in zip(sizes, window, stride, dilation, strict=True)
        )
    raise ValueError(
        f"padding must be pairs, 'same_upper', 'same_lower' or 'valid', not {padding!r}"
    )


_axis = lru_cache(maxsize=1 << 12)(Axis)
"""An axis, made once: small cases come to the same ones again and again."""


def axes(
    sizes: tuple[int, ...],
    window: tuple[int, ...],
    *,
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    ceil: bool = False,
) -> tuple[Axis, ...]:
    """The spatial axes of an N-d operation, N being the length of ``sizes``.

    Raises ``ValueError`` with one sentence that names the parameter and the axis at fault.
    """
    rank = len(sizes)
    if type(ceil) is not bool:
        raise ValueError(f"ceil mode must be True or False, not {ceil!r}")
    for name, values in (("window", window), ("stride", stride), ("dilation", dilation)):
        per_axis(name, values, rank)
        for axis, value in enumerate(values):
            if type(value) is not int or value < 1:
                at_least(f"{name} of spatial axis {axis}", value, 1)
    both = resolve_padding(padding, sizes, window, stride, dilation)
    built = []
    for axis in range(rank):
        low, high = both[axis]
        try:
            built.append(
                _axis(sizes[axis], window[axis], stride[axis], low, high, dilation[axis], ceil)
            )
        except ValueError as error:
            raise ValueError(f"spatial axis {axis}: {error}") from None
    return tuple(built)


def transposed_axes(
    sizes: tuple[int, ...],
    window: tuple[int, ...],
    *,
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    output_padding: tuple[int, ...],
) -> tuple[tuple[int, ...], tuple[Axis, ...]]:
    """The output sizes of a transposed convolution, and the convolution it is the adjoint of.

    The inputs of the one, whose sizes are given, are the outputs of the other: s·(n − 1) + e cells
    are the full result, of which p_lo and p_hi are cropped after the output padding is added at its
    end (``conv_transpose.output-size``). The axes returned have n outputs each. Their ``size`` is
    the output size less the cells past the full result, if output padding exceeds the crop.

    Padding is given as pairs, or as ``"valid"``. Raises ``ValueError`` with one sentence that names
    the parameter and the axis at fault.
    """
    rank = len(sizes)
    for name, values, least in (
        ("input size", sizes, 1),
        ("window", window, 1),
        ("stride", stride, 1),
        ("dilation", dilation, 1),
        ("output padding", output_padding, 0),
    ):
        per_axis(name, values, rank)
        for axis, value in enumerate(values):
            at_least(f"{name} of spatial axis {axis}", value, least)
    if isinstance(padding, str) and padding != "valid":
        raise ValueError(
            f"padding of a transposed convolution must be pairs or 'valid', not {padding!r}: "
            f"the field disagrees on what a name like 'same_upper' means there"
        )
    both = resolve_padding(padding, sizes, window, stride, dilation)
    outputs, built = [], []
    for axis, (n, k, s, d, more) in enumerate(
        zip(sizes, window, stride, dilation, output_padding, strict=True)
    ):
        if more >= max(s, d):
            raise ValueError(
                f"output padding of spatial axis {axis} must be less than the stride {s} or the "
                f"dilation {d}, not {more}"
            )
        low, high = both[axis]
        for side, amount in (("low", low), ("high", high)):
            at_least(f"{side} padding of spatial axis {axis}", amount, 0)
        full = s * (n - 1) + d * (k - 1) + 1
        if full + more <= low + high:
            raise ValueError(
                f"spatial axis {axis}: the padding {low} + {high} must leave a cell of the full "
                f"result {full} and the output padding {more}"
            )
        outputs.append(full + more - low - high)
        first = min(low, full)
        reached = min(full - first, outputs[axis])
        built.append(Axis(reached, k, s, first, full - first - reached, d))
    return tuple(outputs), tuple(built)


def adaptive_bins(
    sizes: tuple[int, ...], output_size: tuple[int, ...]
) -> tuple[tuple[range, ...], ...]:
    """The bins of an adaptive pool: for every spatial axis, the input cells of each output.

    Bin i of o over n cells is [⌊i·n/o⌋, ⌈(i + 1)·n/o⌉) (``adaptive_avg_pool.bins``): the bins
    cover all cells, hold at least one each, and overlap by a cell where o does not divide n.

    Raises ``ValueError`` if an axis is empty or an output size is not at least 1.
    """
    per_axis("output size", output_size, len(sizes))
    found = []
    for axis, (n, out) in enumerate(zip(sizes, output_size, strict=True)):
        at_least(f"input size of spatial axis {axis}", n, 1)
        at_least(f"output size of spatial axis {axis}", out, 1)
        found.append(tuple([range(i * n // out, -(-(i + 1) * n // out)) for i in range(out)]))
    return tuple(found)
