"""The operations in TensorFlow's own functions: lists of calls, for arrays of given shapes.

Windowed operations run channels last, the one layout that TensorFlow's CPU kernels all have;
arrays are handed over transposed, and results transposed back (a shim). SAME and VALID are
TensorFlow's own. Amounts of padding go to the operation where it takes them (2-D convolutions,
transposed ones and max pools; 1-D ones run as 2-D, as TensorFlow runs them itself); where it does
not, in 3-D, ``tf.pad`` stands in front of it, and ``tf.slice`` behind a transposed convolution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .lines import AS_IS, DEPTHWISE, KERNEL, LAST, Line, Name, Plan

Shape = tuple[int, ...]
Ints = tuple[int, ...]
Pads = tuple[tuple[int, int], ...]

X, W, B, Y = Name("x"), Name("w"), Name("b"), Name("y")

ONE_BY_ONE, RANK_AGNOSTIC, RAW = "depthwise", "nd", "raw"
"""Options: depthwise convolutions by their own function; functions for any number of axes; the one
operation for convolutions of two and three axes, which takes groups and amounts of padding."""

NAMED = {"same_upper": "SAME", "valid": "VALID"}


def rank_of(shape: Shape) -> int:
    """The number of spatial axes. Raises ValueError where TensorFlow has no function for it."""
    if not 3 <= len(shape) <= 5:
        raise ValueError(f"TensorFlow has 1, 2 or 3 spatial axes, not those of shape {shape}")
    return len(shape) - 2


def _named(padding: str) -> str:
    if padding not in NAMED:
        raise ValueError(f"TensorFlow has no padding {padding!r}")
    return NAMED[padding]


def _pairs(padding: Pads, rank: int) -> Pads:
    # Ours to check: with batch and channels around them a wrong number of pairs could fit.
    if len(padding) != rank:
        raise ValueError(f"padding has {len(padding)} pairs for {rank} spatial axes")
    return padding


def _around(pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Amounts for every axis of (N, *spatial, C)."""
    return [[0, 0], *([low, high] for low, high in pairs), [0, 0]]


def _lists(rank: int, *per_axis: Ints) -> list[list[int]]:
    """Parameters as TensorFlow takes them, one number per spatial axis."""
    for values in per_axis:
        if len(values) != rank:
            raise ValueError(f"{values} has {len(values)} entries for {rank} spatial axes")
    return [list(values) for values in per_axis]


def _bias(lines: list[Line], shapes: Mapping[str, Shape]) -> list[Line]:
    if "b" in shapes:
        lines.append(Line("y", "tf.nn.bias_add", {"value": Y, "bias": B}))
    return lines


def _flat(lines: list[Line], made: str, arguments: dict[str, Any], weights: bool) -> list[Line]:
    """A 2-D call on 1-D arrays, by an axis of one cell in front of the spatial one."""
    lines.append(Line("x", "tf.expand_dims", {"input": X, "axis": 1}))
    if weights:
        lines.append(Line("w", "tf.expand_dims", {"input": W, "axis": 0}))
    lines.append(Line("y", made, arguments))
    lines.append(Line("y", "tf.squeeze", {"input": Y, "axis": [1]}))
    return lines


def _conv(
    shapes: Mapping[str, Shape], option: str, dtype: str, *, stride: Ints, padding: Pads | str,
    dilation: Ints, groups: int,
) -> Plan:  # fmt: skip
    rank = rank_of(shapes["x"])
    strides, dilations = _lists(rank, stride, dilation)
    channels, inputs = shapes["x"][1], (shapes["w"][1] if len(shapes["w"]) > 1 else 0)
    if channels != inputs * groups or len(shapes["w"]) != rank + 2:
        # TensorFlow reads the groups off the channels, so that a wrong number cannot be told.
        raise ValueError(f"{channels} channels are not {groups} groups of {inputs}")
    forms = {"x": LAST, "w": KERNEL, "b": AS_IS}
    lines: list[Line] = []
    native: Any
    if isinstance(padding, str):
        native = _named(padding)
    elif not any(any(pair) for pair in _pairs(padding, rank)):
        native = "VALID"
    else:
        native = _around(padding)
    call = {"input": X, "filters": W, "strides": strides, "padding": native, "dilations": dilations}
    if option == RANK_AGNOSTIC:
        if isinstance(native, list):
            lines.append(Line("x", "tf.pad", {"tensor": X, "paddings": native}))
            call["padding"] = "VALID"
        lines.append(Line("y", "tf.nn.convolution", call))
    elif option == RAW:
        lines.append(Line("y", "tf.raw_ops.Conv", _raw(native, strides, dilations, groups)))
    elif option == ONE_BY_ONE and _is_depthwise(rank, channels, groups, stride, dilation):
        forms["w"] = DEPTHWISE
        lines.append(
            Line("y", "tf.nn.depthwise_conv2d",
                 {"input": X, "filter": W, "strides": [1, *strides, 1], "padding": native,
                  "dilations": dilations})
        )  # fmt: skip
    elif rank == 1 and isinstance(native, list):
        call |= {"strides": [1, *strides], "dilations": [1, *dilations],
                 "padding": [[0, 0], *native]}  # fmt: skip
        _flat(lines, "tf.nn.conv2d", call, True)
    elif rank == 1:
        del call["strides"]
        lines.append(Line("y", "tf.nn.conv1d", {**call, "stride": strides}))
    elif rank == 2:
        lines.append(Line("y", "tf.nn.conv2d", call))
    else:
        if isinstance(native, list):
            lines.append(Line("x", "tf.pad", {"tensor": X, "paddings": native}))
        call |= {"strides": [1, *strides, 1], "dilations": [1, *dilations, 1],
                 "padding": native if isinstance(native, str) else "VALID"}  # fmt: skip
        lines.append(Line("y", "tf.nn.conv3d", call))
    return Plan(_bias(lines, shapes), forms, form=LAST)


def _raw(native: Any, strides: list[int], dilations: list[int], groups: int) -> dict[str, Any]:
    explicit = isinstance(native, list)
    return {
        "input": X, "filter": W, "strides": [1, *strides, 1],
        "padding": "EXPLICIT" if explicit else native,
        "explicit_paddings": [p for pair in native for p in pair] if explicit else [],
        "data_format": "CHANNELS_LAST", "dilations": [1, *dilations, 1], "groups": groups,
    }  # fmt: skip


def _is_depthwise(rank: int, channels: int, groups: int, stride: Ints, dilation: Ints) -> bool:
    """Whether ``tf.nn.depthwise_conv2d`` says that it takes such a call."""
    together = max(stride) > 1 and max(dilation) > 1
    return rank == 2 and groups == channels and stride[0] == stride[1] and not together


def _conv_transpose(
    shapes: Mapping[str, Shape], option: str, dtype: str, *, stride: Ints, padding: Pads | str,
    output_padding: Ints, dilation: Ints, groups: int,
) -> Plan:  # fmt: skip
    rank = rank_of(shapes["x"])
    strides, dilations = _lists(rank, stride, dilation)
    if groups != 1:
        raise ValueError(f"TensorFlow has no transposed convolution of {groups} groups")
    if isinstance(padding, str):
        raise ValueError(f"TensorFlow's transposed {padding!r} needs a size: give amounts")
    _lists(rank, output_padding)
    if len(shapes["w"]) != rank + 2 or shapes["w"][0] != shapes["x"][1]:
        raise ValueError(f"a weight {shapes['w']} does not fit an input {shapes['x']}")
    if any(low < 0 or high < 0 for low, high in _pairs(padding, rank)):
        raise ValueError(f"padding cannot be negative: {padding}")
    sizes = shapes["x"][2:]
    extents = [d * (k - 1) + 1 for d, k in zip(dilation, shapes["w"][2:], strict=True)]
    full = [
        s * (n - 1) + e + extra
        for s, n, e, extra in zip(stride, sizes, extents, output_padding, strict=True)
    ]
    wanted = [f - low - high for f, (low, high) in zip(full, padding, strict=True)]
    kept = (shapes["x"][0], shapes["w"][1])
    call = {"input": X, "filters": W, "output_shape": [kept[0], *wanted, kept[1]],
            "strides": strides, "padding": "VALID", "dilations": dilations}  # fmt: skip
    lines: list[Line] = []
    plain = not any(any(pair) for pair in padding)
    same = all(
        _is_same(n, o, s, e, low) and 0 <= extra < s
        for n, o, s, e, (low, _), extra in zip(
            sizes, wanted, stride, extents, padding, output_padding, strict=True
        )
    )
    if plain or same:
        call["padding"] = "VALID" if plain else "SAME"
        lines.append(Line("y", "tf.nn.conv_transpose", call))
    elif rank == 3:
        call["output_shape"] = [kept[0], *full, kept[1]]
        lines.append(Line("y", "tf.nn.conv_transpose", call))
        begin = [0, *(low for low, _ in padding), 0]
        size = [kept[0], *wanted, kept[1]]
        lines.append(Line("y", "tf.slice", {"input_": Y, "begin": begin, "size": size}))
    elif rank == 2:
        call["padding"] = _around(padding)
        lines.append(Line("y", "tf.nn.conv2d_transpose", call))
    else:
        call |= {"output_shape": [kept[0], 1, *wanted, kept[1]], "strides": [1, *strides],
                 "dilations": [1, *dilations], "padding": _around([(0, 0), *padding])}  # fmt: skip
        _flat(lines, "tf.nn.conv2d_transpose", call, True)
    return Plan(_bias(lines, shapes), {"x": LAST, "w": KERNEL, "b": AS_IS}, form=LAST)


def _is_same(n: int, o: int, s: int, e: int, low: int) -> bool:
    """Whether SAME with that output size leaves out `low` cells at the low end."""
    return o >= 1 and s >= 1 and -(-o // s) == n and max((n - 1) * s + e - o, 0) // 2 == low


def _pool(kind: str) -> Callable[..., Plan]:
    def planned(
        shapes: Mapping[str, Shape], option: str, dtype: str, *, window: Ints, stride: Ints,
        padding: Pads | str, dilation: Ints, ceil_mode: bool, count_include_pad: bool = False,
    ) -> Plan:  # fmt: skip
        rank = rank_of(shapes["x"])
        ksize, strides, dilations = _lists(rank, window, stride, dilation)
        if ceil_mode:
            raise ValueError("TensorFlow has no ceil mode")
        lines: list[Line] = []
        native: Any
        amounts = () if isinstance(padding, str) else _pairs(padding, rank)
        if isinstance(padding, str):
            native = _named(padding)
        elif not any(any(pair) for pair in amounts):
            native = "VALID"
        else:
            native = _around(amounts)
            if kind == "avg":
                raise ValueError(f"TensorFlow's average pools take no amounts: {padding}")
        if count_include_pad and native != "VALID":
            raise ValueError("TensorFlow's average pools never count padding")
        if option == RANK_AGNOSTIC:
            call: dict[str, Any] = {
                "input": X, "window_shape": ksize, "pooling_type": kind.upper(),
                "strides": strides, "padding": native, "dilations": dilations,
            }  # fmt: skip
            lines.append(Line("y", "tf.nn.pool", call))
            return Plan(lines, {"x": LAST}, form=LAST)
        if max(dilation, default=1) != 1:
            raise ValueError(f"TensorFlow has dilated pools in tf.nn.pool alone: {dilation}")
        if rank == 3 and isinstance(native, list):
            if any(p < 0 or p >= k for k, pair in zip(window, amounts, strict=True) for p in pair):
                raise ValueError(f"padding has to be less than the window: {padding}")
            lines.append(
                Line("x", "tf.pad",
                     {"tensor": X, "paddings": native, "constant_values": float("-inf")})
            )  # fmt: skip
            native = "VALID"
        call = {"input": X, "ksize": ksize, "strides": strides, "padding": native}
        lines.append(Line("y", f"tf.nn.{kind}_pool{rank}d", call))
        return Plan(lines, {"x": LAST}, form=LAST)

    return planned


def _max_pool_with_indices(
    shapes: Mapping[str, Shape], option: str, dtype: str, *, window: Ints, stride: Ints,
    padding: Pads | str, dilation: Ints, ceil_mode: bool,
) -> Plan:  # fmt: skip
    rank = rank_of(shapes["x"])
    ksize, strides = _lists(rank, window, stride)
    if rank != 2 or ceil_mode or max(dilation) != 1:
        raise ValueError("max_pool_with_argmax has 2 spatial axes, no dilation and no ceil mode")
    if not isinstance(padding, str) and any(any(pair) for pair in _pairs(padding, rank)):
        raise ValueError(f"max_pool_with_argmax takes no amounts of padding: {padding}")
    native = _named(padding) if isinstance(padding, str) else "VALID"
    call = {"input": X, "ksize": ksize, "strides": strides, "padding": native}
    lines = [Line("y, indices", "tf.nn.max_pool_with_argmax", call)]
    return Plan(lines, {"x": LAST}, ("y", "indices"), LAST)


def _pad(
    shapes: Mapping[str, Shape], option: str, dtype: str, *, padding: Pads, mode: str,
    value: float = 0,
) -> Plan:  # fmt: skip
    pairs = _pairs(padding, rank_of(shapes["x"]))
    amounts = [[0, 0], [0, 0], *([low, high] for low, high in pairs)]
    call: dict[str, Any] = {"tensor": X, "paddings": amounts, "mode": mode.upper()}
    if mode == "constant":
        call["constant_values"] = _as_number(value, dtype)
    return Plan([Line("y", "tf.pad", call)])


def _as_number(value: float, dtype: str) -> float | int:
    return value if "float" in dtype else int(value)


def _global(function: str) -> Callable[..., Plan]:
    def planned(shapes: Mapping[str, Shape], option: str, dtype: str) -> Plan:
        axes = list(range(2, 2 + rank_of(shapes["x"])))
        return Plan([Line("y", function, {"input_tensor": X, "axis": axes})])

    return planned


def _dense(shapes: Mapping[str, Shape], option: str, dtype: str) -> Plan:
    for name in ("x", "w"):
        if len(shapes[name]) != 2:
            raise ValueError(f"{name} needs two axes, not shape {shapes[name]}")
    lines = [Line("y", "tf.linalg.matmul", {"a": X, "b": W, "transpose_b": True})]
    return Plan(_bias(lines, shapes))


def _softmax(function: str) -> Callable[..., Plan]:
    def planned(shapes: Mapping[str, Shape], option: str, dtype: str) -> Plan:
        if len(shapes["x"]) != 2:
            raise ValueError(f"x needs two axes, not shape {shapes['x']}")
        return Plan([Line("y", function, {"logits": X})])

    return planned


def _relu(shapes: Mapping[str, Shape], option: str, dtype: str) -> Plan:
    return Plan([Line("y", "tf.nn.relu", {"features": X})])


def _cross_entropy(shapes: Mapping[str, Shape], option: str, dtype: str) -> Plan:
    call = {"labels": Name("labels"), "logits": Name("logits")}
    return Plan([
        Line("y", "tf.nn.sparse_softmax_cross_entropy_with_logits", call),
        Line("y", "tf.reduce_mean", {"input_tensor": Y}),
    ])  # fmt: skip


PLANS: dict[str, Callable[..., Plan]] = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "pad": _pad,
    "max_pool": _pool("max"),
    "max_pool_with_indices": _max_pool_with_indices,
    "avg_pool": _pool("avg"),
    "global_avg_pool": _global("tf.reduce_mean"),
    "global_max_pool": _global("tf.reduce_max"),
    "global_sum_pool": _global("tf.reduce_sum"),
    "relu": _relu,
    "dense": _dense,
    "softmax": _softmax("tf.nn.softmax"),
    "log_softmax": _softmax("tf.nn.log_softmax"),
    "cross_entropy": _cross_entropy,
}


def plan(op: str, arrays: Mapping[str, Any], option: str, params: Mapping[str, Any]) -> Plan:
    """The calls that make an operation of these arrays.

    Raises ValueError for what TensorFlow has no parameter for.
    """
    shapes = {name: tuple(np.shape(array)) for name, array in arrays.items()}
    dtype = str(next(iter(arrays.values())).dtype)
    return PLANS[op](shapes, option, dtype, **params)
