"""Operations without a window, with all their numbers: padding, and pools over bins.

Adaptive pools divide the input into bins; a global pool has one, which is the whole map.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .layers import numbers_of, pads_of, times
from .spec.groups import ADAPTIVE, GLOBAL
from .spec.operations import PAD_MODES
from .spec.relation import Pair, adaptive_bins, pairs
from .worked import WIDTH, signed

UNWINDOWED = ("pad", *ADAPTIVE, *GLOBAL)
"""The operations without a window that worked numbers can be given for."""


@dataclass(frozen=True)
class Binned:
    """An adaptive or a global pool: `bins` has the cells of every output, axis by axis."""

    op: str
    sizes: tuple[int, ...]
    result: tuple[int, ...]
    bins: tuple[tuple[range, ...], ...]


@dataclass(frozen=True)
class Padded:
    """A padding of all axes in one mode."""

    sizes: tuple[int, ...]
    padding: tuple[Pair, ...]
    mode: str
    op: str = "pad"

    @property
    def result(self) -> tuple[int, ...]:
        """The extents of the result."""
        return tuple(n + sum(pair) for n, pair in zip(self.sizes, self.padding, strict=True))


def unwindowed(
    op: str,
    sizes: str,
    *,
    output_size: str | None = None,
    padding: str = "0",
    mode: str | None = None,
) -> Binned | Padded:
    """What a user wrote down. Raises ``ValueError`` with one sentence."""
    n = numbers_of("input", sizes)
    if op == "pad":
        if output_size:
            raise ValueError("pad has no output size; adaptive pools have")
        wanted = mode or "constant"
        if wanted not in PAD_MODES:
            raise ValueError(f"--mode: expected one of {', '.join(PAD_MODES)}, not {wanted!r}")
        return Padded(n, pairs(pads_of(padding, len(n)), len(n)), wanted)
    if mode:
        raise ValueError(f"{op} has no mode; pad has")
    if padding != "0":
        raise ValueError(f"{op} has no padding")
    if op in GLOBAL:
        if output_size:
            raise ValueError(f"{op} has no output size: it gives one number; adaptive pools have")
        outputs = (1,) * len(n)
    elif output_size is None:
        raise ValueError(f"{op} needs --output-size, such as --output-size 3x3")
    else:
        outputs = numbers_of("output size", output_size, len(n))
    return Binned(op, n, outputs, adaptive_bins(n, outputs))


def bin_lines(given: Binned, axis: int) -> Iterator[str]:
    """The bins of one axis, worked out."""
    n, o = given.sizes[axis], given.result[axis]
    yield f"bin i of {o} over {n} cells: from ⌊i·{n}/{o}⌋ up to, not with, ⌈(i + 1)·{n}/{o}⌉"
    shown = [0, 1, o - 1] if o > 16 else range(o)
    for i in dict.fromkeys(shown):
        cells = given.bins[axis][i]
        many = f"{len(cells)} cell{'s' if len(cells) > 1 else ''}"
        yield (
            f"i = {i}: ⌊{i * n}/{o}⌋ = {cells.start}, ⌈{(i + 1) * n}/{o}⌉ = {cells.stop}:"
            f" cells {cells.start} … {cells.stop - 1} ({many})"
        )


def pad_lines(given: Padded, axis: int) -> Iterator[str]:
    """What the cells of one axis of the result copy, and its size."""
    import numpy as np

    from .reference.pad import pad

    n, (low, high) = given.sizes[axis], given.padding[axis]
    yield f"size  o = n + p_lo + p_hi = {n} + {signed(low)} + {signed(high)} = {n + low + high}"
    line = np.arange(1, n + 1).reshape(1, 1, n)
    copied = pad(line, padding=((low, high),), mode=given.mode)[0, 0]  # type: ignore[arg-type]
    names = [str(i - 1) if i else "v" for i in copied.tolist()]
    first, stop = max(low, 0), len(names) - max(high, 0)
    inner = " ".join(names[first:stop])
    told = " ".join([*names[:first], f"[{inner}]", *names[stop:]])
    if len(told) + 8 <= WIDTH:
        yield f"cells  {told}"
        if "v" in names:
            yield "       (v the value; the numbers say which input cell is there)"
        else:
            yield "       (the numbers say which input cell is there)"


def headline(given: Binned | Padded) -> str:
    """It in one line."""
    if isinstance(given, Padded):
        pads = ",".join(f"{low}:{high}" for low, high in given.padding)
        return f"input {times(given.sizes)}, padding {pads}, {given.mode} → {times(given.result)}"
    if given.op in GLOBAL:
        return f"input {times(given.sizes)} → one number per map"
    return f"input {times(given.sizes)} in {times(given.result)} bins → {times(given.result)}"
