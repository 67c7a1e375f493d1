"""Convolution: cross-correlation, in any number of spatial axes."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from convspec.reference.constraints import Array, check_array, check_cotangent, check_same_dtype
from convspec.reference.halves import once_rounded
from convspec.reference.window import overlap_add, windows
from convspec.spec.relation import Axis, Padding, at_least
from convspec.spec.relation import axes as spatial_axes

# Numbers in the columns of one matrix product: enough to be fast, a bound on the memory taken.
BLOCK = 1 << 22


@once_rounded
def conv(
    x: Array,
    w: Array,
    b: Array | None = None,
    *,
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    groups: int,
) -> Array:
    """Convolution, ``conv.definition``: y[o] = b + Σ_c Σ_k w[c, k] · x[c, o·s − p_lo + d·k].

    x is (N, C, *n), w (O, C/groups, *k), b (O,); the result is (N, O, *o), of the dtype of x. The
    kernel is not flipped. Group j reads the input channels [j·C/groups, (j+1)·C/groups) and writes
    the output channels [j·O/groups, (j+1)·O/groups). Cells outside the input count 0.

    Raises ``ValueError`` if ranks, channels, groups or dtypes do not fit together, if a parameter
    is out of range, or if a window exceeds the padded input (``conv.output-size``).

    Source: Dumoulin & Visin, arXiv:1603.07285, section 2.
    """
    axes = _axes(x, w, b, stride, padding, dilation, groups)
    batch, channels_out = x.shape[0], w.shape[0]
    kernel = w.reshape(groups, channels_out // groups, prod(w.shape[1:]))
    y = np.empty(
        (batch, groups, channels_out // groups, prod([a.out for a in axes])), dtype=x.dtype
    )
    for images in _blocks(batch, prod(w.shape[1:]) * groups * y.shape[3]):
        np.matmul(kernel, _columns(x[images], axes, groups), out=y[images])
    if b is not None:
        y += b.reshape(groups, channels_out // groups, 1)
    return y.reshape(batch, channels_out, *[a.out for a in axes])


@once_rounded
def conv_vjp(
    x: Array,
    w: Array,
    b: Array | None,
    cotangent: Array,
    *,
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    groups: int,
) -> tuple[Array, ...]:
    """The gradients (dx, dw) of ⟨conv(x, w, b), cotangent⟩, and db if there is a bias.

    ``conv.gradient``, ``conv.adjoint``: conv is linear in each of its inputs, and each gradient is
    the adjoint of that linear map, applied to the cotangent, which is (N, O, *o).

    Source: Dumoulin & Visin, arXiv:1603.07285, section 4.
    """
    axes = _axes(x, w, b, stride, padding, dilation, groups)
    batch, channels_out = x.shape[0], w.shape[0]
    outputs = tuple([a.out for a in axes])
    check_cotangent(cotangent, (batch, channels_out, *outputs), x)
    kernel = w.reshape(groups, channels_out // groups, prod(w.shape[1:]))
    rows = cotangent.reshape(batch, groups, channels_out // groups, prod(outputs))
    dx = np.empty(x.shape, x.dtype)
    dw = np.zeros(kernel.shape, w.dtype)
    for images in _blocks(batch, prod(w.shape[1:]) * groups * rows.shape[3]):
        g = rows[images]
        dw += np.matmul(g, _columns(x[images], axes, groups).swapaxes(2, 3)).sum(0, dtype=w.dtype)
        shares = np.matmul(kernel.swapaxes(1, 2), g)
        dx[images] = overlap_add(
            shares.reshape(len(g), x.shape[1], *[a.window for a in axes], *outputs), axes
        )
    gradients = dx, dw.reshape(w.shape)
    return gradients if b is None else (*gradients, rows.sum((0, 3), dtype=b.dtype).reshape(-1))


def _columns(x: Array, axes: tuple[Axis, ...], groups: int) -> Array:
    """What each output reads, as columns: (N, groups, C/groups·K, P)."""
    batch, channels = x.shape[:2]
    read = windows(x, axes, 0)
    return read.reshape(batch, groups, channels // groups * read.shape[2], read.shape[3])


def _blocks(batch: int, numbers_per_image: int) -> Iterator[slice]:
    """The batch in runs of images whose columns fit one block."""
    images = max(1, BLOCK // max(1, numbers_per_image))
    for first in range(0, batch, images):
        yield slice(first, min(first + images, batch))


def _axes(
    x: Array,
    w: Array,
    b: Array | None,
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    groups: int,
) -> tuple[Axis, ...]:
    """The spatial axes, once arrays and parameters are known to fit together."""
    check_array("x", x)
    check_array("w", w, spatial=False)
    check_same_dtype("w", w, x)
    at_least("groups", groups, 1)
    if w.ndim != x.ndim:
        raise ValueError(f"w must have the rank of x, {x.ndim}, but its shape is {w.shape}")
    channels, channels_out = x.shape[1], w.shape[0]
    if channels % groups or channels_out % groups:
        raise ValueError(
            f"groups must divide the channels of x and of the output: "
            f"{groups} does not divide {channels} and {channels_out}"
        )
    if w.shape[1] != channels // groups:
        raise ValueError(
            f"w must have C/groups = {channels // groups} input channels, not {w.shape[1]}"
        )
    if b is not None:
        check_array("b", b, spatial=False)
        check_same_dtype("b", b, x)
        if b.shape != (channels_out,):
            raise ValueError(
                f"b must have one entry per output channel, shape ({channels_out},), not {b.shape}"
            )
    return spatial_axes(x.shape[2:], w.shape[2:], stride=stride, padding=padding, dilation=dilation)
