"""The operations in terms of ``mlx.core`` and ``mlx.nn``, through a `Caller`.

`x` and the others are MLX's arrays, or names of them, (N, C, *spatial); `shape` is that of `x`,
`kernel` that of `w`. MLX has its channels last: each function moves them there and back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .calling import Caller

Ints = tuple[int, ...]
Pads = tuple[tuple[int, int], ...]
Shapes = tuple[Ints, ...]

_MODES = {
    "constant": "constant",
    "replicate": "edge",
    "reflect": "reflect",
    "symmetric": "symmetric",
}


def _last(call: Caller, x: Any) -> Any:
    return call("mx.moveaxis", x, 1, -1)


def _first(call: Caller, y: Any) -> Any:
    return call("mx.moveaxis", y, -1, 1)


def _axes(values: Ints, rank: int, what: str) -> Any:
    """As MLX takes them: a number where there is one axis."""
    if len(values) != rank:
        raise ValueError(f"{what} has {len(values)} entries for {rank} spatial axes")
    return tuple(values) if rank > 1 else values[0]


def _alike(padding: Pads | str, rank: int) -> Any:
    """One amount per axis; None if an axis has two."""
    if isinstance(padding, str):
        raise ValueError(f"MLX has no padding {padding!r}")
    if len(padding) != rank:
        raise ValueError(f"padding has {len(padding)} pairs for {rank} spatial axes")
    if any(low != high for low, high in padding):
        return None
    return _axes(tuple(low for low, _ in padding), rank, "padding")


def conv(
    call: Caller, shapes: Shapes, x: Any, w: Any, b: Any = None, *, stride: Ints,
    padding: Pads | str, dilation: Ints, groups: int,
) -> Any:  # fmt: skip
    """``mx.conv1d``, ``2d``, ``3d``; ``mx.conv_general`` for pads that are not alike."""
    rank = len(shapes[0]) - 2
    x, w = _last(call, x), _last(call, w)
    alike = _alike(padding, rank)
    steps, spread = _axes(stride, rank, "stride"), _axes(dilation, rank, "dilation")
    if alike is not None:
        y = call(
            f"mx.conv{rank}d", x, w, stride=steps, padding=alike, dilation=spread, groups=groups
        )
    else:
        pairs = ([pair[0] for pair in padding], [pair[1] for pair in padding])
        y = call(
            "mx.conv_general", x, w, stride=list(stride), padding=pairs,
            kernel_dilation=list(dilation), groups=groups,
        )  # fmt: skip
    if b is not None:
        y = call("mx.add", y, b)
    return _first(call, y)


def conv_transpose(
    call: Caller, shapes: Shapes, x: Any, w: Any, b: Any = None, *, stride: Ints,
    padding: Pads | str, output_padding: Ints, dilation: Ints, groups: int,
) -> Any:  # fmt: skip
    """``mx.conv_transpose1d``, ``2d`` or ``3d``, whose weight is (O, *k, C/groups)."""
    rank = len(shapes[0]) - 2
    alike = _alike(padding, rank)
    if alike is None:
        raise ValueError(f"MLX pads both ends of a transposed convolution alike: {padding}")
    of = tuple(range(2, 2 + rank))
    if groups == 1:
        w = call("mx.transpose", w, (1, *of, 0))
    else:
        c, o, *k = shapes[1]
        w = call("mx.reshape", w, (groups, c // max(groups, 1), o, *k))
        w = call("mx.transpose", w, (0, 2, *(axis + 1 for axis in of), 1))
        w = call("mx.reshape", w, (groups * o, *k, c // max(groups, 1)))
    y = call(
        f"mx.conv_transpose{rank}d", _last(call, x), w, stride=_axes(stride, rank, "stride"),
        padding=alike, dilation=_axes(dilation, rank, "dilation"),
        output_padding=_axes(output_padding, rank, "output_padding"), groups=groups,
    )  # fmt: skip
    if b is not None:
        y = call("mx.add", y, b)
    return _first(call, y)


def _pool(
    call: Caller, kind: str, shapes: Shapes, x: Any, *, window: Ints, stride: Ints,
    padding: Pads | str, dilation: Ints, ceil_mode: bool,
) -> Any:  # fmt: skip
    rank = len(shapes[0]) - 2
    alike = _alike(padding, rank)
    if alike is None or ceil_mode or any(d != 1 for d in dilation):
        raise ValueError("MLX pools have no uneven padding, no dilation and no ceil mode")
    layer = call(
        f"nn.{kind}Pool{rank}d", _axes(window, rank, "window"),
        stride=_axes(stride, rank, "stride"), padding=alike,
    )  # fmt: skip
    return _first(call, layer(_last(call, x)))


def max_pool(call: Caller, shapes: Shapes, x: Any, **params: Any) -> Any:
    """``nn.MaxPool1d``, ``nn.MaxPool2d`` or ``nn.MaxPool3d``."""
    return _pool(call, "Max", shapes, x, **params)


def avg_pool(
    call: Caller, shapes: Shapes, x: Any, *, count_include_pad: bool, **params: Any
) -> Any:
    """``nn.AvgPool1d``, ``nn.AvgPool2d`` or ``nn.AvgPool3d``."""
    if not count_include_pad:
        raise ValueError("MLX counts padding in its averages")
    return _pool(call, "Avg", shapes, x, **params)


def pad(call: Caller, shapes: Shapes, x: Any, *, padding: Pads, mode: str, value: float = 0) -> Any:
    """``mx.pad``."""
    if mode not in _MODES:
        raise ValueError(f"MLX has no padding of mode {mode!r}")
    if len(padding) != len(shapes[0]) - 2:
        raise ValueError(f"padding has {len(padding)} pairs for {len(shapes[0]) - 2} spatial axes")
    constant = {"constant_values": value} if mode == "constant" else {}
    return call("mx.pad", x, [(0, 0), (0, 0), *padding], mode=_MODES[mode], **constant)


def _reduction(name: str) -> Callable[..., Any]:
    def reduced(call: Caller, shapes: Shapes, x: Any) -> Any:
        return call(name, x, axis=tuple(range(2, len(shapes[0]))))

    return reduced


def relu(call: Caller, shapes: Shapes, x: Any) -> Any:
    """``nn.relu``."""
    return call("nn.relu", x)


def dense(call: Caller, shapes: Shapes, x: Any, w: Any, b: Any = None) -> Any:
    """``mx.addmm``, as ``nn.Linear`` has it; ``mx.matmul`` without bias."""
    turned = call("mx.transpose", w)
    return call("mx.matmul", x, turned) if b is None else call("mx.addmm", b, x, turned)


def softmax(call: Caller, shapes: Shapes, x: Any) -> Any:
    """``mx.softmax`` over the channels."""
    return call("mx.softmax", x, axis=1)


def log_softmax(call: Caller, shapes: Shapes, x: Any) -> Any:
    """``nn.log_softmax`` over the channels."""
    return call("nn.log_softmax", x, axis=1)


def cross_entropy(call: Caller, shapes: Shapes, logits: Any, labels: Any) -> Any:
    """``nn.losses.cross_entropy``, the mean over the batch."""
    return call("nn.losses.cross_entropy", logits, labels, reduction="mean")


FORWARD: dict[str, Callable[..., Any]] = {
    "conv": conv,
    "conv_transpose": conv_transpose,
    "pad": pad,
    "max_pool": max_pool,
    "avg_pool": avg_pool,
    "global_avg_pool": _reduction("mx.mean"),
    "global_max_pool": _reduction("mx.max"),
    "global_sum_pool": _reduction("mx.sum"),
    "relu": relu,
    "dense": dense,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "cross_entropy": cross_entropy,
}
