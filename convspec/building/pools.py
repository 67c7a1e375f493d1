"""Cases of pools: with windows, over bins, and of whole maps."""

from __future__ import annotations

from math import prod

from convspec.spec.case import Case
from convspec.spec.claims import OpClaims
from convspec.spec.operations import OPERATIONS
from convspec.spec.relation import axes

from .extents import (
    CELLS,
    WORK,
    Cut,
    Extent,
    Extents,
    Values,
    first,
    longest_exact,
    padding_of,
    trim,
    window_axes,
)

BIN = 200
"""What a bin costs besides its cells: no two bins are alike, and the reference takes each alone."""


def pool(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    """A pool with windows."""
    built, named = window_axes(op, rank, claims, values)
    e = Extents(values["batch"], channels=values["channels"])
    complete = values["x.pattern"] in ("eye", "floor")

    def load() -> list[float]:
        # Ceil mode may add a window.
        taps = prod(a.window * (a.count(named) + 1) for a in built)
        maps, cells = e.batch * e.channels, prod(a.size(named) for a in built)
        if complete:
            return [e.channels**2 * cells * taps / WORK[scale]]
        return [maps * taps / WORK[scale], maps * cells / CELLS]

    cuts: list[Cut] = [(e, "channels", 1), (e, "batch", 1)]
    cuts += [(a, "outputs", 1) for a in built]
    trim(load, cuts, values["x.k"])
    sizes = tuple(a.size(named) for a in built)
    if complete:
        e.batch = e.channels * prod(sizes)
    parameters: Values = {
        "window": tuple(a.window for a in built),
        "stride": tuple(a.stride for a in built),
        "padding": padding_of(built, named),
        "dilation": tuple(a.dilation for a in built),
        "ceil_mode": values["ceil_mode"],
    }
    if op == "lp_pool":
        # In float16 greater powers of what is drawn overflow before the root is taken.
        small = [p for p in claims.powers if p <= 4] if values["dtype"] == "float16" else []
        parameters["p"] = min(values["p"], max(small, default=values["p"]))
    if op == "avg_pool":
        parameters["count_include_pad"] = values["count_include_pad"]
        if not values["count_include_pad"] and _has_empty_window(sizes, parameters):
            # The mean over no cell is undefined: such a window is padding's own business.
            if True in claims.count_include_pad:
                parameters["count_include_pad"] = True
            else:
                parameters["padding"] = ((0, 0),) * rank
                sizes = tuple(
                    max(n, a.dilation * (a.window - 1) + 1)
                    for n, a in zip(sizes, built, strict=True)
                )
                if complete:
                    e.batch = e.channels * prod(sizes)
    return Case(OPERATIONS[op](**parameters), (first(values, (e.batch, e.channels, *sizes)),))


def _has_empty_window(sizes: tuple[int, ...], parameters: Values) -> bool:
    relation = axes(
        sizes, parameters["window"], stride=parameters["stride"], padding=parameters["padding"],
        dilation=parameters["dilation"], ceil=parameters["ceil_mode"],
    )  # fmt: skip
    return any(0 in axis.real_counts() for axis in relation)


def adaptive_pool(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    """A pool over bins: so many times the output's cells and `tail` more, at least one."""
    outputs = [Extent(values[f"outputs{i}"]) for i in range(rank)]
    e = Extents(values["batch"], channels=values["channels"])
    complete = values["x.pattern"] in ("eye", "floor")
    exact = longest_exact(values, scale, claims)

    def size(i: int) -> int:
        fold: int = values[f"fold{i}"]
        tail: int = values[f"tail{i}"]
        return max(outputs[i].size * fold + tail, 1)

    def load() -> list[float]:
        plane = prod(size(i) for i in range(rank))
        entries = e.channels * plane if complete else e.batch
        # Two bins may share a cell along each axis, and small inputs have many bins a cell.
        read = prod(size(i) + outputs[i].size for i in range(rank))
        cost = entries * e.channels * read + BIN * prod(extent.size for extent in outputs)
        # A gradient adds up what all bins give one cell, which of few cells is all there are.
        sums = plane, prod(extent.size for extent in outputs)
        return [cost / WORK[scale], *(n / exact for n in sums)]

    cuts: list[Cut] = [(e, "channels", 1), (e, "batch", 1)]
    cuts += [(extent, "size", 1) for extent in outputs]
    trim(load, cuts, values["x.k"])
    sizes = tuple(size(i) for i in range(rank))
    if complete:
        e.batch = e.channels * prod(sizes)
    parameters: Values = {"output_size": tuple(extent.size for extent in outputs)}
    return Case(OPERATIONS[op](**parameters), (first(values, (e.batch, e.channels, *sizes)),))


def global_pool(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    """A pool of whole maps."""
    extents = [Extent(values[f"size{i}"]) for i in range(rank)]
    e = Extents(values["batch"], channels=values["channels"])
    complete = values["x.pattern"] in ("eye", "floor")
    exact = longest_exact(values, scale, claims)

    def load() -> list[float]:
        plane = prod(extent.size for extent in extents)
        entries = e.channels * plane if complete else e.batch
        return [4 * entries * e.channels * plane / WORK[scale], plane / exact]

    cuts: list[Cut] = [(e, "channels", 1), (e, "batch", 1)]
    cuts += [(extent, "size", 1) for extent in extents]
    trim(load, cuts, values["x.k"])
    sizes = tuple(extent.size for extent in extents)
    if complete:
        e.batch = e.channels * prod(sizes)
    return Case(OPERATIONS[op](), (first(values, (e.batch, e.channels, *sizes)),))
