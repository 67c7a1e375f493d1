"""The rest of the definition a second time: what :mod:`convspec.reference.scatter` leaves out.

These loops share nothing with the first formulation either. A transposed convolution, which there
adds up what its inputs give, here asks for every output cell which inputs gave; bins are found by
asking of every cell which parts of the input it overlaps; a gradient of softmax is a product with
its Jacobian.
Slow on purpose. Parameters that no size depends on are taken to be in range.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from math import exp, fsum, log

import numpy as np

from convspec.reference.scatter import Array, Cell, Pairs, starts


def full_cells(n: int, k: int, s: int, d: int, low: int, high: int, more: int) -> list[int]:
    """The cells of the full result of a transposed convolution that are kept on one axis."""
    if not n or not 0 <= more < max(s, d):
        raise ValueError(f"no transposed convolution of {n} cells has output padding {more}")
    touched = {o * s + tap * d for o in range(n) for tap in range(k)}
    kept = [*range(max(touched) + 1 + more)][low:]
    for _ in range(high):
        if not kept:
            break
        kept.pop()
    if not kept:
        raise ValueError(f"padding {low} + {high} leaves nothing")
    return kept


def conv_transpose(
    x: Array,
    w: Array,
    b: Array | None,
    stride: Cell,
    padding: Pairs,
    output_padding: Cell,
    dilation: Cell,
    groups: int,
) -> Array:
    """Transposed convolution: every output asks which inputs reach it, by which taps."""
    kept = _kept(x, w, stride, padding, output_padding, dilation)
    y = np.zeros((len(x), w.shape[1] * groups, *map(len, kept)), x.dtype)
    for i, j, o in _transposed_products(x, w, kept, stride, dilation, groups):
        y[o] += x[i] * w[j]
    if b is not None:
        for o in np.ndindex(y.shape):
            y[o] += b[o[1]]
    return y


def conv_transpose_vjp(
    x: Array,
    w: Array,
    b: Array | None,
    cotangent: Array,
    stride: Cell,
    padding: Pairs,
    output_padding: Cell,
    dilation: Cell,
    groups: int,
) -> tuple[Array, ...]:
    """Gradients of transposed convolution: a product's derivative is its other factor."""
    kept = _kept(x, w, stride, padding, output_padding, dilation)
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i, j, o in _transposed_products(x, w, kept, stride, dilation, groups):
        dx[i] += cotangent[o] * w[j]
        dw[j] += cotangent[o] * x[i]
    if b is None:
        return dx, dw
    db = np.zeros_like(b)
    for o in np.ndindex(cotangent.shape):
        db[o[1]] += cotangent[o]
    return dx, dw, db


def lp_pool(
    x: Array, p: int, window: Cell, stride: Cell, padding: Pairs, dilation: Cell, ceil: bool
) -> Array:
    """Lp pooling: the root of a sum of powers."""
    taps = _window_cells(x.shape[2:], window, stride, padding, dilation, ceil)
    y = np.zeros(x.shape[:2] + tuple(map(len, taps)), x.dtype)
    for o in np.ndindex(y.shape):
        y[o] = fsum(abs(float(x[i])) ** p for i in _inside(taps, o)) ** (1 / p)
    return y


def lp_pool_vjp(
    x: Array,
    cotangent: Array,
    p: int,
    window: Cell,
    stride: Cell,
    padding: Pairs,
    dilation: Cell,
    ceil: bool,
) -> Array:
    """Gradient of Lp pooling, by the chain rule: of a root, of a sum, of a power."""
    taps = _window_cells(x.shape[2:], window, stride, padding, dilation, ceil)
    dx = np.zeros_like(x)
    for o in np.ndindex(cotangent.shape):
        total = fsum(abs(float(x[i])) ** p for i in _inside(taps, o))
        for i in _inside(taps, o):
            if x[i] != 0:
                power = p * abs(float(x[i])) ** (p - 1) * (1 if x[i] > 0 else -1)
                root = total ** (1 / p - 1) / p
                dx[i] += float(cotangent[o]) * root * power
    return dx


def adaptive_pool(x: Array, output_size: Cell, kind: str) -> Array:
    """Adaptive pooling; ``kind`` is avg or max."""
    bins = [_overlapping(n, m) for n, m in zip(x.shape[2:], output_size, strict=True)]
    y = np.zeros(x.shape[:2] + output_size, x.dtype)
    for o in np.ndindex(y.shape):
        cells = [x[i] for i in _inside(bins, o)]
        result = cells[0]
        for cell in cells[1:]:
            if kind == "avg":
                result = result + cell
            elif cell > result or np.isnan(cell):
                result = cell
        y[o] = result if kind == "max" else result / len(cells)
    return y


def adaptive_pool_vjp(
    x: Array, cotangent: Array, output_size: Cell, kind: str, tie: str = "first"
) -> Array:
    """Gradient of adaptive pooling, by listing the cells of every bin in order."""
    bins = [_overlapping(n, m) for n, m in zip(x.shape[2:], output_size, strict=True)]
    y = adaptive_pool(x, output_size, kind)
    dx = np.zeros_like(x)
    for o in np.ndindex(cotangent.shape):
        cells = list(_inside(bins, o))
        if kind == "max":
            tied = [i for i in cells if x[i] == y[o] or (np.isnan(x[i]) and np.isnan(y[o]))]
            cells = {"first": tied[:1], "last": tied[-1:], "split": tied}[tie]
        for i in cells:
            dx[i] += cotangent[o] if len(cells) == 1 else cotangent[o] / len(cells)
    return dx


def relu(x: Array) -> Array:
    """The rectifier: what is negative is put to 0."""
    y = x.copy()
    for i in np.ndindex(x.shape):
        if x[i] < 0:
            y[i] = 0
    return y


def relu_vjp(x: Array, cotangent: Array) -> Array:
    """Gradient of the rectifier: nothing comes back to what is negative or 0."""
    dx = cotangent.copy()
    for i in np.ndindex(x.shape):
        if x[i] < 0 or x[i] == 0:
            dx[i] = 0
    return dx


def dense(x: Array, w: Array, b: Array | None) -> Array:
    """The fully connected layer: every product of an input and a weight is added to its output."""
    y = np.zeros((x.shape[0], w.shape[0]), x.dtype)
    for image, o in np.ndindex(y.shape):
        for c in range(x.shape[1]):
            y[image, o] += x[image, c] * w[o, c]
        if b is not None:
            y[image, o] += b[o]
    return y


def dense_vjp(x: Array, w: Array, b: Array | None, cotangent: Array) -> tuple[Array, ...]:
    """Gradients of the fully connected layer: a product's derivative is its other factor."""
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    db = np.zeros(w.shape[0], w.dtype)
    for image, o in np.ndindex(cotangent.shape):
        for c in range(x.shape[1]):
            dx[image, c] += cotangent[image, o] * w[o, c]
            dw[o, c] += cotangent[image, o] * x[image, c]
        db[o] += cotangent[image, o]
    return (dx, dw) if b is None else (dx, dw, db)


def softmax(x: Array) -> Array:
    """Softmax as it is written, for numbers whose exponentials are finite."""
    return _by_rows(x, _shares)


def log_softmax(x: Array) -> Array:
    """The logarithm of softmax."""
    return _by_rows(x, lambda row: [log(share) for share in _shares(row)])


def cross_entropy(logits: Array, labels: Array) -> float:
    """The mean of −log of the share of the labelled class."""
    losses = [-log(_shares(row)[label]) for row, label in zip(logits, labels, strict=True)]
    return fsum(losses) / len(losses)


def softmax_vjp(x: Array, cotangent: Array) -> Array:
    """Gradient of softmax: ∂y_i/∂x_j = y_i·((i = j) − y_j)."""
    dx = np.zeros_like(x)
    for image, j in np.ndindex(x.shape):
        y = _shares(x[image])
        column = [y[i] * ((i == j) - y[j]) for i in range(len(y))]
        dx[image, j] = fsum(cotangent[image, i] * column[i] for i in range(len(y)))
    return dx


def log_softmax_vjp(x: Array, cotangent: Array) -> Array:
    """Gradient of the logarithm of softmax: ∂y_i/∂x_j = (i = j) − softmax(x)_j."""
    dx = np.zeros_like(x)
    for image, j in np.ndindex(x.shape):
        share = _shares(x[image])[j]
        dx[image, j] = fsum(cotangent[image, i] * ((i == j) - share) for i in range(len(x[image])))
    return dx


def cross_entropy_vjp(logits: Array, labels: Array, cotangent: float) -> Array:
    """Gradient of the cross-entropy, as that of the mean of labelled logarithms."""
    picks = np.zeros_like(logits)
    for image, label in enumerate(labels):
        picks[image, label] = -cotangent / len(labels)
    return log_softmax_vjp(logits, picks)


def _kept(
    x: Array, w: Array, stride: Cell, padding: Pairs, output_padding: Cell, dilation: Cell
) -> list[list[int]]:
    axes = zip(x.shape[2:], w.shape[2:], stride, dilation, padding, output_padding, strict=True)
    return [full_cells(n, k, s, d, low, high, m) for n, k, s, d, (low, high), m in axes]


def _transposed_products(
    x: Array, w: Array, kept: list[list[int]], stride: Cell, dilation: Cell, groups: int
) -> Iterator[tuple[Cell, Cell, Cell]]:
    """Every (input, weight, output) of one product of the transposed convolution."""
    per_group_in, per_group_out = x.shape[1] // groups, w.shape[1]
    for o in product(*[range(len(cells)) for cells in kept]):
        for k in product(*map(range, w.shape[2:])):
            # The input that gave by tap k stands where the tap's distance is a whole stride.
            steps = [kept[a][o[a]] - k[a] * dilation[a] for a in range(len(o))]
            if any(step % s for step, s in zip(steps, stride, strict=True)):
                continue
            i = tuple(step // s for step, s in zip(steps, stride, strict=True))
            if not all(0 <= p < n for p, n in zip(i, x.shape[2:], strict=True)):
                continue
            for image, group in product(range(x.shape[0]), range(groups)):
                for c, m in product(range(per_group_in), range(per_group_out)):
                    channel, channel_out = group * per_group_in + c, group * per_group_out + m
                    yield (image, channel, *i), (channel, m, *k), (image, channel_out, *o)


def _window_cells(
    sizes: Cell, window: Cell, stride: Cell, padding: Pairs, dilation: Cell, ceil: bool
) -> list[list[list[int]]]:
    """For every axis the input cells of each window."""
    found = []
    axes = zip(sizes, window, stride, dilation, padding, strict=True)
    for n, k, s, d, (low, high) in axes:
        taps = [[at + j * d - low for j in range(k)] for at in starts(n, k, s, d, low, high, ceil)]
        found.append([[cell for cell in cells if 0 <= cell < n] for cells in taps])
    return found


def _overlapping(n: int, parts: int) -> list[list[int]]:
    """The cells that overlap each of the equal parts of an axis; a cell is an interval, too."""
    if not n or parts < 1:
        raise ValueError(f"{n} cells have no {parts} parts")
    # Everything is measured in units in which a cell is `parts` long, and a part n.
    return [
        [cell for cell in range(n) if cell * parts < (i + 1) * n and (cell + 1) * parts > i * n]
        for i in range(parts)
    ]


def _inside(cells: list[list[list[int]]], o: Cell) -> Iterator[Cell]:
    """The input cells that belong to one output cell, in order."""
    for i in product(*[along[p] for along, p in zip(cells, o[2:], strict=True)]):
        yield (*o[:2], *i)


def _shares(row: Array) -> list[float]:
    parts = [exp(value) for value in row]
    return [part / fsum(parts) for part in parts]


def _by_rows(x: Array, function: Callable[[Array], list[float]]) -> Array:
    y = np.zeros_like(x)
    for image in range(len(x)):
        y[image] = function(x[image])
    return y
