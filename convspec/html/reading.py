"""What a cell of a result is made of: the cells of each input that it reads.

Everything follows from the index relation. Along every axis of an array the cells read are a list
of positions, and they are the product of these lists; positions outside the array are padding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from convspec.spec.case import Case
from convspec.spec.groups import ADAPTIVE, FLAT, GLOBAL, POOLS
from convspec.spec.relation import Axis, adaptive_bins, axes, transposed_axes

Index = tuple[int, ...]
Positions = tuple[Sequence[int], ...]


@dataclass(frozen=True)
class Reading:
    """For each array by name the positions read, one list per axis.

    `padded`: the positions of the padded input along each spatial axis of ``x``; beyond them is
    the overhang of ceil mode. `outside`: what a cell in the padding counts as.
    """

    cells: Mapping[str, Positions]
    padded: tuple[range, ...] = ()
    outside: str = "0"
    own: Mapping[str, Index] = field(default_factory=dict)
    """Arrays that have a cell of the same place."""

    @property
    def taps(self) -> int:
        """How many cells of a plane are read, padding among them."""
        return prod(len(p) for p in self.cells["x"][2:]) if "x" in self.cells else 0

    def beyond(self, sizes: Sequence[int]) -> int:
        """How many of `taps` lie outside an input of these spatial extents."""
        real = (
            sum(0 <= i < n for i in p)
            for p, n in zip(self.cells.get("x", ())[2:], sizes, strict=True)
        )
        return self.taps - prod(real)


def forward(case: Case, cell: Index) -> Reading | None:
    """What cell `cell` of the result reads; None for operations whose cells have no window.

    Raises ValueError, IndexError or KeyError where the case is not valid or has no such cell.
    """
    op = case.op.name
    if op == "conv":
        return _conv(case, cell)
    if op == "conv_transpose":
        return _conv_transpose(case, cell)
    if op in POOLS:
        taken = zip(_axes(case), cell[2:], strict=True)
        outside = "−∞" if op.startswith("max") else "0"
        return Reading(
            {"x": (*_one(cell[:2]), *(a.cells(o) for a, o in taken))}, _padded(case), outside
        )
    if op in (*ADAPTIVE, *GLOBAL):
        chosen = zip(_bins(case), cell[2:] or (0,) * case.rank, strict=True)
        return Reading({"x": (*_one(cell[:2]), *(bins[o] for bins, o in chosen))})
    if op == "pad":
        value = f"{case.op.arguments()['value']:g}"
        whence = zip(_sources(case), cell[2:], strict=True)
        return Reading({"x": (*_one(cell[:2]), *([source[o]] for source, o in whence))}, (), value)
    if op == "relu":
        return Reading({"x": _one(cell)})
    if op == "dense":
        n, o = cell
        c = case["x"].shape[1]
        return Reading({"x": ([n], range(c)), "w": ([o], range(c)), "b": ([o],)})
    if op in FLAT:
        first = case.tensors[0]
        rows = [cell[0]] if cell else range(first.shape[0])
        return Reading({first.name: (rows, range(first.shape[1])), "labels": (rows,)})
    return None


def backward(case: Case, name: str, cell: Index) -> Reading | None:
    """What cell `cell` of the gradient of input `name` reads of the cotangent and the weight."""
    op, shape = case.op.name, case["g"].shape
    own = {name: cell}
    if name == "b":
        every = (*([range(shape[0])]), list(cell), *map(range, shape[2:]))
        return Reading({"g": every}, own=own)
    if op in ("conv", "conv_transpose"):
        return _convolved(case, name, cell, own)
    if op in POOLS:
        held = zip(_axes(case), cell[2:], strict=True)
        windows = ([o for o in range(a.out) if i in a.cells(o)] for a, i in held)
        return Reading({"g": (*_one(cell[:2]), *windows)}, own=own)
    if op in (*ADAPTIVE, *GLOBAL):
        held_by = zip(_bins(case), cell[2:], strict=True)
        chosen = [[o for o, cells in enumerate(bins) if i in cells] for bins, i in held_by]
        if op in GLOBAL and len(shape) == 2:
            chosen = []
        return Reading({"g": (*_one(cell[:2]), *chosen)}, own=own)
    if op == "pad":
        copies = zip(_sources(case), cell[2:], strict=True)
        places = ([o for o, i in enumerate(source) if i == at] for source, at in copies)
        return Reading({"g": (*_one(cell[:2]), *places)}, own=own)
    if op == "relu":
        return Reading({"g": _one(cell)}, own=own)
    if op == "dense":
        n, o = range(case["x"].shape[0]), range(case["w"].shape[0])
        if name == "x":
            return Reading({"g": ([cell[0]], o), "w": (o, [cell[1]])}, own=own)
        return Reading({"g": (n, [cell[0]]), "x": (n, [cell[1]])}, own=own)
    return None


def _conv(case: Case, cell: Index) -> Reading:
    n, o, *place = cell
    filters, depth, *kernel = case["w"].shape
    first = o // (filters // case.op.arguments()["groups"]) * depth
    taken = (a.cells(p) for a, p in zip(_axes(case), place, strict=True))
    return Reading(
        {
            "x": ([n], range(first, first + depth), *taken),
            "w": ([o], range(depth), *map(range, kernel)),
            "b": ([o],),
        },
        _padded(case),
    )


def _conv_transpose(case: Case, cell: Index) -> Reading:
    n, o, *place = cell
    channels, filters = case["w"].shape[:2]
    depth = channels // case.op.arguments()["groups"]
    mine = range(o // filters * depth, (o // filters + 1) * depth)
    wrote = [_writers(a, p) for a, p in zip(_axes(case), place, strict=True)]
    return Reading(
        {
            "x": ([n], mine, *([i for i, _ in pairs] for pairs in wrote)),
            "w": (mine, [o % filters], *([k for _, k in pairs] for pairs in wrote)),
            "b": ([o],),
        }
    )


def _writers(axis: Axis, place: int) -> list[tuple[int, int]]:
    """The windows that hold a cell, each with the tap that does."""
    return [
        (o, list(axis.cells(o)).index(place)) for o in range(axis.out) if place in axis.cells(o)
    ]


def _convolved(case: Case, name: str, cell: Index, own: Mapping[str, Index]) -> Reading:
    """Of either convolution: they are each other's gradients."""
    transposed = case.op.name == "conv_transpose"
    groups = case.op.arguments()["groups"]
    first, second, *_ = case["w"].shape
    built = _axes(case)
    if name == "w":
        # Axis 0 of w goes with the smaller map's channels, axis 1 with the larger's, by group.
        small, large = cell[0], cell[0] // (first // groups) * second + cell[1]
        batch = range(case["x"].shape[0])
        outs = tuple(range(a.out) for a in built)
        taps = tuple(
            [a.cells(o)[k] for o in range(a.out)] for a, k in zip(built, cell[2:], strict=True)
        )
        narrow: Positions = (batch, [small], *outs)
        wide: Positions = (batch, [large], *taps)
        read = {"x": narrow, "g": wide} if transposed else {"x": wide, "g": narrow}
        return Reading(read, () if transposed else _padded(case), own=own)
    n, c, *place = cell
    if transposed:
        mine = range(c // (first // groups) * second, (c // (first // groups) + 1) * second)
        g = ([n], mine, *(a.cells(o) for a, o in zip(built, place, strict=True)))
        w = ([c], range(second), *map(range, case["w"].shape[2:]))
        return Reading({"g": g, "w": w}, own=own)
    mine = range(c // second * (first // groups), (c // second + 1) * (first // groups))
    wrote = [_writers(a, p) for a, p in zip(built, place, strict=True)]
    return Reading(
        {
            "g": ([n], mine, *([o for o, _ in pairs] for pairs in wrote)),
            "w": (mine, [c % second], *([k for _, k in pairs] for pairs in wrote)),
        },
        own=own,
    )


def _axes(case: Case) -> tuple[Axis, ...]:
    """The axes of the index relation; of a transposed convolution, those of its adjoint."""
    p, sizes = case.op.arguments(), case["x"].shape[2:]
    window = case["w"].shape[2:] if "w" in case else p["window"]
    given = {key: p[key] for key in ("stride", "padding", "dilation")}
    if case.op.name == "conv_transpose":
        return transposed_axes(sizes, window, **given, output_padding=p["output_padding"])[1]
    return axes(sizes, window, **given, ceil=p.get("ceil_mode", False))


def _padded(case: Case) -> tuple[range, ...]:
    return tuple(range(-a.low, a.size + a.high) for a in _axes(case))


def _bins(case: Case) -> tuple[tuple[range, ...], ...]:
    p = case.op.arguments()
    return adaptive_bins(case["x"].shape[2:], p.get("output_size", (1,) * case.rank))


def _sources(case: Case) -> list[list[int]]:
    """For each spatial axis, the input position that each cell of a padded result copies.

    What holds the constant comes from where it would be if the input went on.
    """
    import numpy as np

    from convspec import reference

    p = case.op.arguments()
    found = []
    for n, pair in zip(case["x"].shape[2:], p["padding"], strict=True):
        line = np.arange(1, n + 1).reshape(1, 1, n)
        copied = reference.pad(line, padding=(pair,), mode=p["mode"])[0, 0].tolist()
        found.append([i - 1 if i else at - pair[0] for at, i in enumerate(copied)])
    return found


def _one(cell: Index) -> tuple[list[int], ...]:
    return tuple([i] for i in cell)
