"""Faults between calls: state, aliasing, inputs written to, empty batches, result types."""

from __future__ import annotations

from typing import Any

import numpy as np

from convspec.reference.constraints import Array

from .catalogue import Function, Value, call_mutant

STATE = "uninitialised, cached or batch-blind state"


def _key(arrays: tuple[Array | None, ...], p: dict[str, Value]) -> Any:
    return [None if a is None else (a.shape, a.dtype.str) for a in arrays], sorted(p.items())


@call_mutant(
    cause=STATE,
    laws=dict.fromkeys(
        ("conv", "max_pool", "pad", "relu", "dense", "log_softmax", "cross_entropy"),
        "inputs_unchanged",
    ),
)
def writes_to_input(right: Function) -> Function:
    """Works in place: afterwards the negative cells of a float32 input are 0."""

    def call(x: Array, *rest: Array, **p: Value) -> Array:
        y: Array = right(x, *rest, **p)
        if x.dtype == np.float32:
            np.maximum(x, 0, out=x)
        return y

    return call


@call_mutant(
    cause=STATE,
    laws={
        "avg_pool": "inputs_unchanged",
        "global_avg_pool": "inputs_unchanged",
        "adaptive_avg_pool": "inputs_unchanged",
    },
)
def scales_input(right: Function) -> Function:
    """Divides a row-major input in place by the number of its columns before it sums."""

    def call(x: Array, **p: Value) -> Array:
        y: Array = right(x, **p)
        if x.flags.c_contiguous:
            x /= x.shape[-1]
        return y

    return call


@call_mutant(
    cause=STATE,
    laws=dict.fromkeys(
        ("conv", "avg_pool", "global_sum_pool", "dense", "softmax", "adaptive_max_pool"),
        "results_stay",
    ),
)
def reuses_its_buffer(right: Function) -> Function:
    """Results of one shape of up to 16 cells share a buffer: later calls overwrite earlier."""
    buffers: dict[Any, Array] = {}

    def call(*arrays: Array, **p: Value) -> Array:
        y: Array = right(*arrays, **p)
        if y.size > 16:
            return y
        buffer = buffers.setdefault((y.shape, y.dtype), y)
        buffer[...] = y
        return buffer

    return call


@call_mutant(
    cause="special fast path",
    laws={
        "pad": "results_stay",
        "global_max_pool": "results_stay",
        "relu": "results_stay",
        "adaptive_avg_pool": "results_stay",
    },
)
def returns_its_input(right: Function) -> Function:
    """Where all cells stay what they are, the result is a view of the input, not a copy."""

    def call(x: Array, **p: Value) -> Array:
        y: Array = right(x, **p)
        return x.reshape(y.shape) if np.array_equal(x.ravel(), y.ravel()) else y

    return call


@call_mutant(
    cause=STATE,
    laws={"conv": "linear_in_input", "max_pool": "max_linear", "pad": "linear_in_input"},
)
def remembers_by_shape(right: Function) -> Function:
    """The last result is returned again for any single image of the same shape and parameters."""
    last: list[Any] = [None, None]

    def call(*arrays: Array, **p: Value) -> Array:
        key = _key(arrays, p)
        if last[0] != key or len(arrays[0]) > 1:
            last[:] = key, right(*arrays, **p)
        y: Array = last[1].copy()
        return y

    return call


@call_mutant(
    cause=STATE,
    laws={
        "conv": "input_read_anew",
        "global_max_pool": "input_read_anew",
        "cross_entropy": "input_read_anew",
    },
)
def remembers_by_address(right: Function) -> Function:
    """Results are remembered by where the input lies: what it holds by now is not looked at."""
    known: dict[str, Array] = {}

    def call(x: Array, *rest: Array, **p: Value) -> Array:
        key = f"{x.ctypes.data} {x.strides} {_key((x, *rest), p)}"
        if key not in known:
            if len(known) == 4:
                known.clear()
            known[key] = right(x, *rest, **p)
        return known[key].copy()

    return call


@call_mutant(
    cause=STATE,
    laws={"conv": "repeatable", "global_avg_pool": "repeatable", "lp_pool": "repeatable"},
)
def workspace_not_cleared(right: Function) -> Function:
    """The workspace of one image is not cleared: what a call like it left is still in it."""
    workspace: list[Any] = [None, 0]

    def call(*arrays: Array, **p: Value) -> Array:
        key, y = _key(arrays, p), right(*arrays, **p)
        before = workspace[1] if workspace[0] == key and len(y) == 1 else 0
        workspace[:] = key, y.copy()
        total: Array = y + before
        return total.astype(y.dtype)

    return call


@call_mutant(
    cause=STATE,
    laws={"max_pool": "repeatable", "avg_pool": "repeatable", "pad": "repeatable"},
)
def tuned_after_first_call(right: Function) -> Function:
    """A call like the one before runs a faster kernel, which forgets what is past column 4."""
    seen: list[Any] = [None]

    def call(x: Array, **p: Value) -> Array:
        key, y = _key((x,), p), right(x, **p)
        if seen[0] == key:
            y[..., 5:] = 0
        seen[0] = key
        result: Array = y
        return result

    return call


@call_mutant(
    cause="empty tensors or kernel > input",
    laws={"conv": "empty_batch", "max_pool_with_indices": "empty_batch", "pad": "empty_batch"},
)
def empty_batch_refused(right: Function) -> Function:
    """An empty batch raises in three dimensions."""

    def call(x: Array, *rest: Array, **p: Value) -> Value:
        if len(x) == 0 and x.ndim == 5:
            raise ValueError("the batch is empty")
        return right(x, *rest, **p)

    return call


@call_mutant(
    cause="empty tensors or kernel > input",
    laws=dict.fromkeys(
        ("max_pool", "avg_pool", "global_sum_pool", "lp_pool", "dense", "softmax", "relu"),
        "empty_batch",
    ),
)
def empty_batch_of_one(right: Function) -> Function:
    """An empty batch of one channel is computed as a batch of one entry of zeros."""

    def call(x: Array, *rest: Array, **p: Value) -> Value:
        blank = np.zeros((1, *x.shape[1:]), x.dtype)
        return right(blank if len(x) == 0 and x.shape[1] == 1 else x, *rest, **p)

    return call


@call_mutant(
    cause="low-precision accumulation",
    laws=dict.fromkeys(
        ("conv", "avg_pool", "pad", "lp_pool", "log_softmax", "cross_entropy"), "output_dtype"
    ),
)
def returns_double(right: Function) -> Function:
    """The result of a float32 call is a float64 array if the batch has more than one entry."""

    def call(x: Array, *rest: Array, **p: Value) -> Array:
        y: Array = right(x, *rest, **p)
        return y.astype(np.float64) if len(x) > 1 else y

    return call


@call_mutant(
    cause="low-precision accumulation",
    laws={"max_pool": "output_dtype", "global_sum_pool": "output_dtype"},
    claims={"dtypes": ["float32", "int32"]},
)
def returns_long(right: Function) -> Function:
    """Integers come back wider than they went in."""

    def call(x: Array, **p: Value) -> Array:
        y: Array = right(x, **p)
        return y.astype(np.int64) if x.dtype == np.int32 else y

    return call


@call_mutant(
    cause="low-precision accumulation",
    laws={"global_avg_pool": "output_dtype", "global_max_pool": "output_dtype"},
    claims={"dtypes": ["float32", "float16"]},
)
def half_comes_back_single(right: Function) -> Function:
    """float16 comes back as float32, the type of the accumulator."""

    def call(x: Array) -> Array:
        y: Array = right(x)
        return y.astype(np.float32) if x.dtype == np.float16 else y

    return call
