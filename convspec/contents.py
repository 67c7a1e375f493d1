"""From a described array to a real one: its values by recipe, its memory by layout.

Filling is a handful of NumPy calls whatever the size. Random contents are slices of two
tables drawn once, so that a seed costs nothing and a case is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import isqrt, prod
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec import scaled
from convspec.dtypes import lowest
from convspec.spec.case import Case, Tensor
from convspec.spec.groups import FLAT, WEIGHTED

Array = npt.NDArray[Any]

EXACT_BITS = {
    "float64": 53, "float32": 24, "float16": 11, "bfloat16": 8,
    "int64": 62, "int32": 31, "int16": 15, "int8": 7,
}  # fmt: skip
"""Integers below 2 to this power, and their sums, are exact in the dtype in any order."""

HEADROOM_BITS = 2
"""Sums stay below that limit by this power of 2, so that a law may add a few results up."""


def exact_up_to(dtype: str) -> int:
    """The number up to which a sum of integers is exact in a type, whatever its terms' order."""
    return 1 << EXACT_BITS[dtype]


_TABLE_SIZE = 1 << 16
_STEP = 7919  # a prime, so that different k start at different places of the table
_DRAWS = (
    64  # as many k share a table of real numbers: arrays of tables apart have nothing in common
)
_SENTINEL = 77  # what lies between the cells of a strided layout: reading it shows at once


@cache
def _integers(amplitude: int) -> Array:
    return np.random.RandomState(amplitude).randint(-amplitude, amplitude + 1, _TABLE_SIZE)


@cache
def _normals(which: int) -> Array:
    return np.random.RandomState(2 * which).standard_normal(_TABLE_SIZE)


@cache
def _uniforms(which: int) -> Array:
    return np.random.RandomState(2 * which + 1).uniform(0.5, 1.5, _TABLE_SIZE)


def _draw(table: Array, count: int, k: int) -> Array:
    start = k * _STEP % _TABLE_SIZE
    if start + count <= _TABLE_SIZE:
        return table[start : start + count]
    return np.take(table, np.arange(start, start + count), mode="wrap")


def longest_sum(case: Case) -> int:
    """The greatest number of products that any output or gradient cell of the case adds up."""
    shapes = {t.name: t.shape for t in case.tensors}
    shapes["x"] = case.tensors[0].shape
    parameters: dict[str, tuple[int, ...]] = case.op.arguments()
    if case.op.name == "relu":
        return 1
    if case.op.name in FLAT and case.op.name != "dense":
        return max((*shapes["x"], 1))
    if "w" in shapes:
        groups = max(int(case.op.arguments().get("groups", 1)), 1)
        return _longest_of_products(case.op.name == "conv", shapes, groups)
    if "window" in parameters:
        return max(prod(parameters["window"]), 1)
    if "output_size" in parameters:
        # Contents are asked for invalid cases, too: of sizes of 0, and of too many of them.
        pairs = [
            (max(n, 1), max(o, 1))
            for n, o in zip(shapes["x"][2:], parameters["output_size"], strict=False)
        ]
        # A bin, and in turn the bins that read one cell, begin and end amid others.
        return max(prod(-(-n // o) + 1 for n, o in pairs), prod(-(-o // n) + 1 for n, o in pairs))
    grown = prod(shapes["g"][2:]) if "g" in shapes else 1
    return max(prod(shapes["x"][2:]), grown, 1)


def meeting(several: Sequence[int], others: Sequence[int]) -> int:
    """How many of the taps of a window can meet cells of an array, given the extents of both, or
    cells of the result: the others lie in the padding, and add nothing."""
    return prod(map(min, several, others))


def terms(
    inner: int,
    outer: int,
    batch: int,
    window: Sequence[int],
    sizes: Sequence[int],
    outputs: Sequence[int] | None = None,
    biased: bool = False,
) -> list[int]:
    """How many products a cell of each result of an operation with weights adds up.

    The results are y and, given the extents `outputs` of its gradient, dx, and dw or, if `biased`,
    db, which has more terms. `inner` is the number of channels that an output sums over, `outer`
    that of the filters of its group, `sizes` the extents of x.
    """
    forward = inner * meeting(window, sizes)
    if outputs is None:
        return [forward]
    positions = prod(outputs) if biased else meeting(sizes, outputs)
    return [forward, outer * meeting(window, outputs), batch * positions]


def _longest_of_products(conv: bool, shapes: Mapping[str, tuple[int, ...]], groups: int) -> int:
    w, x, g = shapes["w"], shapes["x"], shapes.get("g")
    # A convolution sums over the second axis of w, and its gradient over the part of the first
    # that is one group's. A transposed one does it the other way round.
    inner, outer = w[1], -(-w[0] // groups)
    if not conv:
        inner = outer = max(inner, outer)
    batch, outputs = (g[0], g[2:]) if g is not None else (1, None)
    forward, *backward = terms(inner, outer, batch, w[2:], x[2:], outputs, "b" in shapes)
    return max((forward + 1, *backward))


def amplitude(case: Case) -> int:
    """The greatest a ≤ 4 for which sums of products up to a·a stay exact, at least 1."""
    if case.op.name == "network":
        from convspec.building.network import amplitude as of_networks

        return of_networks(case)
    limit = 1 << EXACT_BITS[case.dtype] - HEADROOM_BITS
    return max(min(4, isqrt(limit // longest_sum(case))), 1)


def scaled_amplitude(case: Case) -> int:
    """The greatest number in a case of the patterns "large" and "wide"."""
    return scaled.greatest(*_scaling(case))


def scales_exactly(case: Case) -> bool:
    """Whether all sums of such a case are exact in what its contents are scaled to."""
    return scaled.exact(*_scaling(case))


def _scaling(case: Case) -> tuple[str, str, int, bool]:
    first = case.tensors[0]
    return first.pattern, first.dtype, longest_sum(case), case.op.name in WEIGHTED


def filled(case: Case) -> dict[str, Array]:
    """The values of all arrays of a case by name, row-major, in their dtypes."""
    large = case.tensors[0].pattern in ("large", "wide")
    greatest = scaled_amplitude(case) if large else amplitude(case)
    classes = case.tensors[0].shape[-1] if case.tensors[0].shape else 0
    return {
        t.name: values(t, classes - 1 if t.pattern == "labels" else greatest) for t in case.tensors
    }


def fill(tensor: Tensor, greatest: int) -> Array:
    """The described array in its dtype and layout; integers in it are at most `greatest`."""
    return lay_out(values(tensor, greatest), tensor.layout)


def values(tensor: Tensor, greatest: int = 4) -> Array:
    """The described values, row-major and contiguous, in the tensor's dtype."""
    shape = tensor.shape
    if tensor.layout == "broadcast" and shape and shape[0] > 1:
        once = _recipe(tensor, (1, *shape[1:]), greatest)
        return np.repeat(once, shape[0], axis=0)
    return _recipe(tensor, shape, greatest)


def _recipe(tensor: Tensor, shape: tuple[int, ...], greatest: int) -> Array:
    count, k, dtype = prod(shape), tensor.k, np.dtype(tensor.dtype)
    match tensor.pattern:
        case "zeros":
            return np.zeros(shape, dtype)
        case "ones":
            return np.ones(shape, dtype)
        case "impulse":
            flat = np.zeros(count, dtype)
            if count:
                # Beyond 256 cells k counts in strides, so that it still reaches the far end.
                flat[k * max(count // 256, 1) % count] = 1
        case "ramp" | "nan" | "nans":
            period, shift = (7, 3) if greatest >= 3 else (3, 1)
            flat = ((np.arange(k % period, count + k % period)) % period - shift).astype(dtype)
            if tensor.pattern == "nan" and count:
                flat[k % count] = np.nan
            if tensor.pattern == "nans" and count:
                flat[k % count :: 2] = np.nan
        case "labels":
            flat = (_draw(_integers(_TABLE_SIZE), count, k) % (max(greatest, 0) + 1)).astype(dtype)
        case "bank":
            return _bank(shape, dtype)
        case "negative":
            flat = (-1 - (3 * np.arange(count) + k) % 7).astype(dtype)
        case "large" | "wide":
            return scaled.drawn(count, k, dtype, greatest).reshape(shape)
        case "ints":
            flat = _draw(_integers(greatest), count, k).astype(dtype)
        case "distinct":
            order = np.argsort(_draw(_normals(0), count, k), kind="stable")
            flat = (order % (1 << min(EXACT_BITS[tensor.dtype], 32) - 1)).astype(dtype)
        case "normal":
            flat = _draw(_normals(k // _DRAWS), count, k).astype(dtype)
        case "positive":
            flat = _draw(_uniforms(k // _DRAWS), count, k).astype(dtype)
        case "eye" | "floor":
            return _one_hots(shape, dtype, floor=tensor.pattern == "floor")
        case unknown:
            raise ValueError(f"no recipe for pattern {unknown!r}")
    return flat.reshape(shape)


def _one_hots(shape: tuple[int, ...], dtype: np.dtype[Any], floor: bool) -> Array:
    least = lowest(dtype) if floor else 0
    flat = np.full((shape[0], prod(shape[1:])), least, dtype)
    if flat.size:
        entry = np.arange(shape[0])
        flat[entry, entry % flat.shape[1]] = 0 if floor else 1
    return flat.reshape(shape)


def _bank(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    entries, maps, cells = (*shape, 1)[0], (*shape, 1, 1)[1], prod(shape[2:])
    flat = np.zeros((entries, maps, cells), dtype)
    entry, cell = np.ogrid[:entries, :cells]
    flat[entry, (entry * cells + cell) % maps, cell] = 1
    return flat.reshape(shape)


def backwards(array: Array) -> Array:
    """The cells in reverse order, in memory of their own, row-major: other contents of a kind."""
    # A copy, not only contiguous: a single cell read backwards keeps its negative stride.
    return array.reshape(-1)[::-1].copy().reshape(array.shape)


def lay_out(array: Array, layout: str) -> Array:
    """The same values in the named memory layout (see `spec.case.LAYOUTS`); writable."""
    if layout == "contiguous" or array.ndim == 0:
        return array
    match layout:
        case "channels_last":
            if array.ndim < 3:
                return array
            return np.moveaxis(np.ascontiguousarray(np.moveaxis(array, 1, -1)), -1, 1)
        case "column_major":
            return np.asfortranarray(array)
        case "loose":
            # Copies that keep the order of axes, NumPy's own among them, leave such strides.
            laid = lay_out(array, "channels_last")
            pairs = zip(laid.shape, laid.strides, strict=True)
            steps = [array.itemsize if n == 1 else s for n, s in pairs]
            return np.lib.stride_tricks.as_strided(laid, laid.shape, steps)
        case "sliced":
            wide = np.full((*array.shape[:-1], 2 * array.shape[-1]), _SENTINEL, array.dtype)
            view = wide[..., ::2]
        case "windowed":
            wide = np.full([n + 2 for n in array.shape], _SENTINEL, array.dtype)
            view = wide[(slice(1, -1),) * array.ndim]
        case "offset":
            view = np.empty(array.size + 1, array.dtype)[1:].reshape(array.shape)
        case "reversed":
            view = np.empty_like(array)[..., ::-1]
        case "broadcast":
            if array.shape[0] < 2:
                return array
            once = array[:1].copy()
            return np.lib.stride_tricks.as_strided(once, array.shape, (0, *once.strides[1:]))
        case unknown:
            raise ValueError(f"no memory layout named {unknown!r}")
    view[...] = array
    return view
