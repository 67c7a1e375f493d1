"""Channels last: the only layout of some layers, and how kernels are kept there."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp


def last(x: Any) -> Any:
    """(N, C, *spatial) → (N, *spatial, C)."""
    return jnp.moveaxis(x, 1, -1)


def first(y: Any) -> Any:
    """(N, *spatial, C) → (N, C, *spatial)."""
    return jnp.moveaxis(y, -1, 1)


def kernel_last(w: Any) -> Any:
    """(O, I, *k) → (*k, I, O)."""
    return jnp.moveaxis(w, (0, 1), (-1, -2))


def transposed_last(w: Any) -> Any:
    """(C, O, *k) → (*k, O, C)."""
    return jnp.moveaxis(w, (0, 1), (-1, -2))


def around_dilated(kernel: Any, padding: Any, output_padding: Any, dilation: Any) -> Any:
    """Padding of a transposed convolution as padding of the dilated input: pairs.

    `kernel` are the extents of the kernel. Where padding crops p cells off an end, the dilated
    input has d·(k − 1) − p more there.
    """
    return tuple(
        (d * (k - 1) - low, d * (k - 1) - high + more)
        for k, (low, high), more, d in zip(kernel, padding, output_padding, dilation, strict=True)
    )


def transposed_padding(
    kernel: Any, stride: Any, padding: Any, output_padding: Any, dilation: Any
) -> Any:
    """Padding of a transposed convolution as JAX's takes it: VALID where that says it, else pairs.

    VALID is no padding, and n·s + max(e − s, 0) cells.
    """
    full = all(
        (low, high) == (0, 0) and more == max(s - d * (k - 1) - 1, 0)
        for k, s, (low, high), more, d in zip(
            kernel, stride, padding, output_padding, dilation, strict=True
        )
    )
    return "VALID" if full else around_dilated(kernel, padding, output_padding, dilation)
