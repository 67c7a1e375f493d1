"""The operations in terms of ``paddle.nn.functional``, through a `Caller`.

`x` and the others are tensors of Paddle's, or names of them; `rank` is the number of spatial axes,
`last` says that the channels of `x` come last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .calling import Caller

Ints = tuple[int, ...]
Pads = tuple[tuple[int, int], ...]

FIRST = {1: "NCL", 2: "NCHW", 3: "NCDHW"}
LAST = {1: "NLC", 2: "NHWC", 3: "NDHWC"}
_NAMES = {"same_upper": "SAME", "valid": "VALID"}


def _amounts(padding: Pads | str, rank: int) -> list[int] | str:
    """Low and high of each axis in a row, as Paddle takes them, or its own name."""
    if isinstance(padding, str):
        if padding not in _NAMES:
            raise ValueError(f"Paddle has no padding {padding!r}")
        return _NAMES[padding]
    # Ours to check: a list that is too short means something else to Paddle.
    if len(padding) != rank:
        raise ValueError(f"padding has {len(padding)} pairs for {rank} spatial axes")
    return [amount for pair in padding for amount in pair]


def _axes(values: Ints, rank: int, what: str) -> list[int]:
    if len(values) != rank:
        raise ValueError(f"{what} has {len(values)} entries for {rank} spatial axes")
    return list(values)


def _format(rank: int, last: bool) -> dict[str, str]:
    return {"data_format": LAST[rank]} if last else {}


def _undilated(dilation: Ints, what: str) -> None:
    if any(d != 1 for d in dilation):
        raise ValueError(f"Paddle has no dilated {what} pool: {dilation}")


def conv(
    call: Caller, rank: int, last: bool, x: Any, w: Any, b: Any = None, *, stride: Ints,
    padding: Pads | str, dilation: Ints, groups: int,
) -> Any:  # fmt: skip
    """``F.conv1d``, ``F.conv2d`` or ``F.conv3d``."""
    return call(
        f"F.conv{rank}d", x, w, bias=b, stride=_axes(stride, rank, "stride"),
        padding=_amounts(padding, rank), dilation=_axes(dilation, rank, "dilation"),
        groups=groups, **_format(rank, last),
    )  # fmt: skip


def conv_transpose(
    call: Caller, rank: int, last: bool, x: Any, w: Any, b: Any = None, *, stride: Ints,
    padding: Pads | str, output_padding: Ints, dilation: Ints, groups: int,
) -> Any:  # fmt: skip
    """``F.conv1d_transpose``, ``F.conv2d_transpose`` or ``F.conv3d_transpose``."""
    if isinstance(padding, str):
        raise ValueError(f"a transposed convolution has no padding {padding!r}")
    more = _axes(output_padding, rank, "output_padding")
    return call(
        f"F.conv{rank}d_transpose", x, w, bias=b, stride=_axes(stride, rank, "stride"),
        padding=_amounts(padding, rank), output_padding=more if any(more) else 0,
        dilation=_axes(dilation, rank, "dilation"), groups=groups, **_format(rank, last),
    )  # fmt: skip


def max_pool(
    call: Caller, rank: int, last: bool, x: Any, *, window: Ints, stride: Ints,
    padding: Pads | str, dilation: Ints, ceil_mode: bool, return_mask: bool | None = None,
) -> Any:  # fmt: skip
    """``F.max_pool1d``, ``F.max_pool2d`` or ``F.max_pool3d``; with `return_mask` a pair."""
    _undilated(dilation, "max")
    return call(
        f"F.max_pool{rank}d", x, _axes(window, rank, "window"),
        stride=_axes(stride, rank, "stride"), padding=_amounts(padding, rank),
        return_mask=return_mask, ceil_mode=ceil_mode, **_format(rank, last and rank > 1),
    )  # fmt: skip


def avg_pool(
    call: Caller, rank: int, last: bool, x: Any, *, window: Ints, stride: Ints,
    padding: Pads | str, dilation: Ints, ceil_mode: bool, count_include_pad: bool,
) -> Any:  # fmt: skip
    """``F.avg_pool1d``, ``F.avg_pool2d`` or ``F.avg_pool3d``."""
    _undilated(dilation, "average")
    return call(
        f"F.avg_pool{rank}d", x, _axes(window, rank, "window"),
        stride=_axes(stride, rank, "stride"), padding=_amounts(padding, rank),
        exclusive=not count_include_pad, ceil_mode=ceil_mode, **_format(rank, last and rank > 1),
    )  # fmt: skip


def lp_pool(
    call: Caller, rank: int, last: bool, x: Any, *, p: int, window: Ints, stride: Ints,
    padding: Pads | str, dilation: Ints, ceil_mode: bool,
) -> Any:  # fmt: skip
    """``F.lp_pool1d`` or ``F.lp_pool2d``."""
    _undilated(dilation, "Lp")
    if rank == 3:
        raise ValueError("Paddle has no Lp pool of three spatial axes")
    return call(
        f"F.lp_pool{rank}d", x, float(p), _axes(window, rank, "window"),
        stride=_axes(stride, rank, "stride"), padding=_amounts(padding, rank),
        ceil_mode=ceil_mode, **_format(rank, last),
    )  # fmt: skip


def adaptive_avg_pool(call: Caller, rank: int, last: bool, x: Any, *, output_size: Ints) -> Any:
    """``F.adaptive_avg_pool1d``, ``2d`` or ``3d``."""
    size = _axes(output_size, rank, "output_size")
    return call(f"F.adaptive_avg_pool{rank}d", x, size, **_format(rank, last and rank > 1))


def adaptive_max_pool(call: Caller, rank: int, last: bool, x: Any, *, output_size: Ints) -> Any:
    """``F.adaptive_max_pool1d``, ``2d`` or ``3d``."""
    return call(f"F.adaptive_max_pool{rank}d", x, _axes(output_size, rank, "output_size"))


def pad(
    call: Caller, rank: int, last: bool, x: Any, *, padding: Pads, mode: str, value: float = 0
) -> Any:
    """``F.pad``, which counts axes from the last to the first."""
    _amounts(padding, rank)
    amounts = [amount for pair in reversed(padding) for amount in pair]
    constant = {"value": value} if mode == "constant" else {}
    return call("F.pad", x, amounts, mode=mode, **constant, **_format(rank, last))


def global_avg_pool(call: Caller, rank: int, last: bool, x: Any) -> Any:
    """Adaptive average pooling to one cell, without its axes."""
    y = adaptive_avg_pool(call, rank, False, x, output_size=(1,) * rank)
    return call("paddle.squeeze", y, axis=list(range(2, 2 + rank)))


def global_max_pool(call: Caller, rank: int, last: bool, x: Any) -> Any:
    """Adaptive max pooling to one cell, without its axes."""
    y = adaptive_max_pool(call, rank, False, x, output_size=(1,) * rank)
    return call("paddle.squeeze", y, axis=list(range(2, 2 + rank)))


def global_sum_pool(call: Caller, rank: int, last: bool, x: Any) -> Any:
    """``paddle.sum``: there is no pool of that name."""
    return call("paddle.sum", x, axis=list(range(2, 2 + rank)))


def relu(call: Caller, rank: int, last: bool, x: Any) -> Any:
    """``F.relu``."""
    return call("F.relu", x)


def dense(call: Caller, rank: int, last: bool, x: Any, w: Any, b: Any = None) -> Any:
    """``F.linear``, which takes the weight as (C, O)."""
    return call("F.linear", x, call("paddle.t", w), bias=b)


def softmax(call: Caller, rank: int, last: bool, x: Any) -> Any:
    """``F.softmax`` over the channels."""
    return call("F.softmax", x, axis=1)


def log_softmax(call: Caller, rank: int, last: bool, x: Any) -> Any:
    """``F.log_softmax`` over the channels."""
    return call("F.log_softmax", x, axis=1)


def cross_entropy(call: Caller, rank: int, last: bool, logits: Any, labels: Any) -> Any:
    """``F.cross_entropy``, the mean over the batch."""
    return call("F.cross_entropy", logits, labels)


def _indexed(call: Caller, rank: int, last: bool, x: Any, **params: Any) -> Any:
    return max_pool(call, rank, last, x, return_mask=True, **params)


FORWARD: dict[str, Callable[..., Any]] = {
    "conv": conv,
    "conv_transpose": conv_transpose,
    "pad": pad,
    "max_pool": max_pool,
    "max_pool_with_indices": _indexed,
    "avg_pool": avg_pool,
    "lp_pool": lp_pool,
    "adaptive_avg_pool": adaptive_avg_pool,
    "adaptive_max_pool": adaptive_max_pool,
    "global_avg_pool": global_avg_pool,
    "global_max_pool": global_max_pool,
    "global_sum_pool": global_sum_pool,
    "relu": relu,
    "dense": dense,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "cross_entropy": cross_entropy,
}


def formatted(op: str, rank: int) -> bool:
    """Whether an operation has a format of data with the channels last."""
    if op in ("max_pool", "avg_pool", "adaptive_avg_pool"):
        return rank > 1
    return op in ("conv", "conv_transpose", "lp_pool", "pad")
