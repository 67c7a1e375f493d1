"""Windows over the spatial axes, and the adjoint: what a window reads is where gradients return.

Both directions are the relation of :mod:`convspec.spec.relation` written in strides: tap ``k`` of
output ``o`` is padded cell ``o·s + d·k``.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from convspec.reference.constraints import Array
from convspec.spec.relation import Axis


def spatial(where: Iterable[Any]) -> tuple[Any, ...]:
    """An index of all images and channels, and of ``where`` on the spatial axes."""
    return (slice(None), slice(None), *where)


def padded(x: Array, axes: tuple[Axis, ...], value: float) -> Array:
    """x over all the padded cells that some window reaches, ``value`` outside the input.

    Shape (N, C, *reach). Where no window reaches outside, it is x itself and not a copy.
    """
    if all(a.low == 0 and a.reach <= a.size for a in axes):
        return x
    shape = x.shape[:2] + tuple([a.reach for a in axes])
    grid = np.zeros(shape, x.dtype) if value == 0 else np.full(shape, value, x.dtype)
    # Stride can leave a tail of the input that no window reaches: it is left out.
    kept = [min(a.size, max(a.reach - a.low, 0)) for a in axes]
    inner = [slice(a.low, a.low + n) for a, n in zip(axes, kept, strict=True)]
    grid[spatial(inner)] = x[spatial([slice(n) for n in kept])]
    return grid


def windows(x: Array, axes: tuple[Axis, ...], value: float) -> Array:
    """What every window over x reads, ``value`` where it reads padding: (N, C, K, P).

    Its K taps and the P outputs each lie in one row-major axis. It may share memory with x.
    """
    grid = padded(x, axes, value)
    steps = grid.strides[2:]
    taps = tuple([a.window for a in axes])
    outputs = tuple([a.out for a in axes])
    view = as_strided(
        grid,
        grid.shape[:2] + taps + outputs,
        grid.strides[:2]
        + tuple([a.dilation * step for a, step in zip(axes, steps, strict=True)])
        + tuple([a.stride * step for a, step in zip(axes, steps, strict=True)]),
    )
    # With the taps before the outputs this copies whole rows, and most calls need no more.
    return view.reshape(*grid.shape[:2], prod(taps), prod(outputs))


def overlap_add(shares: Array, axes: tuple[Axis, ...]) -> Array:
    """The adjoint of :func:`windows`: each tap's share added to the input cell it was read from.

    ``shares`` is (N, C, *k, *o) or anything that broadcasts to it; the result (N, C, *n). What
    falls on padding is dropped.
    """
    sizes = [max(a.reach, a.low + a.size) for a in axes]
    grid = np.zeros((*shares.shape[:2], *sizes), shares.dtype)
    if all(a.out for a in axes):
        for taps in product(*[range(a.window) for a in axes]):
            read = [
                slice(a.dilation * k, a.dilation * k + a.stride * (a.out - 1) + 1, a.stride)
                for a, k in zip(axes, taps, strict=True)
            ]
            grid[spatial(read)] += shares[spatial(taps)]
    return np.ascontiguousarray(grid[spatial([slice(a.low, a.low + a.size) for a in axes])])
