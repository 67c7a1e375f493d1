"""Models of one or two operators in LiteRT's form, written with the schema that it ships.

LiteRT keeps channels last: x (N, *spatial, C), the weight of a convolution (O, *k, C/groups).
A convolution whose groups are its channels is a depthwise one, of weight (1, *k, O).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from .checks import per_axis
from .litert_graph import Array, Graph, Ints

Pads = Sequence[tuple[int, int]]

PADDING = {"same_upper": schema.Padding.SAME, "valid": schema.Padding.VALID}
_OPERATORS = schema.BuiltinOperator
_OPTIONS = schema.BuiltinOptions


def _rank(x: Array, ranks: Ints) -> int:
    rank = x.ndim - 2
    if rank not in ranks:
        known = " or ".join(map(str, ranks))
        raise ValueError(f"LiteRT has {known} spatial axes here, not those of shape {x.shape}")
    return rank


def _last(shape: Ints) -> list[int]:
    """The shape of an array whose channels go from the second place to the last."""
    return [shape[0], *shape[2:], shape[1]] if len(shape) > 1 else list(shape)


def _start(x: Array) -> tuple[Graph, int]:
    graph = Graph()
    return graph, graph.variable(_last(x.shape), x.dtype)


def _named(padding: Pads | str) -> int:
    if isinstance(padding, str):
        return int(PADDING[padding])
    return int(schema.Padding.VALID)


def _amounts(padding: Pads) -> Array:
    return np.array([(0, 0), *padding, (0, 0)], np.int32)


def _padded(graph: Graph, x: int, array: Array, padding: Pads | str) -> int:
    """x, behind a PAD where amounts are given: the operators themselves have SAME and VALID."""
    if isinstance(padding, str) or not any(map(any, padding)):
        return x
    if min(map(min, padding)) < 0:
        raise ValueError(f"padding cannot be negative: {padding}")
    amounts = graph.constant(_amounts(padding))
    n, c, *spatial = array.shape
    shape = [n, *(s + low + high for s, (low, high) in zip(spatial, padding, strict=True)), c]
    return graph.operator(
        _OPERATORS.PAD, [x, amounts], shape, array.dtype, _OPTIONS.PadOptions, schema.PadOptionsT()
    )


def _strides(stride: Ints) -> dict[str, int]:
    return {f"stride{axis}": s for axis, s in zip("DHW"[-len(stride) :], stride, strict=True)}


def _dilations(dilation: Ints) -> dict[str, int]:
    axes = zip("DHW"[-len(dilation) :], dilation, strict=True)
    return {f"dilation{axis}Factor": d for axis, d in axes}


def conv(
    x: Array, w: Array, b: Array | None = None, *, stride: Ints, padding: Pads | str,
    dilation: Ints, groups: int,
) -> bytes:  # fmt: skip
    """CONV_2D, DEPTHWISE_CONV_2D where every channel is a group of its own, or CONV_3D."""
    rank = _rank(x, (2, 3))
    per_axis(rank, stride=stride, padding=padding, dilation=dilation, kernel=w.shape[2:])
    channels, outputs = x.shape[1], w.shape[0]
    if groups < 1 or channels != groups * w.shape[1] or outputs % groups:
        # LiteRT reads the groups off the shapes: what does not fit together has none.
        raise ValueError(f"{groups} groups do not fit {channels} channels and a weight {w.shape}")
    graph, given = _start(x)
    given = _padded(graph, given, x, padding)
    options = {"padding": _named(padding), **_strides(stride), **_dilations(dilation)}
    bias = graph.constant(np.zeros(outputs, x.dtype) if b is None else b)
    inputs, version = [given], 2  # the version that has dilation
    if rank == 3:
        version = 1
        inputs.append(graph.constant(np.moveaxis(w, (0, 1), (-1, -2))))
        code, kind, made = _OPERATORS.CONV_3D, _OPTIONS.Conv3DOptions, schema.Conv3DOptionsT
    elif groups == channels > 1:
        inputs.append(graph.constant(np.moveaxis(w, 0, -1).reshape(1, *w.shape[2:], outputs)))
        code, kind = _OPERATORS.DEPTHWISE_CONV_2D, _OPTIONS.DepthwiseConv2DOptions
        made = schema.DepthwiseConv2DOptionsT
        options["depthMultiplier"] = outputs // groups
    else:
        inputs.append(graph.constant(np.moveaxis(w, 1, -1)))
        code, kind, made = _OPERATORS.CONV_2D, _OPTIONS.Conv2DOptions, schema.Conv2DOptionsT
    y = graph.operator(code, [*inputs, bias], (), x.dtype, kind, made(**options), version)
    return graph.packed(0, y)


def conv_transpose(
    x: Array, w: Array, b: Array | None = None, *, stride: Ints, padding: Pads,
    output_padding: Ints, dilation: Ints, groups: int,
) -> bytes:  # fmt: skip
    """TRANSPOSE_CONV or CONV_3D_TRANSPOSE, without padding, of the size that is asked for."""
    rank = _rank(x, (2, 3))
    per_axis(
        rank, stride=stride, padding=padding, dilation=dilation, kernel=w.shape[2:],
        output_padding=output_padding,
    )  # fmt: skip
    if groups != 1 or any(map(any, padding)) or any(d != 1 for d in dilation):
        raise ValueError("LiteRT's transposed convolution has no groups, padding or dilation")
    if any(not 0 <= more < s for more, s in zip(output_padding, stride, strict=True)):
        raise ValueError(f"an output padding of {output_padding} is no part of a stride {stride}")
    sizes = zip(x.shape[2:], w.shape[2:], stride, output_padding, strict=True)
    spatial = [s * (n - 1) + k + more for n, k, s, more in sizes]
    shape = np.array([x.shape[0], *spatial, w.shape[1]], np.int32)
    graph, given = _start(x)
    bias = [] if b is None else [graph.constant(b)]
    options = {"padding": schema.Padding.VALID, **_strides(stride)}
    if rank == 3:
        weight = graph.constant(np.moveaxis(w, (0, 1), (-1, -2)))
        inputs = [graph.constant(shape), weight, given, *bias]
        y = graph.operator(
            _OPERATORS.CONV_3D_TRANSPOSE, inputs, (), x.dtype, _OPTIONS.Conv3DOptions,
            schema.Conv3DOptionsT(**options),
        )  # fmt: skip
    else:
        weight = graph.constant(np.moveaxis(w, 0, -1))
        inputs = [graph.constant(shape), weight, given, *bias]
        y = graph.operator(
            _OPERATORS.TRANSPOSE_CONV, inputs, (), x.dtype, _OPTIONS.TransposeConvOptions,
            schema.TransposeConvOptionsT(**options), 1 if b is None else 3,
        )  # fmt: skip
    return graph.packed(0, y)


def _pool(
    code: int, x: Array, window: Ints, stride: Ints, padding: Pads | str, dilation: Ints,
    ceil_mode: bool,
) -> bytes:  # fmt: skip
    rank = _rank(x, (2,))
    per_axis(rank, window=window, stride=stride, padding=padding, dilation=dilation)
    if ceil_mode or any(d != 1 for d in dilation):
        raise ValueError("LiteRT's pools have no ceil mode and no dilation")
    if not isinstance(padding, str) and any(map(any, padding)):
        raise ValueError(f"LiteRT's pools have no padding but SAME, unlike {padding}")
    graph, given = _start(x)
    options = schema.Pool2DOptionsT(
        padding=_named(padding), strideH=stride[0], strideW=stride[1], filterHeight=window[0],
        filterWidth=window[1],
    )  # fmt: skip
    y = graph.operator(code, [given], (), x.dtype, _OPTIONS.Pool2DOptions, options)
    return graph.packed(0, y)


def max_pool(
    x: Array, *, window: Ints, stride: Ints, padding: Pads | str, dilation: Ints, ceil_mode: bool
) -> bytes:
    """MAX_POOL_2D."""
    return _pool(_OPERATORS.MAX_POOL_2D, x, window, stride, padding, dilation, ceil_mode)


def avg_pool(
    x: Array, *, window: Ints, stride: Ints, padding: Pads | str, dilation: Ints,
    ceil_mode: bool, count_include_pad: bool,
) -> bytes:  # fmt: skip
    """AVERAGE_POOL_2D, which never counts padding."""
    if count_include_pad and padding == "same_upper":
        raise ValueError("LiteRT's average never counts padding")
    return _pool(_OPERATORS.AVERAGE_POOL_2D, x, window, stride, padding, dilation, ceil_mode)


def pad(x: Array, *, padding: Pads, mode: str, value: float = 0) -> bytes:
    """PADV2 (PAD where the value is 0) or MIRROR_PAD."""
    rank = x.ndim - 2
    per_axis(rank, padding=padding)
    graph, given = _start(x)
    amounts = graph.constant(_amounts(padding))
    if mode == "constant" and value == 0:
        y = graph.operator(
            _OPERATORS.PAD, [given, amounts], (), x.dtype, _OPTIONS.PadOptions, schema.PadOptionsT()
        )
    elif mode == "constant":
        filling = graph.constant(np.array([value], x.dtype))
        y = graph.operator(
            _OPERATORS.PADV2, [given, amounts, filling], (), x.dtype, _OPTIONS.PadV2Options,
            schema.PadV2OptionsT(),
        )  # fmt: skip
    elif mode in ("reflect", "symmetric"):
        mirror = getattr(schema.MirrorPadMode, mode.upper())
        y = graph.operator(
            _OPERATORS.MIRROR_PAD, [given, amounts], (), x.dtype, _OPTIONS.MirrorPadOptions,
            schema.MirrorPadOptionsT(mode=mirror),
        )  # fmt: skip
    else:
        raise ValueError(f"LiteRT has no padding of mode {mode!r}")
    return graph.packed(0, y)


def _reduction(code: int, x: Array) -> bytes:
    graph, given = _start(x)
    axes = graph.constant(np.arange(1, x.ndim - 1, dtype=np.int32))
    y = graph.operator(
        code, [given, axes], (), x.dtype, _OPTIONS.ReducerOptions, schema.ReducerOptionsT()
    )
    return graph.packed(0, y)


def global_avg_pool(x: Array) -> bytes:
    """MEAN over the spatial axes."""
    return _reduction(_OPERATORS.MEAN, x)


def global_max_pool(x: Array) -> bytes:
    """REDUCE_MAX over the spatial axes."""
    return _reduction(_OPERATORS.REDUCE_MAX, x)


def global_sum_pool(x: Array) -> bytes:
    """SUM over the spatial axes."""
    return _reduction(_OPERATORS.SUM, x)


def _cellwise(code: int, x: Array, kind: int = 0, options: Any = None) -> bytes:
    graph, given = _start(x)
    return graph.packed(0, graph.operator(code, [given], (), x.dtype, kind, options))


def relu(x: Array) -> bytes:
    """RELU."""
    return _cellwise(_OPERATORS.RELU, x)


def softmax(x: Array) -> bytes:
    """SOFTMAX over the last axis, the channels."""
    return _cellwise(
        _OPERATORS.SOFTMAX, x, _OPTIONS.SoftmaxOptions, schema.SoftmaxOptionsT(beta=1.0)
    )


def log_softmax(x: Array) -> bytes:
    """LOG_SOFTMAX over the last axis, the channels."""
    return _cellwise(
        _OPERATORS.LOG_SOFTMAX, x, _OPTIONS.LogSoftmaxOptions, schema.LogSoftmaxOptionsT()
    )


def dense(x: Array, w: Array, b: Array | None = None) -> bytes:
    """FULLY_CONNECTED."""
    graph, given = _start(x)
    inputs = [given, graph.constant(w), *([] if b is None else [graph.constant(b)])]
    y = graph.operator(
        _OPERATORS.FULLY_CONNECTED, inputs, (), x.dtype, _OPTIONS.FullyConnectedOptions,
        schema.FullyConnectedOptionsT(),
    )  # fmt: skip
    return graph.packed(0, y)


MODELS: dict[str, Callable[..., bytes]] = {
    function.__name__: function
    for function in (
        conv, conv_transpose, pad, max_pool, avg_pool, global_avg_pool, global_max_pool,
        global_sum_pool, relu, dense, softmax, log_softmax,
    )
}  # fmt: skip
"""For each operation the function that makes its model of the arrays and parameters."""
