"""Which cells the windows read, as an index matrix: the "im" and the "col" of im2col.

A plane (the cells of one image and channel) is flattened and gets one more cell at its end, which
stands for all padding. A matrix (taps, outputs) of positions in it then turns convolution into a
matrix product and pooling into a reduction over columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np

from .numpy_checks import Array, Pairs


@dataclass(frozen=True, eq=False)
class Columns:
    """The windows of one geometry. `plane`: number of cells; position `plane` means padding."""

    plane: int
    out: tuple[int, ...]
    index: Array
    padded: bool

    @property
    def taps(self) -> int:
        """The number of taps of a window."""
        return int(self.index.shape[0])

    @property
    def outputs(self) -> int:
        """The number of windows."""
        return int(self.index.shape[1])

    def gather(self, x: Array, fill: float) -> Array:
        """(N, C, *spatial) → (N, C, taps, outputs), a fresh array; padding reads `fill`."""
        flat = x.reshape(*x.shape[:2], self.plane)
        if self.padded:
            flat = np.concatenate((flat, np.full((*x.shape[:2], 1), fill, x.dtype)), axis=2)
        # "clip" spares the copy that "raise" makes; no position is out of bounds.
        return np.take(flat, self.index, axis=2, mode="clip")

    def scatter(self, columns: Array, shape: tuple[int, ...]) -> Array:
        """The adjoint of `gather`: (N, C, taps, outputs) → an array of `shape`, sums per cell."""
        sums = np.zeros((*shape[:2], self.plane + 1), columns.dtype)
        # Of one tap no two windows read the same cell, so that "+=" loses nothing. They may
        # share the cell of the padding, which nobody reads.
        for tap, cells in enumerate(self.index):
            sums[:, :, cells] += columns[:, :, tap]
        return np.ascontiguousarray(sums[:, :, : self.plane]).reshape(shape)


@lru_cache(maxsize=64)
def columns(
    sizes: tuple[int, ...],
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs,
    dilation: tuple[int, ...],
    ceil_mode: bool,
) -> Columns:
    """The columns of one geometry. Raises ValueError where a window exceeds the padded input."""
    out = tuple(
        output_size(axis, n, k, s, low, high, d, ceil_mode)
        for axis, (n, k, s, (low, high), d) in enumerate(
            zip(sizes, window, stride, padding, dilation, strict=True)
        )
    )
    return columns_of(sizes, window, stride, tuple(low for low, _ in padding), dilation, out)


def columns_of(
    sizes: tuple[int, ...],
    window: tuple[int, ...],
    stride: tuple[int, ...],
    low: tuple[int, ...],
    dilation: tuple[int, ...],
    out: tuple[int, ...],
) -> Columns:
    """The columns of so many windows, wherever they end; what lies outside reads padding."""
    lines, inside = [], []
    for n, k, s, before, d, count in zip(sizes, window, stride, low, dilation, out, strict=True):
        line = np.add.outer(np.arange(k) * d, np.arange(count) * s - before)
        lines.append(line)
        inside.append((line >= 0) & (line < n))
    plane, rank = prod(sizes), len(sizes)
    position: Array = np.zeros((1,) * (2 * rank), np.intp)
    real: Array = np.ones((1,) * (2 * rank), np.bool_)
    for axis in range(rank):
        shape = [1] * (2 * rank)
        shape[axis], shape[rank + axis] = lines[axis].shape
        position = position * sizes[axis] + lines[axis].reshape(shape)
        real = real & inside[axis].reshape(shape)
    index = np.where(real, position, plane).reshape(prod(window), prod(out))
    index.flags.writeable = False
    return Columns(plane, out, index, not real.all())


def output_size(
    axis: int, n: int, k: int, s: int, low: int, high: int, d: int, ceil_mode: bool
) -> int:
    """How many windows fit; in ceil mode a last one may hang over, if it starts in the input."""
    room = n + low + high - (d * (k - 1) + 1)
    if room < 0:
        raise ValueError(
            f"axis {axis}: a window of {k} taps with dilation {d} does not fit into "
            f"{low}+{n}+{high} cells"
        )
    if ceil_mode:
        count = (room + s - 1) // s + 1
        return count - 1 if (count - 1) * s >= n + low else count
    return room // s + 1


def tap_counts(
    columns: Columns,
    sizes: tuple[int, ...],
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs,
    dilation: tuple[int, ...],
    with_padding: bool,
) -> Array:
    """How many taps of each window lie in the input, or with its padding; (outputs,)."""
    total: Array = np.ones((), np.int64)
    for axis, (n, k, s, (low, high), d) in enumerate(
        zip(sizes, window, stride, padding, dilation, strict=True)
    ):
        starts = np.arange(columns.out[axis]) * s - low
        before, beyond = (-low, n + high) if with_padding else (0, n)
        # Taps at or past a border: the smallest t with start + t·d ≥ border, within 0 … k.
        first = np.clip(-((starts - before) // d), 0, k)
        last = np.clip(-((starts - beyond) // d), 0, k)
        total = np.multiply.outer(total, last - first)
    return total.reshape(-1)
