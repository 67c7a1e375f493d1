"""Transposed convolution: the adjoint of convolution in its input."""

from __future__ import annotations

from math import prod

import numpy as np

from convspec.reference.constraints import Array, check_array, check_cotangent, check_same_dtype
from convspec.reference.conv import BLOCK, conv, conv_vjp
from convspec.reference.halves import once_rounded
from convspec.reference.window import overlap_add, spatial
from convspec.spec.relation import Axis, Padding, at_least, transposed_axes


@once_rounded
def conv_transpose(
    x: Array,
    w: Array,
    b: Array | None = None,
    *,
    stride: tuple[int, ...],
    padding: Padding,
    output_padding: tuple[int, ...],
    dilation: tuple[int, ...],
    groups: int,
) -> Array:
    """Transposed convolution, ``conv_transpose.definition``: y[o·s − p_lo + d·k] += w[k] · x[o].

    x is (N, C, *n), w (C, O/groups, *k), b (O,); the result is (N, O, *o), of the dtype of x, with
    o = s·(n − 1) + d·(k − 1) + 1 − p_lo − p_hi + output_padding. Padding crops the full result.
    Output padding moves the end of the crop: the cells gained are those of the full result, as far
    as it goes, and hold the bias beyond. Group j reads the input channels [j·C/groups,
    (j+1)·C/groups) and writes the output channels [j·O/groups, (j+1)·O/groups).

    Raises ``ValueError`` if ranks, channels, groups or dtypes do not fit together, if a parameter
    is out of range, if padding leaves no cell, or if an output padding is neither less than the
    stride nor less than the dilation.

    Source: Dumoulin & Visin, arXiv:1603.07285, section 4.
    """
    sizes, axes = _axes(x, w, b, stride, padding, output_padding, dilation, groups)
    (batch, channels), channels_out = x.shape[:2], w.shape[1] * groups
    kernel = w.reshape(groups, channels // groups, prod(w.shape[1:])).swapaxes(1, 2)
    rows = x.reshape(batch, groups, channels // groups, prod(x.shape[2:]))
    y = np.zeros((batch, channels_out, *sizes), x.dtype)
    reached = y[_reached(axes)]
    images = max(1, BLOCK // max(1, groups * kernel.shape[1] * rows.shape[3]))
    for first in range(0, batch, images):
        shares = np.matmul(kernel, rows[first : first + images])
        reached[first : first + images] = overlap_add(
            shares.reshape(len(shares), channels_out, *w.shape[2:], *x.shape[2:]), axes
        )
    if b is not None:
        y += b.reshape(-1, *[1 for _ in axes])
    return y


@once_rounded
def conv_transpose_vjp(
    x: Array,
    w: Array,
    b: Array | None,
    cotangent: Array,
    *,
    stride: tuple[int, ...],
    padding: Padding,
    output_padding: tuple[int, ...],
    dilation: tuple[int, ...],
    groups: int,
) -> tuple[Array, ...]:
    """The gradients (dx, dw) of ⟨conv_transpose(x, w, b), cotangent⟩, and db if there is a bias.

    ``conv_transpose.gradient``: the adjoint of the adjoint is convolution itself, so that
    dx = conv(cotangent, w), and dw is conv's, with x and the cotangent in each other's place. The
    cotangent is (N, O, *o).
    """
    sizes, axes = _axes(x, w, b, stride, padding, output_padding, dilation, groups)
    check_cotangent(cotangent, (len(x), w.shape[1] * groups, *sizes), x)
    g = cotangent[_reached(axes)]
    pairs = tuple([(a.low, a.high) for a in axes])
    dx = conv(g, w, stride=stride, padding=pairs, dilation=dilation, groups=groups)
    _, dw = conv_vjp(g, w, None, x, stride=stride, padding=pairs, dilation=dilation, groups=groups)
    if b is None:
        return dx, dw
    return dx, dw, cotangent.sum(axis=(0, *range(2, x.ndim)), dtype=b.dtype)


def _reached(axes: tuple[Axis, ...]) -> tuple[slice, ...]:
    """The index of the output cells that lie in the full result: all but the end of some axes."""
    return spatial([slice(a.size) for a in axes])


def _axes(
    x: Array,
    w: Array,
    b: Array | None,
    stride: tuple[int, ...],
    padding: Padding,
    output_padding: tuple[int, ...],
    dilation: tuple[int, ...],
    groups: int,
) -> tuple[tuple[int, ...], tuple[Axis, ...]]:
    """Output sizes, and the axes of the convolution that is transposed, once everything fits."""
    check_array("x", x)
    check_array("w", w, spatial=False)
    check_same_dtype("w", w, x)
    at_least("groups", groups, 1)
    if w.ndim != x.ndim:
        raise ValueError(f"w must have the rank of x, {x.ndim}, but its shape is {w.shape}")
    if w.shape[0] != x.shape[1]:
        raise ValueError(f"w must have C = {x.shape[1]} input channels, not {w.shape[0]}")
    if x.shape[1] % groups:
        raise ValueError(
            f"groups must divide the channels of x: {groups} does not divide {x.shape[1]}"
        )
    if b is not None:
        check_array("b", b, spatial=False)
        check_same_dtype("b", b, x)
        channels_out = w.shape[1] * groups
        if b.shape != (channels_out,):
            raise ValueError(
                f"b must have one entry per output channel, shape ({channels_out},), not {b.shape}"
            )
    return transposed_axes(
        x.shape[2:],
        w.shape[2:],
        stride=stride,
        padding=padding,
        dilation=dilation,
        output_padding=output_padding,
    )
