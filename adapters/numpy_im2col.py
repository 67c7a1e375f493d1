"""Convolution and pooling the way kernels are written: im2col, GEMM, and scatter for gradients.

It shares nothing with the reference: sizes, checks and contents are worked out anew, so that the
two can be held against each other. Arrays are (N, C, *spatial). Half precision is summed in
float32; integers wrap in their own type.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from convspec.spec.dtypes import DTYPES, FLOATS, HALVES, is_float
from convspec.spec.operations import NAMED_PADDINGS

from .errors import option_words
from .numpy_adaptive import adaptive_avg_pool, adaptive_max_pool
from .numpy_checks import Array, Pairs
from .numpy_classifier import cross_entropy, dense, log_softmax, relu, softmax
from .numpy_gradients import vjp
from .numpy_lp import lp_pool
from .numpy_pad import pad
from .numpy_plans import (
    conv_plan,
    divisor,
    filters,
    grouped_columns,
    least,
    maps_of,
    pool_plan,
    wide_dtype,
    winners_of,
)
from .numpy_second import double_vjp_of
from .numpy_transposed import conv_transpose

CLAIMS: dict[str, Any] = {
    "all": {
        "dtypes": DTYPES,
        "named_padding": NAMED_PADDINGS,
    },
    "avg_pool": {"dtypes": FLOATS},
    "global_avg_pool": {"dtypes": FLOATS},
    "lp_pool": {"dtypes": FLOATS},
    "adaptive_avg_pool": {"dtypes": FLOATS},
    "softmax": {"dtypes": FLOATS},
    "log_softmax": {"dtypes": FLOATS},
    "cross_entropy": {"dtypes": FLOATS},
    "accumulate": dict.fromkeys(HALVES, "float32"),
}


def conv(
    x: Array,
    w: Array,
    b: Array | None = None,
    *,
    stride: tuple[int, ...],
    padding: Pairs | str,
    dilation: tuple[int, ...],
    groups: int,
) -> Array:
    """Cross-correlation of x (N, C, *n) with w (O, C/groups, *k), plus b (O,): (N, O, *o).

    Raises ValueError for arrays and parameters that do not fit together.
    """
    plan = conv_plan(x, w, b, stride, padding, dilation, groups)
    wide = wide_dtype(x)
    gemm = filters(w, groups, wide) @ grouped_columns(plan, x, groups, wide)
    y = gemm.reshape(x.shape[0], w.shape[0], plan.outputs)
    if b is not None:
        y += b[:, None]
    return y.astype(x.dtype, copy=False).reshape(*y.shape[:2], *plan.out)


def max_pool(
    x: Array,
    *,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs | str,
    dilation: tuple[int, ...],
    ceil_mode: bool,
) -> Array:
    """The maximum of each window, NaN if it holds one; padding never wins: (N, C, *o)."""
    plan, _ = pool_plan(x, window, stride, padding, dilation, ceil_mode)
    with np.errstate(invalid="ignore"):
        y: Array = plan.gather(x, least(x)).max(axis=2)
    return y.reshape(*x.shape[:2], *plan.out)


def max_pool_with_indices(
    x: Array,
    *,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs | str,
    dilation: tuple[int, ...],
    ceil_mode: bool,
) -> tuple[Array, Array]:
    """`max_pool`, and the place of each maximum in its plane, row-major (int64): (N, C, *o) both.

    The first of equals; −1 for a window wholly in padding.
    """
    plan, _ = pool_plan(x, window, stride, padding, dilation, ceil_mode)
    y, winners = winners_of(plan, x)
    places = np.where(winners == plan.plane, -1, winners).astype(np.int64, copy=False)
    shape = (*x.shape[:2], *plan.out)
    return y.reshape(shape), places.reshape(shape)


def avg_pool(
    x: Array,
    *,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs | str,
    dilation: tuple[int, ...],
    ceil_mode: bool,
    count_include_pad: bool,
) -> Array:
    """The mean of each window, over its taps in the input, or also in its padding: (N, C, *o).

    Raises ValueError for integers, and for a window without a cell to count.
    """
    plan, pairs = pool_plan(x, window, stride, padding, dilation, ceil_mode)
    taps = divisor(plan, x, window, stride, pairs, dilation, count_include_pad)
    y: Array = plan.gather(x, 0).sum(axis=2, dtype=wide_dtype(x)) / taps
    return y.astype(x.dtype, copy=False).reshape(*x.shape[:2], *plan.out)


def global_avg_pool(x: Array) -> Array:
    """The mean of each map: (N, C). Raises ValueError for integers and for empty maps."""
    maps = maps_of(x)
    if not is_float(x.dtype.name):
        raise ValueError(f"a mean of {x.dtype} is not defined")
    mean: Array = maps.sum(axis=2, dtype=wide_dtype(x)) / wide_dtype(x).type(maps.shape[2])
    return mean.astype(x.dtype, copy=False)


def global_max_pool(x: Array) -> Array:
    """The maximum of each map, NaN if it holds one: (N, C). Raises ValueError for empty maps."""
    with np.errstate(invalid="ignore"):
        y: Array = maps_of(x).max(axis=2)
    return y


def global_sum_pool(x: Array) -> Array:
    """The sum of each map: (N, C). Raises ValueError for empty maps."""
    y: Array = maps_of(x).sum(axis=2, dtype=wide_dtype(x))
    return y.astype(x.dtype, copy=False)


def make(option: str | None) -> SimpleNamespace:
    """The adapter. It has no options: anything but None raises UnknownAdapter."""
    option_words("numpy", option)
    functions = (
        conv, conv_transpose, pad, max_pool, max_pool_with_indices, avg_pool, lp_pool,
        adaptive_avg_pool, adaptive_max_pool, global_avg_pool, global_max_pool, global_sum_pool,
        relu, dense, softmax, log_softmax, cross_entropy, vjp,
    )  # fmt: skip
    named: dict[str, Callable[..., Any]] = {function.__name__: function for function in functions}
    return SimpleNamespace(
        name="numpy", version=np.__version__, claims=CLAIMS, double_vjp=double_vjp_of(named),
        **named,
    )  # fmt: skip
