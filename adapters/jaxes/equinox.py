"""Equinox, through the layers of ``equinox.nn``, each mapped over the batch by ``jax.vmap``.

Layers take one example, channels first, and get their parameters from the call. The weight of a
transposed convolution is laid out as Equinox keeps it, (O, C/groups, *k*), and not turned round:
that is a matter of dialect. All other parameters are Equinox's own, ``SAME``, ``SAME_LOWER``,
``VALID``, ``use_ceil`` and ``output_padding`` among them.
"""

from __future__ import annotations

from typing import Any

import equinox
import jax
from equinox import nn

from .calls import Calls, Function, begin
from .claims import equinox as claims_for

_NAMED = {"same_upper": "SAME", "same_lower": "SAME_LOWER", "valid": "VALID"}
_MAX = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
_AVG = {1: nn.AvgPool1d, 2: nn.AvgPool2d, 3: nn.AvgPool3d}
_ADAPTIVE_MAX = {1: nn.AdaptiveMaxPool1d, 2: nn.AdaptiveMaxPool2d, 3: nn.AdaptiveMaxPool3d}
_ADAPTIVE_AVG = {1: nn.AdaptiveAvgPool1d, 2: nn.AdaptiveAvgPool2d, 3: nn.AdaptiveAvgPool3d}


def _native(padding: Any) -> Any:
    return _NAMED[padding] if isinstance(padding, str) else padding


def _filled(make: Function, w: Any, b: Any) -> Any:
    """A layer with these parameters, without drawing any at random first.

    Raises ValueError where their shapes are not those of the layer.
    """
    layer = equinox.filter_eval_shape(make, key=jax.ShapeDtypeStruct((2,), "uint32"))
    for own, given in ((layer.weight, w), (layer.bias, b)):
        if given is not None and own.shape != given.shape:
            raise ValueError(
                f"a parameter of shape {own.shape} cannot have the shape {given.shape}"
            )
    if b is None:
        return equinox.tree_at(lambda one: one.weight, layer, w)
    return equinox.tree_at(lambda one: (one.weight, one.bias), layer, (w, b))


def _spread(b: Any, rank: int) -> Any:
    return None if b is None else b.reshape(-1, *(1,) * rank)


def conv(
    x: Any, w: Any, b: Any = None, *, stride: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    """``nn.Conv``."""
    rank = x.ndim - 2

    def make(key: Any) -> Any:
        return nn.Conv(
            rank, x.shape[1], w.shape[0], w.shape[2:], stride, _native(padding), dilation, groups,
            b is not None, dtype=w.dtype, key=key,
        )  # fmt: skip

    return jax.vmap(_filled(make, w, _spread(b, rank)))(x)


def conv_transpose(
    x: Any, w: Any, b: Any = None, *, stride: Any, padding: Any, output_padding: Any,
    dilation: Any, groups: int,
) -> Any:  # fmt: skip
    """``nn.ConvTranspose``."""
    rank = x.ndim - 2
    c, o, *kernel = w.shape
    # (C, O/groups, *k) → (O, C/groups, *k), group by group.
    grouped = w.reshape(groups, c // groups, o, *kernel).swapaxes(1, 2)
    weight = grouped.reshape(groups * o, c // groups, *kernel)

    def make(key: Any) -> Any:
        return nn.ConvTranspose(
            rank, x.shape[1], groups * o, kernel, stride, _native(padding), output_padding,
            dilation, groups, b is not None, dtype=w.dtype, key=key,
        )  # fmt: skip

    return jax.vmap(_filled(make, weight, _spread(b, rank)))(x)


def max_pool(
    x: Any, *, window: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> Any:
    """``nn.MaxPool1d``, ``2d`` or ``3d``. Raises ValueError for dilation: they have none."""
    _undilated(dilation)
    return jax.vmap(_MAX[x.ndim - 2](window, stride, padding, ceil_mode))(x)


def avg_pool(
    x: Any, *, window: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool,
    count_include_pad: bool,
) -> Any:  # fmt: skip
    """``nn.AvgPool1d``, ``2d`` or ``3d``.

    Raises ValueError for dilation and where padding shall not count: they do not have that.
    """
    _undilated(dilation)
    if not count_include_pad:
        raise ValueError("average pools of Equinox count padding")
    return jax.vmap(_AVG[x.ndim - 2](window, stride, padding, ceil_mode))(x)


def _undilated(dilation: Any) -> None:
    if any(d != 1 for d in dilation):
        raise ValueError("pools of Equinox have no dilation")


def adaptive_max_pool(x: Any, *, output_size: Any) -> Any:
    """``nn.AdaptiveMaxPool1d``, ``2d`` or ``3d``."""
    return jax.vmap(_ADAPTIVE_MAX[x.ndim - 2](output_size))(x)


def adaptive_avg_pool(x: Any, *, output_size: Any) -> Any:
    """``nn.AdaptiveAvgPool1d``, ``2d`` or ``3d``."""
    return jax.vmap(_ADAPTIVE_AVG[x.ndim - 2](output_size))(x)


def dense(x: Any, w: Any, b: Any = None) -> Any:
    """``nn.Linear``."""

    def make(key: Any) -> Any:
        return nn.Linear(x.shape[1], w.shape[0], b is not None, dtype=w.dtype, key=key)

    return jax.vmap(_filled(make, w, b))(x)


def relu(x: Any) -> Any:
    """``jax.nn.relu``, which Equinox has networks use."""
    return jax.nn.relu(x)


FUNCTIONS: dict[str, Function] = {
    function.__name__: function
    for function in (
        conv, conv_transpose, max_pool, avg_pool, adaptive_max_pool, adaptive_avg_pool, dense, relu
    )
}  # fmt: skip


def make(option: str | None) -> Calls:
    """Equinox on the CPU. Raises UnknownAdapter for an option other than ``unoptimized``."""
    words = begin("equinox", option)
    return Calls("equinox", equinox.__version__, claims_for(option or ""), FUNCTIONS, words)
