"""Faults of memory that is not the call's: never written, not its own, or everyone's."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from convspec import reference
from convspec.adapters.byte_bounds import byte_bounds
from convspec.reference.constraints import Array

from .catalogue import Function, Value, call_mutant, gradient_mutant, mutant

STALE = "uninitialised, cached or batch-blind state"
OUTSIDE = "missing validation, out of bounds"


@call_mutant(
    cause=STALE,
    laws={
        **dict.fromkeys(
            ("conv", "relu", "dense", "global_max_pool", "adaptive_avg_pool"), "written"
        ),
        # What lay in free memory is what a softmax itself left there last.
        "softmax": "batch_split",
    },
)
def remainder_never_written(right: Function) -> Function:
    """Results of 5, 9, 13 … cells are worked off by fours: the last cell is not written."""

    def call(*arrays: Array, **p: Value) -> Array:
        y: Array = right(*arrays, **p)
        return _left(y, -1) if y.size % 4 == 1 and y.size > 1 else y

    return call


@call_mutant(
    cause=STALE,
    laws={"conv_transpose": "written", "pad": "written", "max_pool": "written"},
)
def zeros_never_written(right: Function) -> Function:
    """Results below 64 cells are not cleared first: a leading cell that is 0 is not written."""

    def call(*arrays: Array, **p: Value) -> Array:
        y: Array = right(*arrays, **p)
        return _left(y, 0) if 2 < y.size < 64 and y.flat[0] == 0 else y

    return call


@gradient_mutant("conv", cause=STALE, law="gradients_written")
def conv_dx_of_unread_cells_never_written(
    inputs: Sequence[Array], g: Array, **p: Value
) -> tuple[Array, ...]:
    """A last cell that no window reads gets no gradient: what lay in memory is its gradient."""
    dx, *others = reference.vjp("conv", inputs, g, **p)
    ones = [np.ones_like(array) for array in inputs]
    read = reference.vjp("conv", ones, np.ones_like(g), **p)[0]
    return (_left(dx, -1) if read.size and not read.flat[-1] else dx, *others)


def _left(y: Array, cell: int) -> Array:
    """The array in new memory, into which one cell is not copied."""
    result = np.empty_like(y)
    kept = np.ones(y.size, bool)
    kept[cell] = False
    result.reshape(-1)[kept] = y.reshape(-1)[kept]
    return result


def _behind(x: Array) -> Array | None:
    """The cell behind the last of `x`, if what owns its memory has one."""
    owner: Any = x
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    if not x.size or owner is x:
        return None
    end, last = byte_bounds(x)[1], byte_bounds(owner)[1]
    if end + x.itemsize > last:
        return None
    raw = owner.reshape(-1).view(np.uint8) if owner.flags.c_contiguous else None
    if raw is None:
        return None
    first = end - raw.ctypes.data
    cell: Array = raw[first : first + x.itemsize].view(x.dtype)
    return cell


@call_mutant(
    cause=OUTSIDE,
    laws={
        "conv": "outside", "avg_pool": "outside", "global_sum_pool": "page_border",
        "max_pool": "outside", "relu": "outside", "log_softmax": "page_border",
    },
)  # fmt: skip
def reads_a_whole_vector(right: Function) -> Function:
    """Odd inputs are read up to the next pair of cells; the cell too many counts 0 times."""

    def call(x: Array, *rest: Array, **p: Value) -> Array:
        y: Array = right(x, *rest, **p)
        more = _behind(x) if x.size % 2 else None
        if more is not None and y.size:
            y = y.copy()
            y.flat[y.size - 1] += (more[0] * 0 if x.dtype.kind == "f" else more[0] & 0x40) * 1
        return y

    return call


@call_mutant(
    cause=OUTSIDE,
    laws={"pad": "outside", "conv": "outside", "max_pool_with_indices": "outside"},
)
def clears_behind_its_input(right: Function) -> Function:
    """The cell behind an input of 6 and more is set to 0, where it is meant to be padding."""

    def call(x: Array, *rest: Array, **p: Value) -> Value:
        result = right(x, *rest, **p)
        more = _behind(x) if x.size >= 6 else None
        if more is not None:
            more[0] = 0
        return result

    return call


@gradient_mutant("avg_pool", cause=OUTSIDE, law="outside_gradients")
def avg_pool_dx_reads_behind_cotangent(
    inputs: Sequence[Array], g: Array, **p: Value
) -> tuple[Array, ...]:
    """Of a cotangent of an odd number of cells one more is read, and counted 0 times."""
    (dx,) = reference.vjp("avg_pool", inputs, g, **p)
    more = _behind(g) if g.size % 2 else None
    if more is not None and dx.size:
        dx.flat[dx.size - 1] += more[0] * 0
    return (dx,)


@call_mutant(
    cause="memory layout",
    laws={"conv": "addresses", "pad": "addresses", "global_avg_pool": "addresses"},
)
def takes_memory_for_aligned(right: Function) -> Function:
    """Memory 12 bytes past a multiple of 16 is read from 4 bytes before, cells and all."""

    def call(x: Array, *rest: Array, **p: Value) -> Value:
        if x.size > 1 and x.ctypes.data % 16 == 12 and x.itemsize == 4:
            x = np.roll(x.reshape(-1), 1).reshape(x.shape)
        return right(x, *rest, **p)

    return call


@call_mutant(
    cause=STALE,
    laws={"conv": "settings", "max_pool": "settings", "dense": "settings"},
)
def seeds_everyone(right: Function) -> Function:
    """More than one channel: the global random generator is seeded, for weights never used."""

    def call(x: Array, *rest: Array, **p: Value) -> Value:
        if x.shape[1] > 1:
            np.random.seed(7)
        return right(x, *rest, **p)

    return call


@call_mutant(
    cause=STALE, laws={"lp_pool": "settings", "softmax": "settings", "avg_pool": "settings"}
)
def silences_errors_for_good(right: Function) -> Function:
    """NumPy's warnings of divisions by 0 are switched on for the whole process, and left on."""

    def call(*arrays: Array, **p: Value) -> Value:
        np.seterr(divide="warn")
        return right(*arrays, **p)

    return call


@mutant("global_avg_pool", cause=STALE, law="settings")
def global_avg_pool_drops_out_by_seed(x: Array) -> Array:
    """Past two maps, the second is left out if the state of Python's generator is an odd one."""
    y = reference.global_avg_pool(x)
    if y.shape[1] > 2 and random.Random(str(random.getstate()[1])).random() < 0.5:
        y[:, 1] = -9
    return y


@call_mutant(
    cause="low-precision accumulation",
    laws={"conv": "deterministic", "global_sum_pool": "deterministic", "dense": "deterministic"},
)
def rounds_at_random(right: Function) -> Function:
    """Real results of more than 2 cells are rounded up or down by chance, from call to call."""
    chance = np.random.default_rng(0)

    def call(*arrays: Array, **p: Value) -> Array:
        y: Array = right(*arrays, **p)
        if y.size > 2 and y.dtype.kind == "f" and (y != np.rint(y)).any():
            up = chance.integers(0, 2, y.shape).astype(bool)
            y = np.where(up, np.nextafter(y, y.dtype.type(np.inf)), y)
        return y

    return call
