"""The definition a second time, in plain loops.

It exists to be compared with the rest of the reference and therefore shares nothing with it: sizes
come from counting the places where a window fits, and values from scattering every input cell to
the outputs that read it. Slow on purpose. Bad parameters are rejected where a size or a limit
depends on them; for the rest they are taken to be in range.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Cell = tuple[int, ...]
Pairs = Sequence[tuple[int, int]]


def starts(n: int, k: int, s: int, d: int, low: int, high: int, ceil: bool) -> list[int]:
    """The padded cells at which the windows of one axis start, one by one."""
    length = low + n + high
    last_tap = (k - 1) * d
    fitting = [start for start in range(0, length, s) if start + last_tap < length]
    if not fitting:
        raise ValueError(f"no window of {k} taps, {d} apart, fits {length} padded cells")
    if ceil:
        if fitting[-1] + last_tap < length - 1:  # cells are left over: a partial window
            fitting.append(fitting[-1] + s)
        if fitting[-1] >= low + n:  # it starts where there is only high padding
            fitting.pop()
    return fitting


def same(n: int, k: int, s: int, d: int, lower: bool) -> tuple[int, int]:
    """Cells added in turn at the two ends until a window at 0, s, 2s … < n all fit."""
    low, high = 0, 0
    windows = len(range(0, n, s))
    while windows and (windows - 1) * s + (k - 1) * d >= low + n + high:
        if (low < high) or (low == high and lower):
            low += 1
        else:
            high += 1
    return low, high


def conv(
    x: Array, w: Array, b: Array | None, stride: Cell, padding: Pairs, dilation: Cell, groups: int
) -> Array:
    """Convolution: every product of an input and a weight is added to its output."""
    y = _conv_zeros(x, w, stride, padding, dilation)
    for i, j, o in _products(x, w, y.shape, stride, padding, dilation, groups):
        y[o] += x[i] * w[j]
    if b is not None:
        for o in np.ndindex(y.shape):
            y[o] += b[o[1]]
    return y


def conv_vjp(
    x: Array,
    w: Array,
    b: Array | None,
    cotangent: Array,
    stride: Cell,
    padding: Pairs,
    dilation: Cell,
    groups: int,
) -> tuple[Array, ...]:
    """Gradients of convolution: a product's derivative is its other factor."""
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i, j, o in _products(x, w, cotangent.shape, stride, padding, dilation, groups):
        dx[i] += cotangent[o] * w[j]
        dw[j] += cotangent[o] * x[i]
    if b is None:
        return dx, dw
    db = np.zeros_like(b)
    for o in np.ndindex(cotangent.shape):
        db[o[1]] += cotangent[o]
    return dx, dw, db


def pad(x: Array, padding: Pairs, mode: str, value: float = 0) -> Array:
    """Padding: every output cell is looked up in a list of sources per axis."""
    sources = _sources(x, padding, mode)
    y = np.zeros(x.shape[:2] + tuple(len(s) for s in sources), x.dtype)
    for o in np.ndindex(y.shape):
        cell = [source[p] for source, p in zip(sources, o[2:], strict=True)]
        y[o] = value if None in cell else x[(*o[:2], *cell)]
    return y


def pad_vjp(x: Array, cotangent: Array, padding: Pairs, mode: str) -> Array:
    """Gradient of padding: every output cell's goes to its source."""
    sources = _sources(x, padding, mode)
    dx = np.zeros_like(x)
    for o in np.ndindex(cotangent.shape):
        cell = [source[p] for source, p in zip(sources, o[2:], strict=True)]
        if None not in cell:
            dx[(*o[:2], *cell)] += cotangent[o]
    return dx


def max_pool(
    x: Array, window: Cell, stride: Cell, padding: Pairs, dilation: Cell, ceil: bool
) -> tuple[Array, Array]:
    """Max pooling: values, and positions in the plane (−1 for a window without a real cell)."""
    outputs = _outputs(x.shape[2:], window, stride, padding, dilation, ceil)
    least = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    y = np.full(x.shape[:2] + outputs, least, x.dtype)
    index = np.full(y.shape, -1)
    for i, o in _reads(x.shape, outputs, window, stride, padding, dilation):
        if index[o] < 0 or x[i] > y[o] or (np.isnan(x[i]) and not np.isnan(y[o])):
            y[o] = x[i]
            position = 0
            for n, p in zip(x.shape[2:], i[2:], strict=True):
                position = position * n + p
            index[o] = position
    return y, index


def max_pool_vjp(
    x: Array,
    cotangent: Array,
    window: Cell,
    stride: Cell,
    padding: Pairs,
    dilation: Cell,
    ceil: bool,
    tie: str = "first",
) -> Array:
    """Gradient of max pooling, by listing the tied cells of every window in order."""
    y, _ = max_pool(x, window, stride, padding, dilation, ceil)
    tied: dict[Cell, list[Cell]] = {o: [] for o in np.ndindex(y.shape)}
    for i, o in _reads(x.shape, y.shape[2:], window, stride, padding, dilation):
        if x[i] == y[o] or (np.isnan(x[i]) and np.isnan(y[o])):
            tied[o].append(i)
    dx = np.zeros_like(x)
    for o, cells in tied.items():
        chosen = {"first": cells[:1], "last": cells[-1:], "split": cells}[tie]
        for i in chosen:
            dx[i] += cotangent[o] if tie != "split" else cotangent[o] / len(chosen)
    return dx


def avg_pool(
    x: Array,
    window: Cell,
    stride: Cell,
    padding: Pairs,
    dilation: Cell,
    ceil: bool,
    include_pad: bool,
) -> Array:
    """Average pooling: sums over counts."""
    outputs = _outputs(x.shape[2:], window, stride, padding, dilation, ceil)
    y = np.zeros(x.shape[:2] + outputs, x.dtype)
    for i, o in _reads(x.shape, outputs, window, stride, padding, dilation):
        y[o] += x[i]
    counts = _counts(x.shape[2:], outputs, window, stride, padding, dilation, include_pad)
    for o in np.ndindex(y.shape):
        y[o] /= counts[o[2:]]
    return y


def avg_pool_vjp(
    x: Array,
    cotangent: Array,
    window: Cell,
    stride: Cell,
    padding: Pairs,
    dilation: Cell,
    ceil: bool,
    include_pad: bool,
) -> Array:
    """Gradient of average pooling."""
    outputs = _outputs(x.shape[2:], window, stride, padding, dilation, ceil)
    counts = _counts(x.shape[2:], outputs, window, stride, padding, dilation, include_pad)
    dx = np.zeros_like(x)
    for i, o in _reads(x.shape, outputs, window, stride, padding, dilation):
        dx[i] += cotangent[o] / counts[o[2:]]
    return dx


def global_pool(x: Array, kind: str) -> Array:
    """Global pooling; ``kind`` is avg, max or sum."""
    y = np.zeros(x.shape[:2], x.dtype)
    for plane in np.ndindex(y.shape):
        cells = [x[(*plane, *i)] for i in np.ndindex(x.shape[2:])]
        total, most = cells[0], cells[0]
        for cell in cells[1:]:
            total = total + cell
            most = cell if cell > most or np.isnan(cell) else most
        y[plane] = {"sum": total, "avg": total / len(cells), "max": most}[kind]
    return y


def global_pool_vjp(x: Array, cotangent: Array, kind: str) -> Array:
    """Gradient of global pooling; of maximal cells the first takes it."""
    dx = np.zeros_like(x)
    for plane in np.ndindex(cotangent.shape):
        cells = list(np.ndindex(x.shape[2:]))
        if kind == "max":
            most = global_pool(x, "max")[plane]
            same_as = [i for i in cells if x[(*plane, *i)] == most or np.isnan(x[(*plane, *i)])]
            dx[(*plane, *same_as[0])] = cotangent[plane]
            continue
        for i in cells:
            dx[(*plane, *i)] = cotangent[plane] / (len(cells) if kind == "avg" else 1)
    return dx


def _outputs(
    sizes: Cell, window: Cell, stride: Cell, padding: Pairs, dilation: Cell, ceil: bool
) -> Cell:
    axes = zip(sizes, window, stride, dilation, padding, strict=True)
    return tuple(len(starts(n, k, s, d, low, high, ceil)) for n, k, s, d, (low, high) in axes)


def _conv_zeros(x: Array, w: Array, stride: Cell, padding: Pairs, dilation: Cell) -> Array:
    outputs = _outputs(x.shape[2:], w.shape[2:], stride, padding, dilation, False)
    return np.zeros((x.shape[0], w.shape[0], *outputs), x.dtype)


def _links(
    sizes: Cell, outputs: Cell, window: Cell, stride: Cell, padding: Pairs, dilation: Cell
) -> Iterator[tuple[Cell, Cell, Cell]]:
    """Every (input cell, tap, output cell) that belong together, input cells in order.

    An input cell is ``low`` further in the padded input; a tap that reads it belongs to a window
    that starts ``k·d`` earlier, which exists if that is a multiple of the stride.
    """
    for i in product(*map(range, sizes)):
        for k in product(*map(range, window)):
            o = []
            for axis in range(len(sizes)):
                start = i[axis] + padding[axis][0] - k[axis] * dilation[axis]
                if start % stride[axis] == 0 and 0 <= start // stride[axis] < outputs[axis]:
                    o.append(start // stride[axis])
            if len(o) == len(sizes):
                yield i, k, tuple(o)


def _products(
    x: Array, w: Array, out: Cell, stride: Cell, padding: Pairs, dilation: Cell, groups: int
) -> Iterator[tuple[Cell, Cell, Cell]]:
    """Every (input, weight, output) of one product of the convolution."""
    per_group_in, per_group_out = x.shape[1] // groups, w.shape[0] // groups
    for i, k, o in _links(x.shape[2:], out[2:], w.shape[2:], stride, padding, dilation):
        for image, group in product(range(x.shape[0]), range(groups)):
            for c, m in product(range(per_group_in), range(per_group_out)):
                channel, channel_out = group * per_group_in + c, group * per_group_out + m
                yield (image, channel, *i), (channel_out, c, *k), (image, channel_out, *o)


def _reads(
    shape: Cell, outputs: Cell, window: Cell, stride: Cell, padding: Pairs, dilation: Cell
) -> Iterator[tuple[Cell, Cell]]:
    """Every (input, output) of which the output's window reads the input."""
    for i, _, o in _links(shape[2:], outputs, window, stride, padding, dilation):
        for plane in product(range(shape[0]), range(shape[1])):
            yield (*plane, *i), (*plane, *o)


def _counts(
    sizes: Cell,
    outputs: Cell,
    window: Cell,
    stride: Cell,
    padding: Pairs,
    dilation: Cell,
    include_pad: bool,
) -> Array:
    """How many taps of each window count in its average."""
    if include_pad:  # the padding cells are cells like any other
        sizes = tuple(low + n + high for n, (low, high) in zip(sizes, padding, strict=True))
        padding = [(0, 0)] * len(sizes)
    counts = np.zeros(outputs, np.int64)
    for _, _, o in _links(sizes, outputs, window, stride, padding, dilation):
        counts[o] += 1
    if not counts.all():
        raise ValueError("a window without a real cell has no average")
    return counts


def _sources(x: Array, padding: Pairs, mode: str) -> list[list[int | None]]:
    """For every axis the input position of each output cell, None for the constant."""
    found = []
    for n, (low, high) in zip(x.shape[2:], padding, strict=True):
        cells: list[int | None] = list(range(n))
        for _ in range(low, 0):
            cells.pop(0) if cells else _refuse(mode)
        for _ in range(high, 0):
            cells.pop() if cells else _refuse(mode)
        low, high = max(low, 0), max(high, 0)
        before: list[int | None]
        after: list[int | None]
        if mode == "constant":
            before, after = [None] * low, [None] * high
        elif mode == "replicate":
            before, after = cells[:1] * low, cells[-1:] * high
        elif mode == "circular":
            before, after = cells[len(cells) - low :] if low <= len(cells) else [], cells[:high]
        elif mode == "symmetric":
            before, after = cells[:low][::-1], cells[::-1][:high]
        elif mode == "reflect":
            before, after = cells[1 : 1 + low][::-1], cells[::-1][1 : 1 + high]
        else:
            _refuse(mode)
        if len(before) != low or len(after) != high:
            _refuse(mode)
        found.append(before + cells + after)
    return found


def _refuse(mode: str) -> NoReturn:
    raise ValueError(f"the axis has too few cells for this {mode} padding or crop")
