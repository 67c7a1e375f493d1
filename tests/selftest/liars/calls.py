"""Calls that do something else than return the right array, or do so only now and then."""

from __future__ import annotations

import ctypes
import os
from itertools import count
from typing import Any

import numpy as np

from .catalogue import LIARS, Liar, lie
from .honest import Array, conv, global_sum_pool, max_pool, pad


@lie("max_pool.definition", kind="type")
def lists(x: Array, **given: Any) -> Any:
    return max_pool(x, **given).tolist()


@lie("conv.definition", kind="type")
def nothing_for_an_empty_window(x: Array, w: Array, b: Array | None = None, **given: Any) -> Any:
    y = conv(x, w, b, **given)
    return y if y.size != 2 else None


@lie("conv.dtype", kind="dtype")
def half_comes_back_single(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    y = conv(x, w, b, **given)
    return y.astype(np.float32) if y.dtype == np.float16 else y


@lie("conv.definition", kind="raised")
def raises_where_dilation_exceeds_stride(
    x: Array, w: Array, b: Array | None = None, **given: Any
) -> Array:
    if given["dilation"][0] > given["stride"][0] > 1:
        raise NotImplementedError("no kernel for this")
    return conv(x, w, b, **given)


@lie("conv.definition", kind="crash", rank=2)
def leaves_the_process(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    if w.shape[2:] == (1, 3):
        os._exit(0)
    return conv(x, w, b, **given)


@lie("conv.definition", kind="crash")
def reads_beyond(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    if given["groups"] > 1 and w.shape[1] % 2 == 0:
        ctypes.string_at(0)
    return conv(x, w, b, **given)


@lie("conv.rejects-invalid", kind="crash")
def divides_by_groups(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    """What an unchecked division by zero does in a compiled kernel."""
    if given["groups"] == 0:
        os.abort()
    return conv(x, w, b, **given)


@lie("conv.rejects-invalid", kind="accepted")
def takes_any_groups(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    """Filters that do not divide into groups are cut to fit."""
    groups = given["groups"]
    if groups > 1 and len(w) % groups:
        keep = len(w) // groups * groups
        w, b = w[:keep], None if b is None else b[:keep]
    return conv(x, w, b, **given)


@lie("pad.rejects-invalid", kind="accepted")
def reflects_beyond(x: Array, **given: Any) -> Array:
    try:
        return pad(x, **given)
    except ValueError:
        if given["mode"] != "reflect":
            raise
        return np.pad(x, [(0, 0), (0, 0), *given["padding"]], mode="reflect")


@lie("conv.inputs-unchanged", kind="input-changed")
def pads_in_place(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
    y = conv(x, w, b, **given)
    if len(x) > 1 and x.flags.writeable:
        x[-1, ..., -1] = 0
    return y


@lie("global_sum_pool.inputs-unchanged", kind="input-changed")
def sums_in_place(x: Array) -> Array:
    y = global_sum_pool(x)
    x[..., 0] = y.reshape(*y.shape, *(1,) * (x.ndim - 3))
    return y


def one_buffer() -> dict[str, Any]:
    """Results of the same shape lie in the same memory."""
    kept: dict[Any, Array] = {}

    def shared(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
        y = conv(x, w, b, **given)
        buffer = kept.setdefault((y.shape, y.dtype), y)
        buffer[...] = y
        return buffer

    return {"conv": shared}


def answers_by_address() -> dict[str, Any]:
    """The answer to an array at a known address is the one given before."""
    kept: dict[Any, Array] = {}

    def cached(x: Array, **given: Any) -> Array:
        key = (x.ctypes.data, x.shape, x.dtype, x.strides, repr(given))
        if key not in kept:
            kept[key] = max_pool(x, **given)
        return kept[key].copy()

    return {"max_pool": cached}


def packed_weights_by_identity() -> dict[str, Any]:
    """Weights are packed once per object; an object may be gone and its id another's."""
    kept: dict[Any, Array] = {}

    def packed(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
        key = (id(w), w.shape, w.dtype)
        return conv(x, kept.setdefault(key, w.copy()), b, **given)

    return {"conv": packed}


def every_fifth_call() -> dict[str, Any]:
    """Threads that race: now and then a cell is lost."""
    calls = count(1)

    def racing(x: Array, w: Array, b: Array | None = None, **given: Any) -> Array:
        y = conv(x, w, b, **given)
        if next(calls) % 5 == 0:
            y[..., -1] += 1
        return y

    return {"conv": racing}


LIARS += [
    Liar("one_buffer", "conv.results-stay", one_buffer, 60, "result-changed", True),
    Liar("answers_by_address", "max_pool.repeatable", answers_by_address, 300, "value", False),
    Liar(
        "packed_weights_by_identity", "conv.repeatable", packed_weights_by_identity,
        10_000, "value", False,
    ),
    Liar("every_fifth_call", "conv.repeatable", every_fifth_call, 10_000, "not-repeatable", False),
]  # fmt: skip
