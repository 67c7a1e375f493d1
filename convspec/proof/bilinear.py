"""Convolutions and the dense layer: bilinear in (x, w), affine in b.

One call with all one-hot inputs as the batch and all one-hot filters as the bank shows the whole
map; so do one call for the gradient in x (one-hot cotangents as the batch, one-hot kernels as
channels) and one for that in w (one-hot inputs as channels, one-hot cotangents as filters). That
filters and channels act alike is what lets a bank stand for one filter after another.

Letters: j groups, c input channels and m filters of a group, i input cells, k taps, o output cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from .bounds import SAMPLE_CHANNELS, Configuration
from .calls import SAMPLED, Array, Calls, draws
from .maps import AxisMap, product_of


class Shape:
    """The numbers of one configuration, and its weight between (j, m, c, k) and the adapter's."""

    def __init__(self, configuration: Configuration, taps: Array, maps: Sequence[AxisMap]) -> None:
        self.transposed = configuration.op == "conv_transpose"
        fixed = configuration.fixed
        self.j, self.c, self.m = fixed.groups, fixed.per_group, fixed.filters
        self.cells, self.taps, self.outputs = taps.shape
        shapes = [one.taps.shape for one in maps]
        self.n = tuple([s[0] for s in shapes])
        self.window = tuple([s[1] for s in shapes])
        self.o = tuple([s[2] for s in shapes])

    def laid(self, w: Array) -> Array:
        """(j, m, c, k) as the adapter takes it."""
        j, m, c, _ = w.shape
        if self.transposed:
            return np.ascontiguousarray(w.swapaxes(1, 2)).reshape(j * c, m, *self.window)
        return np.ascontiguousarray(w).reshape(j * m, c, *self.window)

    def read(self, w: Array, j: int, m: int, c: int) -> Array:
        """What the adapter gives back as (j, m, c, k), if it has the shape for that."""
        wanted = (j * c, m) if self.transposed else (j * m, c)
        if w.shape != (*wanted, *self.window):
            return w
        if self.transposed:
            return w.reshape(j, c, m, self.taps).swapaxes(1, 2)
        return w.reshape(j, m, c, self.taps)


@lru_cache(maxsize=256)
def _one_hots(n: int, dtype: str) -> Array:
    return np.eye(n, dtype=dtype)


@lru_cache(maxsize=256)
def _tiled(n: int, lead: tuple[int, ...], dtype: str) -> Array:
    """All one-hots of n cells, once for every index of `lead`: (*lead, n, n)."""
    return np.ascontiguousarray(np.broadcast_to(np.eye(n, dtype=dtype), (*lead, n, n)))


def decide(
    calls: Calls, it: Configuration, maps: Sequence[AxisMap], gradient: bool, seed: int
) -> None:
    """Put one configuration to the implementation; what is wrong is noted in `calls`."""
    taps = product_of(maps).astype(calls.dtype, copy=False)
    s = Shape(it, taps, maps)
    with calls.part("y"):
        y_of_one_hots(calls, it, s, taps)
    if gradient:
        with calls.part("dx"):
            dx_of_one_hots(calls, it, s, taps)
        with calls.part("dw"):
            dw_of_one_hots(calls, it, s, taps)
    sample(calls, it, s, taps, gradient, seed)


def y_of_one_hots(calls: Calls, it: Configuration, s: Shape, taps: Array) -> None:
    """Every input cell through every tap to every output cell."""
    j, c, m, dtype = s.j, s.c, s.m, calls.dtype
    x = _one_hots(j * c * s.cells, dtype).reshape(j * c * s.cells, j * c, *s.n)
    bank = m * c * s.taps
    w = _tiled(c * s.taps, (j, m), dtype).reshape(j, bank, c, s.taps)
    (y,) = calls.forward(it.op, (x, s.laid(w)), it.parameters)
    expected = taps
    if j * c * m > 1:
        wide = np.zeros((j, c, s.cells, j, m, c, s.taps, s.outputs), dtype)
        for group in range(j):
            for channel in range(c):
                wide[group, channel, :, group, :, channel] = taps[:, None]
        expected = wide
    calls.equal("y", y, expected.reshape(len(x), j * bank, *s.o))


def dx_of_one_hots(calls: Calls, it: Configuration, s: Shape, taps: Array) -> None:
    """The gradient in x of every output cell through every tap, one batch entry for each cell."""
    j, c, m, dtype = s.j, s.c, s.m, calls.dtype
    g = _one_hots(j * m * s.outputs, dtype).reshape(j * m * s.outputs, j * m, *s.o)
    channels = c * s.taps
    w = _tiled(s.taps, (j, m, c), dtype).reshape(j, m, channels, s.taps)
    x = draws((len(g), j * channels, *s.n), len(g), dtype)
    dx = calls.gradient(it.op, (x, s.laid(w)), g, it.parameters)[0]
    back = taps.transpose(2, 1, 0)
    if j * c * m > 1:
        wide = np.zeros((j, m, s.outputs, j, c, s.taps, s.cells), dtype)
        for group in range(j):
            wide[group, :, :, group] = back[None, :, None]
        back = wide
    calls.equal("dx", dx, back.reshape(x.shape))


def dw_of_one_hots(calls: Calls, it: Configuration, s: Shape, taps: Array) -> None:
    """The gradient in w, one filter for each output cell, one channel for each input cell."""
    j, c, m, dtype = s.j, s.c, s.m, calls.dtype
    filters, channels = m * s.outputs, c * s.cells
    x = _tiled(s.cells, (j, c), dtype).reshape(1, j * channels, *s.n)
    g = _tiled(s.outputs, (j, m), dtype).reshape(1, j * filters, *s.o)
    w = draws((j, filters, channels, s.taps), filters, dtype)
    inputs: tuple[Array, ...] = (x, s.laid(w))
    biased = True in calls.adapter.claims.ops[it.op].bias
    if biased:
        inputs = (*inputs, draws((j * filters,), filters, dtype))
    gradients = calls.gradient(it.op, inputs, g, it.parameters)
    back = taps.transpose(2, 0, 1)
    if j * c * m > 1:
        wide = np.broadcast_to(back[None, None, :, None], (j, m, s.outputs, c, s.cells, s.taps))
        back = wide.reshape(j, filters, channels, s.taps)
    else:
        back = back.reshape(1, filters, channels, s.taps)
    calls.equal("dw", s.read(gradients[1], j, filters, channels), back)
    if biased:
        calls.equal("db", gradients[2], np.ones(j * filters, dtype))


def sample(
    calls: Calls, it: Configuration, s: Shape, taps: Array, gradient: bool, seed: int
) -> None:
    """Integers at the configuration's own channels: sums of one-hots are mapped to sums."""
    dtype, batch = calls.dtype, SAMPLED
    j, c, m = s.j, s.c, s.m
    if it.rank > 1:
        c, m = SAMPLE_CHANNELS
    x = draws((batch, j * c, *s.n), seed, dtype)
    w = draws((j, m, c, s.taps), seed + 1, dtype)
    inputs: tuple[Array, ...] = (x, s.laid(w))
    b = np.zeros(j * m, dtype)
    biased = True in calls.adapter.claims.ops[it.op].bias
    if biased:
        b = draws((j * m,), seed + 2, dtype)
        inputs = (*inputs, b)
    spread = x.reshape(-1, s.cells) @ taps.reshape(s.cells, -1)
    spread = spread.reshape(batch, j, c * s.taps, s.outputs)
    y = w.reshape(j, m, c * s.taps) @ spread + b.reshape(j, m, 1)
    with calls.part("y"):
        y = y.reshape(batch, j * m, *s.o)
        for part in (slice(batch), slice(1), slice(1, 2)):
            (got,) = calls.forward(it.op, (x[part], *inputs[1:]), it.parameters)
            calls.equal("y", got, y[part])
    if not gradient:
        return
    g = draws((batch, j * m, *s.o), seed + 3, dtype)
    flat = g.reshape(batch, j, m, s.outputs)
    # Back through the filters to (c, k) of every output cell, and from there to the input cells.
    through = w.reshape(j, m, c * s.taps).swapaxes(1, 2) @ flat
    dx = through.reshape(batch * j * c, -1) @ taps.reshape(s.cells, -1).T
    dw = (flat @ spread.swapaxes(2, 3)).sum(axis=0)
    with calls.part("dx, dw"):
        given = calls.gradient(it.op, inputs, g, it.parameters)
        calls.equal("dx", given[0], dx.reshape(x.shape))
        calls.equal("dw", s.read(given[1], j, m, c), dw.reshape(j, m, c, s.taps))
        if biased:
            calls.equal("db", given[2], flat.sum(axis=(0, 3)).reshape(-1))
