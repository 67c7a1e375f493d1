"""Transposed convolution the way kernels are written: a GEMM, then col2im into the result."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .numpy_checks import Array, Pairs, array, explicit, like, positive
from .numpy_columns import Columns, columns_of
from .numpy_plans import wide_dtype


def _plan(
    x: Array,
    w: Array,
    b: Array | None,
    stride: tuple[int, ...],
    padding: Pairs | str,
    output_padding: tuple[int, ...],
    dilation: tuple[int, ...],
    groups: int,
) -> tuple[Columns, tuple[int, ...]]:
    """Where each tap of each input cell lands in the result, and the result's shape."""
    array("x", x)
    array("w", w, x.ndim)
    sizes, window = x.shape[2:], w.shape[2:]
    for name, values in (("window", window), ("stride", stride), ("dilation", dilation)):
        positive(name, values, len(sizes))
    if type(groups) is not int or groups < 1 or x.shape[1] % groups:
        raise ValueError(f"{x.shape[1]} channels do not fall into {groups!r} groups")
    like("w", w, (x.shape[1], *w.shape[1:]), x.dtype)
    if b is not None:
        like("b", b, (w.shape[1] * groups,), x.dtype)
    if padding in ("same_upper", "same_lower"):
        raise ValueError(f"{padding} has no one meaning in a transposed convolution")
    pairs = explicit(padding, sizes, window, stride, dilation)
    if not isinstance(output_padding, tuple) or len(output_padding) != len(sizes):
        raise ValueError(f"output_padding needs {len(sizes)} numbers, not {output_padding!r}")
    made = []
    for n, k, s, d, (low, high), more in zip(
        sizes, window, stride, dilation, pairs, output_padding, strict=True
    ):
        if type(more) is not int or not 0 <= more < max(s, d):
            raise ValueError(f"output_padding {more!r} is not below stride {s} or dilation {d}")
        made.append((n - 1) * s + (k - 1) * d + 1 + more - low - high)
        if n < 1 or made[-1] < 1:
            raise ValueError(f"an axis of {n} cells, padded by {low}+{high}, leaves no result")
    plan = columns_of(tuple(made), window, stride, tuple(p[0] for p in pairs), dilation, sizes)
    return plan, (x.shape[0], w.shape[1] * groups, *made)


def _filters(w: Array, groups: int, wide: np.dtype[np.generic]) -> Array:
    """The kernels as (groups, O/groups · taps, C/groups)."""
    per_cell = int(np.prod(w.shape[1:], dtype=np.int64))
    kernel: Array = w.astype(wide, copy=False).reshape(groups, w.shape[0] // groups, per_cell)
    return kernel.swapaxes(1, 2)


def conv_transpose(
    x: Array,
    w: Array,
    b: Array | None = None,
    *,
    stride: tuple[int, ...],
    padding: Pairs | str,
    output_padding: tuple[int, ...],
    dilation: tuple[int, ...],
    groups: int,
) -> Array:
    """x (N, C, *n) spread by w (C, O/groups, *k), plus b (O,): (N, O, *o).

    Raises ValueError for arrays and parameters that do not fit together.
    """
    plan, shape = _plan(x, w, b, stride, padding, output_padding, dilation, groups)
    wide = wide_dtype(x)
    rows = x.astype(wide, copy=False).reshape(len(x), groups, x.shape[1] // groups, plan.outputs)
    spread = _filters(w, groups, wide) @ rows
    y = plan.scatter(spread.reshape(*shape[:2], plan.taps, plan.outputs), shape)
    if b is not None:
        y += b.reshape(-1, *(1,) * (x.ndim - 2))
    return y.astype(x.dtype, copy=False)


def conv_transpose_gradient(
    inputs: Sequence[Array],
    g: Array,
    *,
    stride: tuple[int, ...],
    padding: Pairs | str,
    output_padding: tuple[int, ...],
    dilation: tuple[int, ...],
    groups: int,
) -> tuple[Array, ...]:
    """The gradients in x, w and, if there is one, b, of the shapes of these."""
    x, w, *rest = inputs
    b = rest[0] if rest else None
    plan, shape = _plan(x, w, b, stride, padding, output_padding, dilation, groups)
    like("cotangent", g, shape, x.dtype)
    wide = wide_dtype(x)
    read = plan.gather(g, 0).astype(wide, copy=False)
    read = read.reshape(len(x), groups, w.shape[1] * plan.taps, plan.outputs)
    rows = x.astype(wide, copy=False).reshape(len(x), groups, x.shape[1] // groups, plan.outputs)
    dx = _filters(w, groups, wide).swapaxes(1, 2) @ read
    dw = (rows @ read.swapaxes(2, 3)).sum(axis=0, dtype=wide)
    gradients = [dx.reshape(x.shape), dw.reshape(w.shape)]
    if b is not None:
        gradients.append(g.sum(axis=(0, *range(2, g.ndim)), dtype=wide))
    return tuple(gradient.astype(x.dtype, copy=False) for gradient in gradients)
