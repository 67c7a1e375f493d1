"""Networks of one layer in ncnn's own form: the text of the parameters, the bytes of the weights.

ncnn reads a network from two files. The first names the layers and gives each its parameters as
pairs of an id and a value, the second holds the weights one after the other. What the ids mean is
in ncnn's ``docs/developer-guide/operators.md``; they are the same in 1-D, 2-D and 3-D, where
an axis that a layer lacks has none.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .checks import per_axis

Array = npt.NDArray[Any]
Ints = Sequence[int]
Pads = Sequence[tuple[int, int]]
Ids = dict[int, object]

MAGIC = 7767517
SAME = {"same_upper": -233, "same_lower": -234}
"""What stands in a convolution's padding for the two kinds of SAME."""

POOL_MODES = {"same_upper": 2, "same_lower": 3, "valid": 1}

_KERNEL, _DILATION, _STRIDE = (1, 11, 21), (2, 12, 22), (3, 13, 23)
_LOW, _HIGH = (4, 14, 24), (15, 16, 17)
_OUTPUT_PADDING = {1: (18,), 2: (18, 19), 3: (18, 19, 20)}
_POOL_KERNEL, _POOL_STRIDE, _POOL_OUT = (1, 11, 21), (2, 12, 22), (8, 18, 28)
_POOL_LOW, _POOL_HIGH = (3, 13, 23), (14, 15, 16)
_PAD_LOW, _PAD_HIGH = (2, 0, 7), (3, 1, 8)
PAD_TYPES = {"constant": 0, "replicate": 1, "reflect": 2}
_RANKS = {1: "1D", 2: "", 3: "3D"}


@dataclass(frozen=True)
class Net:
    """A network of one layer: what ncnn's ``load_param`` and ``load_model`` read."""

    param: str
    weights: bytes = b""


def layer(kind: str, ids: Ids, weights: bytes = b"") -> Net:
    """The network that hands its input ``x`` to one layer and calls the result ``y``."""
    written = " ".join(_written(key, value) for key, value in sorted(ids.items()))
    lines = (str(MAGIC), "2 2", "Input x 0 1 x", f"{kind} layer 1 1 x y {written}".rstrip())
    return Net("\n".join(lines) + "\n", weights)


def _written(key: int, value: object) -> str:
    if isinstance(value, list):  # an array has an id of its own kind
        return f"{-23300 - key}={len(value)},{','.join(map(str, value))}"
    return f"{key}={value}"


def _axes(ids: Ids, keys: Sequence[int], values: Ints) -> None:
    """One value per axis; ncnn counts axes from the last, its width, to the first."""
    ids.update(zip(keys, reversed(list(values)), strict=False))


def rank_of(x: Array) -> int:
    """The spatial axes of x. Raises ValueError where ncnn has no layer for so many."""
    if not 3 <= x.ndim <= 5:
        raise ValueError(f"ncnn has 1, 2 or 3 spatial axes, not those of shape {x.shape}")
    return x.ndim - 2


def _windowed(
    w: Array, b: Array | None, outputs: int, kernel: Ints, given: Mapping[str, Any]
) -> Ids:
    ids: Ids = {0: outputs, 5: int(b is not None), 6: w.size}
    _axes(ids, _KERNEL, kernel)
    _axes(ids, _DILATION, given["dilation"])
    _axes(ids, _STRIDE, given["stride"])
    padding = given["padding"]
    if isinstance(padding, str):
        ids[_LOW[0]] = SAME.get(padding, 0)  # the other sides are what this one is
    else:
        _axes(ids, _LOW, [low for low, _ in padding])
        _axes(ids, _HIGH, [high for _, high in padding])
    return ids


def _weights(w: Array, b: Array | None) -> bytes:
    """A mark that says float32, the weight, the bias."""
    parts = [struct.pack("<I", 0), np.ascontiguousarray(w).tobytes()]
    return b"".join(parts if b is None else [*parts, np.ascontiguousarray(b).tobytes()])


def conv(
    x: Array, w: Array, b: Array | None = None, *, stride: Ints, padding: Pads | str,
    dilation: Ints, groups: int,
) -> Net:  # fmt: skip
    """``Convolution``, or ``ConvolutionDepthWise`` where there are groups."""
    rank = rank_of(x)
    per_axis(rank, stride=stride, padding=padding, dilation=dilation, kernel=w.shape[2:])
    given = {"stride": stride, "padding": padding, "dilation": dilation}
    ids = _windowed(w, b, w.shape[0], w.shape[2:], given)
    kind = "Convolution"
    if groups != 1:
        kind, ids[7] = "ConvolutionDepthWise", groups
    return layer(kind + _RANKS[rank], ids, _weights(w, b))


def conv_transpose(
    x: Array, w: Array, b: Array | None = None, *, stride: Ints, padding: Pads,
    output_padding: Ints, dilation: Ints, groups: int,
) -> Net:  # fmt: skip
    """``Deconvolution``, or ``DeconvolutionDepthWise``; its weight is (groups, O, C, *k)."""
    rank = rank_of(x)
    per_axis(
        rank, stride=stride, padding=padding, dilation=dilation, kernel=w.shape[2:],
        output_padding=output_padding,
    )  # fmt: skip
    channels, outputs, *kernel = w.shape
    if groups < 1 or channels % groups:
        raise ValueError(f"{groups} groups do not divide {channels} channels")
    own = w.reshape(groups, channels // groups, outputs, *kernel).swapaxes(1, 2)
    given = {"stride": stride, "padding": padding, "dilation": dilation}
    ids = _windowed(w, b, outputs * groups, kernel, given)
    _axes(ids, _OUTPUT_PADDING[rank], output_padding)
    kind = "Deconvolution"
    if groups != 1:
        kind, ids[7] = "DeconvolutionDepthWise", groups
    return layer(kind + _RANKS[rank], ids, _weights(own, b))


def _pool(
    average: bool, x: Array, window: Ints, stride: Ints, padding: Pads | str, dilation: Ints,
    ceil_mode: bool, count_include_pad: bool,
) -> Net:  # fmt: skip
    rank = rank_of(x)
    per_axis(rank, window=window, stride=stride, padding=padding, dilation=dilation)
    if any(d != 1 for d in dilation):
        raise ValueError(f"ncnn has no dilated pools: {tuple(dilation)}")
    ids: Ids = {0: int(average)}
    _axes(ids, _POOL_KERNEL, window)
    _axes(ids, _POOL_STRIDE, stride)
    if isinstance(padding, str):
        ids[5] = POOL_MODES[padding]
        if padding == "valid" and ceil_mode:
            ids[5] = 0
    else:
        _axes(ids, _POOL_LOW, [low for low, _ in padding])
        _axes(ids, _POOL_HIGH, [high for _, high in padding])
        ids[5] = 0 if ceil_mode else 1
    ids[6] = int(count_include_pad)
    return layer("Pooling" + _RANKS[rank], ids)


def max_pool(
    x: Array, *, window: Ints, stride: Ints, padding: Pads | str, dilation: Ints, ceil_mode: bool
) -> Net:
    """``Pooling`` of type 0; ceil mode is what ncnn calls full padding."""
    return _pool(False, x, window, stride, padding, dilation, ceil_mode, False)


def avg_pool(
    x: Array, *, window: Ints, stride: Ints, padding: Pads | str, dilation: Ints,
    ceil_mode: bool, count_include_pad: bool,
) -> Net:  # fmt: skip
    """``Pooling`` of type 1."""
    return _pool(True, x, window, stride, padding, dilation, ceil_mode, count_include_pad)


def _adaptive(average: bool, x: Array, output_size: Ints) -> Net:
    rank = rank_of(x)
    per_axis(rank, output_size=output_size)
    ids: Ids = {0: int(average), 7: 1}
    _axes(ids, _POOL_OUT, output_size)
    return layer("Pooling" + _RANKS[rank], ids)


def adaptive_avg_pool(x: Array, *, output_size: Ints) -> Net:
    """``Pooling`` that is adaptive, of type 1."""
    return _adaptive(True, x, output_size)


def adaptive_max_pool(x: Array, *, output_size: Ints) -> Net:
    """``Pooling`` that is adaptive, of type 0."""
    return _adaptive(False, x, output_size)


def global_avg_pool(x: Array) -> Net:
    """``Pooling`` that is global, of type 1."""
    return layer("Pooling" + _RANKS[rank_of(x)], {0: 1, 4: 1})


def global_max_pool(x: Array) -> Net:
    """``Pooling`` that is global, of type 0."""
    return layer("Pooling" + _RANKS[rank_of(x)], {0: 0, 4: 1})


def global_sum_pool(x: Array) -> Net:
    """``Reduction`` by addition over all axes but the first, which are the channels."""
    axes = list(range(1, rank_of(x) + 1))
    return layer("Reduction", {0: 0, 1: 0, 3: axes, 4: 0, 5: 1})


def pad(x: Array, *, padding: Pads, mode: str, value: float = 0) -> Net:
    """``Padding``."""
    rank = rank_of(x)
    per_axis(rank, padding=padding)
    if mode not in PAD_TYPES:
        raise ValueError(f"ncnn has no padding of mode {mode!r}")
    ids: Ids = {4: PAD_TYPES[mode], 5: f"{float(value):e}"}
    _axes(ids, _PAD_LOW, [low for low, _ in padding])
    _axes(ids, _PAD_HIGH, [high for _, high in padding])
    return layer("Padding", ids)


def relu(x: Array) -> Net:
    """``ReLU``."""
    return layer("ReLU", {})


def dense(x: Array, w: Array, b: Array | None = None) -> Net:
    """``InnerProduct``."""
    ids: Ids = {0: w.shape[0], 1: int(b is not None), 2: w.size}
    return layer("InnerProduct", ids, _weights(w, b))


def softmax(x: Array) -> Net:
    """``Softmax`` over the channels."""
    return layer("Softmax", {0: 0, 1: 1})


def overruns(
    op: str, x: Array, window: Ints, given: Mapping[str, Any], packing: bool = False
) -> str:
    """Why ncnn would write outside its memory, or "" if it would not, as far as is known.

    It makes room for an input with its padding and then fills it, without a look at the signs. What
    SAME adds to an axis is negative where a stride passes over cells; the convolutions and
    pools then pad by it as soon as another axis has something to add.

    Without `packing`, its layout of several channels side by side, a planar convolution of
    stride 1 with one dilation for both axes is split into d² convolutions of every d-th cell, each
    of which is taken to have an output.
    """
    if op == "conv" and not packing and _split_too_far(x, window, given):
        return "it has fewer outputs than the dilation"
    padding = given.get("padding", ())
    if padding in SAME:
        spread = given.get("dilation", ())
        extents = [d * (k - 1) + 1 for k, d in zip(window, spread, strict=False)]
        rows = zip(x.shape[2:], extents, given["stride"], strict=False)
        totals = [e + (n - 1) // s * s - n for n, e, s in rows if s > 0]
        if min(totals, default=0) < 0 < max(totals, default=0):
            return f"SAME adds {tuple(totals)} cells to the axes"
    elif not isinstance(padding, str) and op != "conv_transpose":
        amounts = [amount for pair in padding for amount in pair]
        # A convolution does not pad where no amount is above 0.
        if min(amounts, default=0) < 0 and (op != "conv" or max(amounts) > 0):
            return f"the padding is {tuple(padding)}"
    return ""


def _split_too_far(x: Array, window: Ints, given: Mapping[str, Any]) -> bool:
    dilation, padding = given["dilation"], given["padding"]
    alike = len(set(window)) == len(set(dilation)) == 1 and dilation[0] > 1
    if x.ndim != 4 or not alike or any(s != 1 for s in given["stride"]):
        return False
    extents = [d * (k - 1) + 1 for k, d in zip(window, dilation, strict=True)]
    if padding in SAME:
        outputs = list(x.shape[2:])
    else:
        amounts = [0] * 2 if padding == "valid" else [low + high for low, high in padding]
        outputs = [n + p - e + 1 for n, p, e in zip(x.shape[2:], amounts, extents, strict=True)]
    return min(outputs) > 0 and any(o < d for o, d in zip(outputs, dilation, strict=True))


LAYERS: dict[str, Callable[..., Net]] = {
    function.__name__: function
    for function in (
        conv, conv_transpose, pad, max_pool, avg_pool, adaptive_avg_pool, adaptive_max_pool,
        global_avg_pool, global_max_pool, global_sum_pool, relu, dense, softmax,
    )
}  # fmt: skip
"""For each operation the function that makes its network of the arrays and parameters."""
