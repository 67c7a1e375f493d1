"""Convolutions in a dialect: kernels turned round, padding that crops, sizes beyond the usual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec import reference

from .padding import crop, uncrop
from .windows import Choices, outputs

Array = npt.NDArray[Any]
Parameters = Mapping[str, Any]


def turned(w: Array) -> Array:
    """The kernel turned round along every spatial axis."""
    return np.flip(w, tuple(range(2, w.ndim)))


def conv(arrays: Sequence[Array], p: Parameters, choices: Choices) -> Array:
    """Convolution: as :func:`convspec.reference.conv`."""
    (x, w, *b), p = _as_defined(arrays, p, choices)
    if choices["conv.too-large-window"] == "empty" and w.ndim == x.ndim:
        counts = outputs("conv", x.shape[2:], w.shape[2:], p, choices)
        if 0 in counts:
            # Everything but the size of the kernel is checked on an input that has room for it.
            extra = (d * k for d, k in zip(p["dilation"], w.shape[2:], strict=True))
            roomy = np.pad(x, ((0, 0), (0, 0), *((0, more) for more in extra)))
            checked = reference.conv(roomy, w, *b, **p)
            return np.zeros((*checked.shape[:2], *counts), checked.dtype)
    return reference.conv(x, w, *b, **p)


def conv_vjp(
    arrays: Sequence[Array], g: Array, p: Parameters, choices: Choices
) -> tuple[Array, ...]:
    """The gradients in x, w and b."""
    defined, given = _as_defined(arrays, p, choices)
    dx, dw, *db = reference.vjp("conv", tuple(defined), g, **given)
    if given["padding"] is not p["padding"]:
        dx = uncrop(dx, arrays[0].shape, p["padding"])
    return (dx, turned(dw) if choices["conv.flip"] == "flipped" else dw, *db)


def _as_defined(
    arrays: Sequence[Array], p: Parameters, choices: Choices
) -> tuple[list[Array], Parameters]:
    """The same convolution as the definition would have it written."""
    x, w, *b = arrays
    if choices["conv.flip"] == "flipped":
        w = turned(w)
    pads = p["padding"]
    crops = choices["conv.negative-padding"] == "crop" and not isinstance(pads, str)
    if crops and len(pads) == x.ndim - 2 and any(min(pair) < 0 for pair in pads):
        x = crop(x, pads)
        p = {**p, "padding": tuple((max(low, 0), max(high, 0)) for low, high in pads)}
    return [x, w, *b], p


def conv_transpose(arrays: Sequence[Array], p: Parameters, choices: Choices) -> Array:
    """Transposed convolution: as :func:`convspec.reference.conv_transpose`."""
    x, w, *b = arrays
    if choices["conv_transpose.flip"] == "flipped":
        w = turned(w)
    more, rank = p["output_padding"], x.ndim - 2
    if choices["conv_transpose.output-padding"] == "stride":
        _below_stride(p)
    least = [max(s, d) - 1 for s, d in zip(p["stride"], p["dilation"], strict=False)]
    beyond = len(more) == len(least) == rank and any(
        m > most for m, most in zip(more, least, strict=True)
    )
    if choices["conv_transpose.output-padding"] != "any" or not beyond:
        return reference.conv_transpose(x, w, *b, **p)
    pads = ((0, 0),) * rank if p["padding"] == "valid" else p["padding"]
    allowed = tuple(min(m, most) for m, most in zip(more, least, strict=True))
    # The full result, with cells past it that hold the bias alone, and then the crop.
    uncropped = {**p, "padding": ((0, 0),) * rank, "output_padding": allowed}
    full = reference.conv_transpose(x, w, *b, **uncropped)
    past = tuple(m - a for m, a in zip(more, allowed, strict=True))
    sizes = (*full.shape[:2], *(n + m for n, m in zip(full.shape[2:], past, strict=True)))
    bias = b[0].reshape(1, -1, *(1,) * rank) if b else np.zeros((), full.dtype)
    result = np.broadcast_to(bias, sizes).astype(full.dtype)
    result[tuple(slice(n) for n in full.shape)] = full
    return crop(result, tuple((-low, -high) for low, high in pads))


def conv_transpose_vjp(
    arrays: Sequence[Array], g: Array, p: Parameters, choices: Choices
) -> tuple[Array, ...]:
    """The gradients in x, w and b, for an output padding that the definition knows."""
    x, w, *b = arrays
    flipped = choices["conv_transpose.flip"] == "flipped"
    if choices["conv_transpose.output-padding"] == "stride":
        _below_stride(p)
    dx, dw, *db = reference.vjp("conv_transpose", (x, turned(w) if flipped else w, *b), g, **p)
    return (dx, turned(dw) if flipped else dw, *db)


def _below_stride(p: Parameters) -> None:
    for axis, (m, s) in enumerate(zip(p["output_padding"], p["stride"], strict=False)):
        if m >= s:
            raise ValueError(
                f"output padding of spatial axis {axis} must be less than the stride {s}, not {m}"
            )
