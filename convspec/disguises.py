"""Contents that invite a shortcut, and extents that nobody tries: what a fast path may key on.

A kernel that is right on what a checker is likely to draw, and takes another path for the rest,
passes until it is used. Contents here are made of those of a case, exact where those are; extents
lie beyond those that cases are drawn from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from convspec.contents import EXACT_BITS, HEADROOM_BITS, Array, longest_sum
from convspec.dtypes import floating
from convspec.spec.case import Case, Tensor
from convspec.spec.claims import OpClaims
from convspec.spec.groups import ADAPTIVE, CONVOLUTIONS, POOLS, SUMMING

HALF = 0.5
"""The unit of halves: what is added to their products has to have it, too, for exact sums."""

Disguise = Callable[[Array, int], Array]


def _constant(array: Array, k: int) -> Array:
    """One number everywhere, seldom 0 or 1."""
    return np.full_like(array, array.flat[k * 37 % array.size])


def _symmetric(array: Array, k: int) -> Array:
    """The same read backwards along the spatial axes."""
    return np.maximum(array, np.flip(array, tuple(range(2, array.ndim))))


def _alike(array: Array, k: int) -> Array:
    """All entries along the first axis, or the second, are the same."""
    first = array[:1] if k % 2 or array.ndim < 2 else array[:, :1]
    return np.broadcast_to(first, array.shape)


def _flat(array: Array, k: int) -> Array:
    """Each map is constant, and each is another; of flat arrays each row."""
    corner = array
    for axis in range(min(2, array.ndim - 1), array.ndim):
        corner = corner.take([0], axis)
    return np.broadcast_to(corner, array.shape)


def _sparse(array: Array, k: int) -> Array:
    """A few cells that are not 0."""
    kept = np.arange(array.size).reshape(array.shape) % 5 == k % 5
    return np.where(kept, array, 0)


def _empty_map(array: Array, k: int) -> Array:
    """One entry along the second axis is all 0."""
    changed = array.copy()
    maps = np.moveaxis(changed, min(1, array.ndim - 1), 0)
    maps[k % len(maps)] = 0
    return changed


def _sorted(array: Array, k: int) -> Array:
    """In ascending order, or in descending."""
    order = np.sort(array, axis=None)
    return (order[::-1] if k % 2 else order).reshape(array.shape)


def _positive(array: Array, k: int) -> Array:
    """Nothing below 0, or nothing above."""
    return -np.abs(array) if k % 2 else np.abs(array)


def _halves(array: Array, k: int) -> Array:
    """Fractions: whole numbers divided by two, exact like them; of an integer type as they are."""
    return array * array.dtype.type(HALF) if floating(array.dtype) else array


DISGUISES: Mapping[str, Disguise] = {
    "halves": _halves, "constant": _constant, "symmetric": _symmetric, "alike": _alike,
    "flat": _flat, "sparse": _sparse, "empty map": _empty_map, "sorted": _sorted,
    "one sign": _positive,
}  # fmt: skip
"""Contents by what they are called; each is made of an array of numbers and a seed."""


def disguised(array: Array, name: str, k: int) -> Array:
    """The array with other contents of the same type, row-major; an empty one as it is."""
    made = DISGUISES[name](array, k) if array.size and array.ndim else array
    return np.array(made, array.dtype, order="C")


FAR = (34, 37, 40, 48, 63, 64, 65, 80, 96, 100, 127, 128, 129, 160, 200, 255, 256, 257)
"""Extents beyond those that cases are drawn from: around vectors, tiles and pages, and between."""

WINDOWS = (8, 6, 9, 10, 11, 13, 15, 16, 17, 31)
STEPS = (6, 7, 8, 9, 16)
"""Windows, and strides and dilations, beyond those that cases are drawn from."""

MOST_WORK = 2_000_000
"""Multiply-accumulates that a grown case may cost."""


def grown(case: Case, claims: OpClaims, k: int) -> Case | None:
    """The case with one extent, window, stride or dilation far beyond the usual; `k` says which.

    None where nothing can be grown: where it is not claimed, or would cost too much.
    """
    found = list(_growths(case, k))
    for turn in range(len(found)):
        larger = found[(k + turn) % len(found)]
        if larger != case and _claimed(larger, claims) and _work(larger) <= MOST_WORK:
            return larger
    return None


def _claimed(case: Case, claims: OpClaims) -> bool:
    """Whether the call is claimed, and its sums are exact as those of all drawn cases are."""
    # The cotangent, if there is one, is of the caller's making.
    arrays = tuple(t for t in case.tensors if t.name != "g")
    longest = 1 << EXACT_BITS[case.dtype] - HEADROOM_BITS
    if case.op.name in SUMMING and longest_sum(Case(case.op, arrays)) > longest:
        return False
    # Padding keeps the amounts it was drawn with: those below 0 are claimed, too.
    return case.op.name == "pad" or claims.include(case.op, arrays)


def _work(case: Case) -> int:
    cells = prod(case.tensors[0].shape)
    if "w" in case:
        shape = case["w"].shape
        maps = shape[1] if case.op.name == "conv_transpose" else shape[0]
        return cells * maps * prod(shape[2:])
    window: tuple[int, ...] = case.op.arguments().get("window", ())
    return cells * prod(window)


def _growths(case: Case, k: int) -> Iterator[Case]:
    op, first = case.op.name, case.tensors[0]
    far = FAR[k * 7 % len(FAR)]
    yield _reshaped(case, 0, far, ("labels",))
    if len(first.shape) > 1:
        groups = case.op.arguments().get("groups", 1)
        each = -(-far // groups)
        if op == "conv":
            yield _reshaped(case, 1, each * groups, (), w=(1, each))
            yield _filters(case, 0, each * groups)
        elif op == "conv_transpose":
            yield _reshaped(case, 1, each * groups, (), w=(0, each * groups))
            yield _filters(case, 1, each, each * groups)
        elif op == "dense":
            yield _reshaped(case, 1, far, (), w=(1, far))
            yield _filters(case, 0, far)
        else:
            yield _reshaped(case, 1, far, ())
    for axis in range(case.rank):
        yield from _along(case, axis, far, k)


def _along(case: Case, axis: int, far: int, k: int) -> Iterator[Case]:
    op, size = case.op.name, case.tensors[0].shape[2 + axis]
    if op in ADAPTIVE:
        bins = case.op.arguments()["output_size"][axis]
        wider = _reshaped(case, 2 + axis, far, ())
        yield wider
        yield _with(wider, "output_size", axis, max(bins, far * (1 + k % 3) // 4))
        return
    yield _reshaped(case, 2 + axis, max(far, size), ())
    if op not in (*CONVOLUTIONS, *POOLS):
        return
    given = case.op.arguments()
    window, step = WINDOWS[k % len(WINDOWS)], STEPS[k % len(STEPS)]
    taps = case["w"].shape[2 + axis] if "w" in case else given["window"][axis]
    reach = given["dilation"][axis] * (window - taps)
    room = 0 if op == "conv_transpose" else 1  # which makes its own
    if op in CONVOLUTIONS:
        larger = _reshaped(case, 2 + axis, size + room * reach, (), w=(2 + axis, window))
    else:
        larger = _with(_reshaped(case, 2 + axis, size + reach, ()), "window", axis, window)
    if reach > 0:
        yield larger
    yield _with(_reshaped(case, 2 + axis, size + room * 3 * step, ()), "stride", axis, step)
    yield _with(
        _reshaped(case, 2 + axis, size + room * step * (taps - 1), ()), "dilation", axis, step
    )


def _reshaped(
    case: Case, axis: int, extent: int, too: tuple[str, ...], w: tuple[int, int] | None = None
) -> Case:
    """The first array, those named in `too`, and w along an axis of its own, with other extents."""

    def resized(tensor: Tensor) -> Tensor:
        if tensor.name in (case.tensors[0].name, *too):
            return _extended(tensor, axis, extent)
        return _extended(tensor, *w) if w and tensor.name == "w" else tensor

    return Case(case.op, tuple(map(resized, case.tensors)))


def _filters(case: Case, axis: int, extent: int, maps: int | None = None) -> Case:
    lengths = {"w": (axis, extent), "b": (0, maps or extent)}
    return Case(
        case.op,
        tuple(_extended(t, *lengths[t.name]) if t.name in lengths else t for t in case.tensors),
    )


def _extended(tensor: Tensor, axis: int, extent: int) -> Tensor:
    shape = (*tensor.shape[:axis], extent, *tensor.shape[axis + 1 :])
    return replace(tensor, shape=shape)


def _with(case: Case, name: str, axis: int, value: int) -> Case:
    old: tuple[Any, ...] = case.op.arguments()[name]
    new = (*old[:axis], value, *old[axis + 1 :])
    return Case(replace(case.op, **{name: new}), case.tensors)
