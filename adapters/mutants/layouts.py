"""Faults of memory layout: strides that are not row-major are misread."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import Function, Value, call_mutant, mutant


@call_mutant(
    cause="memory layout",
    laws={
        "conv": "layout_irrelevant",
        "avg_pool": "layout_irrelevant",
        "global_max_pool": "layout_irrelevant",
    },
)
def reads_memory_order(right: Function) -> Function:
    """An input that is not row-major is read in the order of its memory."""

    def call(x: Array, *rest: Array, **p: Value) -> Value:
        return right(x.ravel(order="K").reshape(x.shape), *rest, **p)

    return call


@call_mutant(
    cause="memory layout",
    laws={"max_pool": "layout_irrelevant", "pad": "layout_irrelevant"},
)
def ignores_sign_of_strides(right: Function) -> Function:
    """A last axis that runs backwards in memory is read forwards."""

    def call(x: Array, **p: Value) -> Value:
        return right(x[..., ::-1] if x.strides[-1] < 0 else x, **p)

    return call


@call_mutant(
    cause="memory layout",
    laws={"conv": "layout_irrelevant", "global_sum_pool": "layout_irrelevant"},
)
def repeated_entries_lost(right: Function) -> Function:
    """Of a batch that is one entry repeated (stride 0), only the first is read."""

    def call(x: Array, *rest: Array, **p: Value) -> Value:
        if x.strides[0] == 0 and len(x) > 1:
            x = np.concatenate([x[:1], np.zeros_like(x[1:])])
        return right(x, *rest, **p)

    return call


@call_mutant(
    cause="memory layout",
    laws={"max_pool_with_indices": "layout_irrelevant", "global_avg_pool": "layout_irrelevant"},
)
def ignores_step_of_columns(right: Function) -> Function:
    """Columns that lie two apart in memory are read as neighbours."""

    def call(x: Array, **p: Value) -> Value:
        if x.strides[-1] == 2 * x.itemsize:
            x = as_strided(x, x.shape, (*x.strides[:-1], x.itemsize)).copy()
        return right(x, **p)

    return call


@mutant("conv", cause="memory layout", law="layout_irrelevant")
def conv_weight_read_in_memory_order(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """A weight whose filters vary fastest in memory is read as if they varied slowest."""
    if w.flags.f_contiguous:
        w = w.ravel(order="K").reshape(w.shape)
    return reference.conv(x, w, b, **p)


@mutant("conv", cause="memory layout", law="layout_irrelevant")
def conv_strides_of_one_cell_believed(
    x: Array, w: Array, b: Array | None = None, **p: Value
) -> Array:
    """A weight with channels last and an unusual stride of an axis of one cell is turned."""
    usual = np.moveaxis(np.moveaxis(w, 1, -1).copy(order="C"), -1, 1).strides
    triples = list(zip(w.shape, w.strides, usual, strict=True))
    last = not w.flags.c_contiguous and all(s == u for n, s, u in triples if n > 1)
    if last and any(s != u for n, s, u in triples[2:] if n == 1):
        w = w[:, ::-1]
    return reference.conv(x, w, b, **p)
