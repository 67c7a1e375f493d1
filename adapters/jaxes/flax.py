"""Flax, through the layers and functions of ``flax.linen``; option: ``nnx``, its newer layers.

Layers get their parameters from the call. Two things are done around them: arrays and kernels are
turned to channels last, which is the only layout that these layers have, and padding of a
transposed convolution, which Flax counts at the dilated input, is counted there. ``SAME`` and
``VALID`` are Flax's own; a transposed convolution that is the full one is asked for as ``VALID``.
Its kernel is laid out and turned as that of the convolution that it transposes: Flax's
``transpose_kernel=True``.
"""

from __future__ import annotations

from typing import Any

import flax
from flax import linen, nnx

from .calls import OPTIONS, Calls, Function, begin
from .claims import flax as claims_for
from .layouts import first, kernel_last, last, transposed_last, transposed_padding

_NAMED = {"same_upper": "SAME", "valid": "VALID"}


def _native(padding: Any) -> Any:
    return _NAMED[padding] if isinstance(padding, str) else padding


def _parameters(kernel: Any, b: Any) -> dict[str, Any]:
    return {"params": {"kernel": kernel} if b is None else {"kernel": kernel, "bias": b}}


def conv(
    x: Any, w: Any, b: Any = None, *, stride: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    """``nn.Conv``."""
    layer = linen.Conv(
        w.shape[0], w.shape[2:], stride, _native(padding), kernel_dilation=dilation,
        feature_group_count=groups, use_bias=b is not None,
    )  # fmt: skip
    return first(layer.apply(_parameters(kernel_last(w), b), last(x)))


def conv_transpose(
    x: Any, w: Any, b: Any = None, *, stride: Any, padding: Any, output_padding: Any,
    dilation: Any, groups: int,
) -> Any:  # fmt: skip
    """``nn.ConvTranspose``. Raises ValueError for groups, which it does not have."""
    if groups != 1:
        raise ValueError("nn.ConvTranspose has no groups")
    kernel = w.shape[2:]
    pads = transposed_padding(kernel, stride, padding, output_padding, dilation)
    layer = linen.ConvTranspose(
        w.shape[1], kernel, stride, pads, dilation, use_bias=b is not None, transpose_kernel=True
    )  # fmt: skip
    return first(layer.apply(_parameters(transposed_last(w), b), last(x)))


def max_pool(
    x: Any, *, window: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool = False
) -> Any:
    """``nn.max_pool``. Raises ValueError for dilation and ceil mode, which it does not have."""
    _undilated(dilation, ceil_mode)
    return first(linen.max_pool(last(x), window, stride, _native(padding)))


def avg_pool(
    x: Any, *, window: Any, stride: Any, padding: Any, dilation: Any, count_include_pad: bool,
    ceil_mode: bool = False,
) -> Any:  # fmt: skip
    """``nn.avg_pool``. Raises ValueError for dilation and ceil mode, which it does not have."""
    _undilated(dilation, ceil_mode)
    return first(linen.avg_pool(last(x), window, stride, _native(padding), count_include_pad))


def _undilated(dilation: Any, ceil_mode: bool) -> None:
    if ceil_mode or any(d != 1 for d in dilation):
        raise ValueError("pools of Flax have no dilation and no ceil mode")


def relu(x: Any) -> Any:
    """``nn.relu``."""
    return linen.relu(x)


def dense(x: Any, w: Any, b: Any = None) -> Any:
    """``nn.Dense``."""
    layer = linen.Dense(w.shape[0], use_bias=b is not None)
    return layer.apply(_parameters(w.T, b), x)


def softmax(x: Any) -> Any:
    """``nn.softmax`` over the channels."""
    return linen.softmax(x, axis=1)


def log_softmax(x: Any) -> Any:
    """``nn.log_softmax`` over the channels."""
    return linen.log_softmax(x, axis=1)


def _filled(make: Function, kernel: Any, b: Any) -> Any:
    """A layer of nnx with these parameters, without drawing any at random first."""
    layer = nnx.eval_shape(lambda: make(nnx.Rngs(0)))
    for parameter, value in ((layer.kernel, kernel), (layer.bias, b)):
        if value is not None:
            if parameter.get_value().shape != value.shape:
                raise ValueError(f"a parameter of {parameter.get_value()} is {value}")
            parameter.set_value(value)
    return layer


def nnx_conv(
    x: Any, w: Any, b: Any = None, *, stride: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    """``nnx.Conv``."""
    layer = _filled(
        lambda rngs: nnx.Conv(
            x.shape[1], w.shape[0], w.shape[2:], stride, padding=_native(padding),
            kernel_dilation=dilation, feature_group_count=groups, use_bias=b is not None,
            param_dtype=w.dtype, rngs=rngs,
        ),
        kernel_last(w), b,
    )  # fmt: skip
    return first(layer(last(x)))


def nnx_conv_transpose(
    x: Any, w: Any, b: Any = None, *, stride: Any, padding: Any, output_padding: Any,
    dilation: Any, groups: int,
) -> Any:  # fmt: skip
    """``nnx.ConvTranspose``. Raises ValueError for groups, which it does not have."""
    if groups != 1:
        raise ValueError("nnx.ConvTranspose has no groups")
    kernel = w.shape[2:]
    pads = transposed_padding(kernel, stride, padding, output_padding, dilation)
    layer = _filled(
        lambda rngs: nnx.ConvTranspose(
            x.shape[1], w.shape[1], kernel, stride, padding=pads, kernel_dilation=dilation,
            use_bias=b is not None, param_dtype=w.dtype, transpose_kernel=True, rngs=rngs,
        ),
        transposed_last(w), b,
    )  # fmt: skip
    return first(layer(last(x)))


def nnx_dense(x: Any, w: Any, b: Any = None) -> Any:
    """``nnx.Linear``."""
    layer = _filled(
        lambda rngs: nnx.Linear(
            x.shape[1], w.shape[0], use_bias=b is not None, param_dtype=w.dtype, rngs=rngs
        ),
        w.T, b,
    )  # fmt: skip
    return layer(x)


FUNCTIONS: dict[str, Function] = {
    function.__name__: function
    for function in (
        conv, conv_transpose, max_pool, avg_pool, relu, dense, softmax, log_softmax
    )
}  # fmt: skip

NNX: dict[str, Function] = {
    **FUNCTIONS, "conv": nnx_conv, "conv_transpose": nnx_conv_transpose, "dense": nnx_dense
}  # fmt: skip


def make(option: str | None) -> Calls:
    """Flax on the CPU. Raises UnknownAdapter for options other than ``nnx``, ``unoptimized``."""
    words = begin("flax", option, ("nnx", *OPTIONS))
    functions = NNX if "nnx" in words else FUNCTIONS
    return Calls("flax", flax.__version__, claims_for(option or ""), functions, words)
