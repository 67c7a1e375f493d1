"""Padding, averages and sums: linear in x, so that the batch of all one-hot inputs decides.

The gradient is the transposed map, shown by the batch of all one-hot cotangents. Means divide:
their cells are right within the rounding of a quotient, where all others are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from convspec.spec.groups import GLOBAL

from .bounds import Configuration
from .calls import SAMPLED, Array, Calls, draws
from .maps import AxisMap, divisors_of, product_of

CHANNELS = 3
"""Channels of the integer sample."""

FILLING = 2
"""What constant padding holds in the integer sample."""


def decide(
    calls: Calls, it: Configuration, maps: Sequence[AxisMap], gradient: bool, seed: int
) -> None:
    """Put one configuration to the implementation; what is wrong is noted in `calls`."""
    dtype = calls.dtype
    taps = product_of(maps).sum(axis=1, dtype=np.float64)
    cells, outputs = taps.shape
    n = tuple([one.taps.shape[0] for one in maps])
    o = () if it.op in GLOBAL else tuple([one.taps.shape[2] for one in maps])
    means = it.op.endswith("avg_pool")
    terms = 0
    if means:
        taps = taps / divisors_of(maps)
        # A product with each tap of the window, and the division.
        terms = (int(np.prod([one.taps.shape[1] for one in maps])) if o else cells) + 2
        if it.op.startswith("adaptive"):
            terms = cells + 2
    parameters = it.parameters

    def check(part: str, got: Array, expected: Array, magnitude: Array, longest: int) -> None:
        if means:
            calls.near(part, got, expected, magnitude, longest)
        else:
            calls.equal(part, got, expected.astype(dtype))

    def forward(x: Array, given: dict[str, Any], offset: Array | float = 0.0) -> None:
        flat = x.reshape(-1, cells).astype(np.float64)
        shape = (*x.shape[:2], *o)
        with calls.part("y"):
            (got,) = calls.forward(it.op, (x,), given)
            expected = (flat @ taps + offset).reshape(shape)
            check("y", got, expected, (np.abs(flat) @ taps).reshape(shape), terms)

    def backward(x: Array, g: Array) -> None:
        flat = g.reshape(-1, outputs).astype(np.float64)
        with calls.part("dx"):
            (got,) = calls.gradient(it.op, (x,), g, parameters)
            expected = (flat @ taps.T).reshape(x.shape)
            magnitude = (np.abs(flat) @ taps.T).reshape(x.shape)
            check("dx", got, expected, magnitude, terms + outputs)

    forward(np.eye(cells, dtype=dtype).reshape(cells, 1, *n), parameters)
    filled = dict(parameters)
    offset: Array | float = 0.0
    if filled.get("mode") == "constant":
        filled["value"] = FILLING
        offset = FILLING * (1 - taps.sum(axis=0))
    x = draws((SAMPLED, CHANNELS, *n), seed, dtype)
    for part in (slice(SAMPLED), slice(1), slice(1, 2)):
        forward(x[part], filled, offset)
    if gradient:
        hots = np.eye(outputs, dtype=dtype).reshape(outputs, 1, *o)
        backward(draws((outputs, 1, *n), seed + 1, dtype), hots)
        backward(x, draws((SAMPLED, CHANNELS, *o), seed + 3, dtype))
