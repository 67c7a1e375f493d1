"""Max pools: linear over (max, +), so that the batch of all one-hot inputs over −∞ decides.

The gradient is linear in the cotangent as long as the order of the cells stays: all one-hot
cotangents decide it for one order. Orders are too many to enumerate; each cell in turn is made the
greatest, and one input has ties.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from convspec.dialect import tie_of
from convspec.spec.groups import GLOBAL

from .bounds import Configuration
from .calls import SAMPLED, Array, Calls, draws
from .maps import AxisMap, product_of

CHANNELS = 3
"""Channels of the integer sample."""


class Windows:
    """Which cells each window reads, and what its maximum is: values, places, gradients."""

    def __init__(self, calls: Calls, it: Configuration, maps: Sequence[AxisMap]) -> None:
        self.reads = product_of(maps).sum(axis=1).T > 0
        self.outputs, self.cells = self.reads.shape
        self.empty = ~self.reads.any(axis=1)
        self.n = tuple([one.taps.shape[0] for one in maps])
        self.o = () if it.op in GLOBAL else tuple([one.taps.shape[2] for one in maps])
        self.tie = tie_of(it.op, calls.adapter.claims)
        lowest = calls.adapter.claims.dialect["max_pool.empty-window"] == "lowest"
        self.nothing = float(np.finfo(calls.dtype).min) if lowest else -np.inf

    def values(self, flat: Array) -> Array:
        """The maxima of flat (…, cells): (…, outputs)."""
        greatest = np.where(self.reads, flat[..., None, :], -np.inf).max(axis=-1)
        y: Array = np.where(self.empty, self.nothing, greatest)
        return y

    def winners(self, flat: Array) -> Array:
        """Where the maximum of each window stands, all tied cells: (…, outputs, cells)."""
        among = np.where(self.reads, flat[..., None, :], -np.inf)
        won: Array = self.reads & (among == among.max(axis=-1, keepdims=True))
        return won

    def back(self, flat: Array, g: Array) -> Array:
        """The gradient in x: each output's goes to its maximum, ties by the dialect."""
        won = self.winners(flat)
        if self.tie == "first":
            share = won & (won.cumsum(axis=-1) == 1)
        elif self.tie == "last":
            share = won & (won[..., ::-1].cumsum(axis=-1)[..., ::-1] == 1)
        else:
            share = won / np.maximum(won.sum(axis=-1, keepdims=True), 1)
        dx: Array = (g[..., None, :] @ share.astype(np.float64))[..., 0, :]
        return dx


def decide(
    calls: Calls, it: Configuration, maps: Sequence[AxisMap], gradient: bool, seed: int
) -> None:
    """Put one configuration to the implementation; what is wrong is noted in `calls`."""
    windows = Windows(calls, it, maps)
    cells = windows.cells
    peaks = np.full((cells, cells), -np.inf, calls.dtype)
    np.fill_diagonal(peaks, 0)
    forward(calls, it, windows, peaks.reshape(cells, 1, *windows.n))
    x = draws((SAMPLED, CHANNELS, *windows.n), seed, calls.dtype)
    for part in (slice(SAMPLED), slice(1), slice(1, 2)):
        forward(calls, it, windows, x[part])
    if gradient:
        backward(calls, it, windows, seed)


def forward(calls: Calls, it: Configuration, windows: Windows, x: Array) -> None:
    """Values, and places where they are asked for."""
    flat = x.reshape(*x.shape[:2], windows.cells)
    with calls.part("y"):
        if it.op != "max_pool_with_indices":
            (y,) = calls.forward(it.op, (x,), it.parameters)
        else:
            y, places = calls.forward(it.op, (x,), it.parameters, 2)
            first = windows.winners(flat).argmax(axis=-1).reshape(*x.shape[:2], *windows.o)
            calls.places(places, first, windows.empty.reshape(windows.o))
        calls.equal("y", y, windows.values(flat).reshape(*x.shape[:2], *windows.o))


def backward(calls: Calls, it: Configuration, windows: Windows, seed: int) -> None:
    """One order with all one-hot cotangents, each cell as the peak, and one input with ties."""
    cells, outputs, dtype = windows.cells, windows.outputs, calls.dtype
    order = np.argsort(draws((cells,), seed, dtype) * cells + np.arange(cells)).argsort()
    ties = np.sign(draws((2, cells), seed + 1, dtype))
    flat = np.concatenate(
        [np.tile(order, (outputs, 1)), order + cells * np.eye(cells), ties], dtype=dtype
    )
    g = np.concatenate([np.eye(outputs), draws((cells + 2, outputs), seed + 2, dtype)], dtype=dtype)
    x = flat.reshape(-1, 1, *windows.n)
    with calls.part("dx"):
        (dx,) = calls.gradient(it.op, (x,), g.reshape(-1, 1, *windows.o), it.parameters)
        expected = windows.back(flat, g).reshape(x.shape)
        if windows.tie == "split":
            magnitude = windows.back(flat, np.abs(g)).reshape(x.shape)
            calls.near("dx", dx, expected, magnitude, cells + outputs)
        else:
            calls.equal("dx", dx, expected)
