"""Padding in a dialect: what negative amounts do, and how far a mode reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec import reference
from convspec.spec.relation import pairs

from .windows import Choices

Array = npt.NDArray[Any]
Parameters = Mapping[str, Any]
Pads = tuple[tuple[int, int], ...]

_NUMPY = {"reflect": "reflect", "symmetric": "symmetric", "circular": "wrap"}
"""Modes with a limit → what NumPy calls them."""


def crop(x: Array, pads: Pads) -> Array:
    """x without what the negative amounts crop. Raises ValueError if they crop more than that."""
    kept: list[slice] = []
    for n, (low, high) in zip(x.shape[2:], pads, strict=True):
        first, stop = max(-low, 0), n - max(-high, 0)
        if stop < first:
            raise ValueError(f"padding {pads} crops more than there is of the shape {x.shape}")
        kept.append(slice(first, stop))
    return x[(slice(None), slice(None), *kept)]


def uncrop(g: Array, shape: tuple[int, ...], pads: Pads) -> Array:
    """The adjoint of :func:`crop`: g where it was cut from, 0 around it."""
    whole = np.zeros((*g.shape[:2], *shape[2:]), g.dtype)
    crop(whole, pads)[...] = g
    return whole


def _grown(pads: Pads) -> Pads:
    return tuple((max(low, 0), max(high, 0)) for low, high in pads)


def pad(arrays: Sequence[Array], p: Parameters, choices: Choices) -> Array:
    """Padding: (N, C, *n) → (N, C, *n + low + high)."""
    (x,) = arrays
    pads = pairs(p["padding"], x.ndim - 2)
    negative = any(min(pair) < 0 for pair in pads)
    if negative and choices["pad.negative"] == "reject":
        raise ValueError(f"padding must not be negative, but is {pads}")
    if negative and choices["pad.negative"] == "pad-first":
        return crop(_padded(x, {**p, "padding": _grown(pads)}, choices), pads)
    return _padded(x, p, choices)


def pad_vjp(
    arrays: Sequence[Array], g: Array, p: Parameters, choices: Choices
) -> tuple[Array, ...]:
    """The gradient in x, for amounts that the definition knows."""
    (x,) = arrays
    pads = pairs(p["padding"], x.ndim - 2)
    if choices["pad.negative"] == "pad-first" and any(min(pair) < 0 for pair in pads):
        grown = _grown(pads)
        shape = (*x.shape[:2], *(n + sum(pair) for n, pair in zip(x.shape[2:], grown, strict=True)))
        return reference.vjp("pad", (x,), uncrop(g, shape, pads), **{**p, "padding": grown})
    return reference.vjp("pad", (x,), g, **p)


def _padded(x: Array, p: Parameters, choices: Choices) -> Array:
    try:
        return reference.pad(x, **p)
    except ValueError:
        mode = p["mode"]
        if mode not in _NUMPY or choices[f"pad.{mode}-limit"] != "repeat":
            raise
        # A mode without a limit has to take these amounts, or there is another fault.
        reference.pad(x, **{**p, "mode": "replicate"})
    pads = p["padding"]
    around = ((0, 0), (0, 0), *_grown(pads))
    repeated: Array = np.pad(crop(x, pads), around, mode=_NUMPY[mode])  # type: ignore[call-overload]
    return repeated
