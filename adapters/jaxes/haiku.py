"""Haiku, through its modules and pools; option: ``channels-first``, the layout of the calls.

Modules get their parameters from the call. Kernels are turned to Haiku's layout, (*k*, I, O), and
arrays to channels last, which is Haiku's own default; ``channels-first`` leaves them as they are
and says so to Haiku (``data_format``, ``channel_axis``). A convolution with one group for each
channel is ``hk.DepthwiseConv1D``, ``2D`` or ``3D``, every other one ``hk.ConvND``.

Padding of a transposed convolution, which Haiku hands to JAX, is counted at the dilated input;
without padding its ``VALID`` is asked for, with the size of the result. Its kernel is not turned
round: that is a matter of dialect.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp

from .calls import OPTIONS, Calls, Function, begin
from .claims import haiku as claims_for
from .layouts import around_dilated, first, kernel_last, last, transposed_last

_NAMED = {"same_upper": "SAME", "valid": "VALID"}
_DEPTHWISE = {1: hk.DepthwiseConv1D, 2: hk.DepthwiseConv2D, 3: hk.DepthwiseConv3D}
_LAST = {1: "NWC", 2: "NHWC", 3: "NDHWC"}
_FIRST = {1: "NCW", 2: "NCHW", 3: "NCDHW"}


def _native(padding: Any) -> Any:
    return _NAMED[padding] if isinstance(padding, str) else padding


def _applied(make: Function, x: Any, w: Any, b: Any, channels_first: bool, after: int) -> Any:
    """The module that `make` makes, applied to x with these parameters.

    `after`: the axes that its bias has after that of the channels, where they come first.
    """
    held = {"w": w}
    if b is not None:
        held["b"] = b.reshape(-1, *(1,) * after) if channels_first else b
    net = hk.without_apply_rng(hk.transform(lambda x: make(name="layer")(x)))
    y = net.apply({"layer": held}, x if channels_first else last(x))
    return y if channels_first else first(y)


def conv(
    x: Any, w: Any, b: Any = None, *, stride: Any, padding: Any, dilation: Any, groups: int,
    channels_first: bool = False,
) -> Any:  # fmt: skip
    """``hk.ConvND``, or a ``hk.DepthwiseConv`` where each channel is a group of its own."""
    rank = after = x.ndim - 2
    if groups == x.shape[1] > 1 and w.shape[0] % groups == 0:
        layout = _FIRST[rank] if channels_first else _LAST[rank]
        after = 2  # so the module has it, for every rank
        make = partial(
            _DEPTHWISE[rank], w.shape[0] // groups, w.shape[2:], stride=stride, rate=dilation,
            padding=_native(padding), with_bias=b is not None, data_format=layout,
        )  # fmt: skip
    else:
        make = partial(
            hk.ConvND, rank, w.shape[0], w.shape[2:], stride, dilation, _native(padding),
            b is not None, feature_group_count=groups,
            data_format="channels_first" if channels_first else "channels_last",
        )  # fmt: skip
    return _applied(make, x, kernel_last(w), b, channels_first, after)


def conv_transpose(
    x: Any, w: Any, b: Any = None, *, stride: Any, padding: Any, output_padding: Any,
    dilation: Any, groups: int, channels_first: bool = False,
) -> Any:  # fmt: skip
    """``hk.ConvNDTranspose``. Raises ValueError for groups and dilation: it has neither."""
    if groups != 1 or any(d != 1 for d in dilation):
        raise ValueError("transposed convolutions of Haiku have no groups and no dilation")
    kernel = w.shape[2:]
    sizes = x.shape[2:]
    shape: Any = None
    pads: Any = around_dilated(kernel, padding, output_padding, dilation)
    if all(pair == (0, 0) for pair in padding) and all(
        more < s for more, s in zip(output_padding, stride, strict=True)
    ):
        pads = "VALID"
        shape = tuple(
            s * (n - 1) + k + more
            for n, k, s, more in zip(sizes, kernel, stride, output_padding, strict=True)
        )
    make = partial(
        hk.ConvNDTranspose, len(kernel), w.shape[1], kernel, stride, shape, pads, b is not None,
        data_format="channels_first" if channels_first else "channels_last",
    )  # fmt: skip
    return _applied(make, x, transposed_last(w), b, channels_first, len(kernel))


def _pooled(
    function: Function, x: Any, window: Any, stride: Any, padding: Any, dilation: Any,
    ceil_mode: bool, channels_first: bool,
) -> Any:  # fmt: skip
    if ceil_mode or any(d != 1 for d in dilation):
        raise ValueError("pools of Haiku have no dilation and no ceil mode")
    if isinstance(padding, str):
        native = _NAMED[padding]
    elif len(padding) != len(window) or any(tuple(pair) != (0, 0) for pair in padding):
        raise ValueError(f"pools of Haiku take SAME and VALID, not {padding}")
    else:
        native = "VALID"
    if channels_first:
        return function(x, (1, 1, *window), (1, 1, *stride), native, channel_axis=1)
    return first(function(last(x), (1, *window, 1), (1, *stride, 1), native))


def max_pool(
    x: Any, *, window: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool = False,
    channels_first: bool = False,
) -> Any:  # fmt: skip
    """``hk.max_pool``. Raises ValueError for amounts of padding, dilation and ceil mode."""
    return _pooled(hk.max_pool, x, window, stride, padding, dilation, ceil_mode, channels_first)


def avg_pool(
    x: Any, *, window: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool = False,
    count_include_pad: bool = False, channels_first: bool = False,
) -> Any:  # fmt: skip
    """``hk.avg_pool``. Raises ValueError as `max_pool` does, and where padding shall count."""
    if count_include_pad:
        raise ValueError("average pools of Haiku do not count padding")
    return _pooled(hk.avg_pool, x, window, stride, padding, dilation, ceil_mode, channels_first)


def dense(x: Any, w: Any, b: Any = None) -> Any:
    """``hk.Linear``."""
    held = {"w": jnp.transpose(w)} if b is None else {"w": jnp.transpose(w), "b": b}
    size, biased = w.shape[0], b is not None
    net = hk.without_apply_rng(hk.transform(lambda x: hk.Linear(size, biased, name="layer")(x)))
    return net.apply({"layer": held}, x)


def relu(x: Any) -> Any:
    """``jax.nn.relu``, which Haiku has networks use."""
    return jax.nn.relu(x)


FUNCTIONS: dict[str, Function] = {
    function.__name__: function
    for function in (conv, conv_transpose, max_pool, avg_pool, dense, relu)
}


def make(option: str | None) -> Calls:
    """Haiku on the CPU.

    Raises UnknownAdapter for options other than ``channels-first`` and ``unoptimized``.
    """
    words = begin("haiku", option, ("channels-first", *OPTIONS))
    version = hk.__version__
    keywords: dict[str, Any] = {}
    functions = FUNCTIONS
    if "channels-first" in words:
        laid_out = ("conv", "conv_transpose", "max_pool", "avg_pool")
        keywords = {op: {"channels_first": True} for op in laid_out}
    return Calls("haiku", version, claims_for(option or ""), functions, words, keywords)
