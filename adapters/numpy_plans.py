"""What the NumPy operations and their gradients share: checked plans, and the shapes of a GEMM."""

from __future__ import annotations

from typing import Any

import numpy as np

from convspec.spec.dtypes import HALVES, is_float

from .numpy_checks import Array, Pairs, array, explicit, like, positive
from .numpy_columns import Columns, columns, tap_counts


def conv_plan(
    x: Array,
    w: Array,
    b: Array | None,
    stride: tuple[int, ...],
    padding: Pairs | str,
    dilation: tuple[int, ...],
    groups: int,
) -> Columns:
    """The columns of a convolution, once its arrays and parameters are known to fit together."""
    array("x", x)
    array("w", w, x.ndim)
    if type(groups) is not int or groups < 1:
        raise ValueError(f"groups needs a whole number of at least 1, not {groups!r}")
    if x.shape[1] % groups or w.shape[0] % groups:
        raise ValueError(f"{x.shape[1]} → {w.shape[0]} channels do not fall into {groups} groups")
    like("w", w, (w.shape[0], x.shape[1] // groups, *w.shape[2:]), x.dtype)
    if b is not None:
        like("b", b, w.shape[:1], x.dtype)
    plan, _ = pool_plan(x, w.shape[2:], stride, padding, dilation, False)
    return plan


def pool_plan(
    x: Array,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs | str,
    dilation: tuple[int, ...],
    ceil_mode: bool,
) -> tuple[Columns, Pairs]:
    """The columns of a pool, or of any windows over x, and the padding in numbers."""
    sizes = array("x", x).shape[2:]
    positive("window", window, len(sizes))
    positive("stride", stride, len(sizes))
    positive("dilation", dilation, len(sizes))
    if type(ceil_mode) is not bool:
        raise ValueError(f"ceil_mode needs True or False, not {ceil_mode!r}")
    pairs = explicit(padding, sizes, window, stride, dilation)
    return columns(sizes, window, stride, pairs, dilation, ceil_mode), pairs


def divisor(
    plan: Columns,
    x: Array,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    pairs: Pairs,
    dilation: tuple[int, ...],
    with_padding: bool,
) -> Array:
    """How many taps each mean is taken over, in the type it is computed in; (outputs,)."""
    if not is_float(x.dtype.name):
        raise ValueError(f"a mean of {x.dtype} is not defined")
    if type(with_padding) is not bool:
        raise ValueError(f"count_include_pad needs True or False, not {with_padding!r}")
    taps = tap_counts(plan, x.shape[2:], window, stride, pairs, dilation, with_padding)
    if not taps.all():
        raise ValueError(f"window {int((taps == 0).argmax())} has no cell to take the mean of")
    return taps.astype(wide_dtype(x))


def winners_of(plan: Columns, x: Array) -> tuple[Array, Array]:
    """The maxima, and the cell of the plane each came from; (N, C, outputs) both."""
    cells = plan.gather(x, least(x))
    # argmax prefers the first NaN, then the first of equals: just what is asked for.
    tap = cells.argmax(axis=2)
    y = np.take_along_axis(cells, tap[:, :, None], axis=2)[:, :, 0]
    winners: Array = plan.index[tap, np.arange(plan.outputs)]
    if plan.padded:
        # Padding can come first among equals only where all is least; the first real cell wins.
        real = plan.index != plan.plane
        first = plan.index[real.argmax(axis=0), np.arange(plan.outputs)]
        winners = np.where(winners == plan.plane, first, winners)
    return y, winners


def deliver(plan: Columns, x: Array, winners: Array, g: Array) -> Array:
    """The gradient of maxima: what each output was given goes to the cell that won it."""
    maps = x.shape[0] * x.shape[1]
    sums = np.zeros((maps, plan.plane + 1), wide_dtype(x))
    rows, shape = np.arange(maps)[:, None], (maps, plan.outputs)
    np.add.at(sums, (rows, winners.reshape(shape)), g.reshape(shape))
    return sums[:, : plan.plane].astype(x.dtype).reshape(x.shape)


def grouped_columns(plan: Columns, x: Array, groups: int, wide: np.dtype[Any]) -> Array:
    """The columns a GEMM takes: (N, groups, C/groups · taps, outputs)."""
    depth = x.shape[1] // groups * plan.taps
    patches = plan.gather(x, 0).astype(wide, copy=False)
    return patches.reshape(x.shape[0], groups, depth, plan.outputs)


def filters(w: Array, groups: int, wide: np.dtype[Any]) -> Array:
    """The rows a GEMM takes: (groups, O/groups, C/groups · taps)."""
    per_filter = int(np.prod(w.shape[1:], dtype=np.int64))
    return w.astype(wide, copy=False).reshape(groups, w.shape[0] // groups, per_filter)


def maps_of(x: Array) -> Array:
    """x with its spatial axes in one, (N, C, cells), once it is known to have cells."""
    cells = int(np.prod(array("x", x).shape[2:], dtype=np.int64))
    if not cells:
        raise ValueError(f"a map of shape {x.shape[2:]} has no cells")
    return x.reshape(*x.shape[:2], cells)


def wide_dtype(x: Array) -> np.dtype[Any]:
    """The type in which sums are kept: float32 for half precision, else that of x."""
    return np.dtype(np.float32) if x.dtype.name in HALVES else x.dtype


def least(x: Array) -> float:
    """The identity of max."""
    return -np.inf if is_float(x.dtype.name) else int(np.iinfo(x.dtype).min)
