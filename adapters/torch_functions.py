"""The operations in terms of ``torch.nn.functional``: tensors in, tensors out."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812 - the name it has everywhere

Array = npt.NDArray[Any]
Pads = tuple[tuple[int, int], ...]
Ints = tuple[int, ...]

# Two remarks that torch makes once per process: that it cannot mark the tensors of read-only
# (broadcast) arrays so, which is harmless since nothing here writes to an input, and that "same"
# with an even kernel may copy. Drawing them now keeps them out of every report and leaves no
# filter behind.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    _ones = torch.from_numpy(np.broadcast_to(np.float32(1), (1, 1, 2)))
    F.conv1d(_ones, _ones, padding="same")

# Untyped on purpose: their stubs know neither tuples of any length nor a bool that varies.
Functions = dict[int, Callable[..., Any]]
_CONV: Functions = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
_TRANSPOSE: Functions = {
    1: F.conv_transpose1d,
    2: F.conv_transpose2d,
    3: F.conv_transpose3d,
}
_MAX: Functions = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
_AVG: Functions = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
_LP: Functions = {1: F.lp_pool1d, 2: F.lp_pool2d, 3: F.lp_pool3d}
_ADAPTIVE_AVG: Functions = {
    1: F.adaptive_avg_pool1d,
    2: F.adaptive_avg_pool2d,
    3: F.adaptive_avg_pool3d,
}
_ADAPTIVE_MAX: Functions = {
    1: F.adaptive_max_pool1d,
    2: F.adaptive_max_pool2d,
    3: F.adaptive_max_pool3d,
}


def _rank(x: torch.Tensor) -> int:
    if not 3 <= x.ndim <= 5:
        raise ValueError(f"torch has 1, 2 or 3 spatial axes, not those of shape {tuple(x.shape)}")
    return x.ndim - 2


def _conv(
    x: torch.Tensor,
    w: torch.Tensor,
    b: torch.Tensor | None = None,
    *,
    stride: Ints,
    padding: Pads | str,
    dilation: Ints,
    groups: int,
) -> torch.Tensor:
    native: Ints | str
    rank = _rank(x)
    if padding == "valid":
        native = "valid"
    elif padding == "same_upper":
        native = "same"  # the odd cell at the high end
    elif isinstance(padding, str):
        raise ValueError(f"torch has no padding {padding!r}")
    elif all(low == high for low, high in _per_axis(padding, rank)):
        native = tuple(low for low, _ in padding)
    else:
        if any(low < 0 or high < 0 for low, high in padding):
            # F.pad would crop, where a convolution has to refuse.
            raise ValueError(f"padding cannot be negative: {padding}")
        x, native = F.pad(x, _torch_order(padding)), (0,) * len(padding)
    y: torch.Tensor = _CONV[rank](x, w, b, stride, native, dilation, groups)
    return y


def _conv_transpose(
    x: torch.Tensor,
    w: torch.Tensor,
    b: torch.Tensor | None = None,
    *,
    stride: Ints,
    padding: Pads | str,
    output_padding: Ints,
    dilation: Ints,
    groups: int,
) -> torch.Tensor:
    rank = _rank(x)
    pads = _one_per_axis(padding, rank)
    y: torch.Tensor = _TRANSPOSE[rank](x, w, b, stride, pads, output_padding, groups, dilation)
    return y


def _per_axis(padding: Pads, rank: int) -> Pads:
    # Ours to check: torch's own lists of amounts are read in another order, and may be short.
    if len(padding) != rank:
        raise ValueError(f"padding has {len(padding)} pairs for {rank} spatial axes")
    return padding


def _torch_order(padding: Pads) -> list[int]:
    """``F.pad`` counts axes from the last to the first."""
    return [amount for pair in reversed(padding) for amount in pair]


def _pad(x: torch.Tensor, *, padding: Pads, mode: str, value: float = 0) -> torch.Tensor:
    amounts = _torch_order(_per_axis(padding, _rank(x)))
    return F.pad(x, amounts, mode, value if mode == "constant" else None)


def _one_per_axis(padding: Pads | str, rank: int) -> Ints:
    if isinstance(padding, str) or any(low != high for low, high in _per_axis(padding, rank)):
        raise ValueError(f"torch pads both ends of this axis alike, unlike {padding!r}")
    return tuple(low for low, _ in padding)


def max_pool(
    x: torch.Tensor,
    *,
    window: Ints,
    stride: Ints,
    padding: Pads | str,
    dilation: Ints,
    ceil_mode: bool,
    return_indices: bool = False,
) -> Any:
    """x pooled by torch; with `return_indices` a pair. Raises ValueError for unequal padding."""
    rank = _rank(x)
    pads = _one_per_axis(padding, rank)
    return _MAX[rank](x, window, stride, pads, dilation, ceil_mode, return_indices)


def _avg_pool(
    x: torch.Tensor,
    *,
    window: Ints,
    stride: Ints,
    padding: Pads | str,
    dilation: Ints,
    ceil_mode: bool,
    count_include_pad: bool,
) -> torch.Tensor:
    if any(d != 1 for d in dilation):
        raise ValueError(f"torch has no dilated average pool: {dilation}")
    rank = _rank(x)
    pads = _one_per_axis(padding, rank)
    y: torch.Tensor = _AVG[rank](x, window, stride, pads, ceil_mode, count_include_pad)
    return y


def _lp_pool(
    x: torch.Tensor,
    *,
    p: int,
    window: Ints,
    stride: Ints,
    padding: Pads | str,
    dilation: Ints,
    ceil_mode: bool,
) -> torch.Tensor:
    rank = _rank(x)
    if padding != "valid" and any(_one_per_axis(padding, rank)):
        raise ValueError(f"torch has no padding in Lp pools: {padding!r}")
    if any(d != 1 for d in dilation):
        raise ValueError(f"torch has no dilated Lp pool: {dilation}")
    # The 1-D function wants numbers, and takes tuples of one for tensors.
    alone = rank == 1 and len(window) == len(stride) == 1
    size, step = (window[0], stride[0]) if alone else (window, stride)
    y: torch.Tensor = _LP[rank](x, p, size, step, ceil_mode)
    return y


def _adaptive_avg(x: torch.Tensor, *, output_size: Ints) -> torch.Tensor:
    y: torch.Tensor = _ADAPTIVE_AVG[_rank(x)](x, output_size)
    return y


def _adaptive_max(x: torch.Tensor, *, output_size: Ints) -> torch.Tensor:
    y: torch.Tensor = _ADAPTIVE_MAX[_rank(x)](x, output_size)
    return y


def _softmax(x: torch.Tensor) -> torch.Tensor:
    return F.softmax(x, 1)


def _log_softmax(x: torch.Tensor) -> torch.Tensor:
    return F.log_softmax(x, 1)


def _global_avg(x: torch.Tensor) -> torch.Tensor:
    y: torch.Tensor = _ADAPTIVE_AVG[_rank(x)](x, 1)
    return y.flatten(1) if x.shape[0] else y.reshape(x.shape[:2])


def _global_max(x: torch.Tensor) -> torch.Tensor:
    y: torch.Tensor = _ADAPTIVE_MAX[_rank(x)](x, 1)
    return y.reshape(x.shape[:2])


def _global_sum(x: torch.Tensor) -> torch.Tensor:
    return x.sum(dim=tuple(range(2, 2 + _rank(x))), dtype=x.dtype)


def refuse_blind_window(
    x: Array, *, window: Ints, padding: Pads | str, dilation: Ints, **_: object
) -> None:
    """Raise where torch would write outside its tensor; see :mod:`.torch_adapter`.

    With padding of at most half the window, which is all that torch allows, only a window of two
    taps can straddle an axis whole: one tap before it, one after.
    """
    if isinstance(padding, str):
        return
    for n, k, (low, high), d in zip(x.shape[2:], window, padding, dilation, strict=False):
        if k == 2 and low == high == 1 and d == n + 1:
            raise RuntimeError(
                f"not run: torch would write outside its memory (a window of 2 taps, {d} apart, "
                f"has both in the padding of an axis of {n})"
            )


FORWARD: dict[str, Callable[..., Any]] = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "pad": _pad,
    "max_pool": max_pool,
    "max_pool_with_indices": max_pool,
    "avg_pool": _avg_pool,
    "lp_pool": _lp_pool,
    "adaptive_avg_pool": _adaptive_avg,
    "adaptive_max_pool": _adaptive_max,
    "global_avg_pool": _global_avg,
    "global_max_pool": _global_max,
    "global_sum_pool": _global_sum,
    "relu": F.relu,
    "dense": F.linear,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "cross_entropy": F.cross_entropy,
}
WINDOWED = (
    "conv", "conv_transpose", "max_pool", "max_pool_with_indices", "avg_pool", "lp_pool",
    "adaptive_avg_pool", "adaptive_max_pool",
)  # fmt: skip
