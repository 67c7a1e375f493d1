"""Convolutions and transposed ones in TensorFlow's own functions (see `tensorflow_lines`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import checks
from .forms import AS_IS, DEPTHWISE, KERNEL, LAST
from .lines import Ints, Line, Pads, Plan, Shape, W, X, Y
from .tensorflow_words import around, biased, lists, named, rank_of

ONE_BY_ONE, RANK_AGNOSTIC, RAW = "depthwise", "nd", "raw"
"""Options: depthwise convolutions by their own function; functions for any number of axes; the one
operation for convolutions of two and three axes, which takes groups and amounts of padding."""


def _flat(lines: list[Line], made: str, arguments: dict[str, Any]) -> None:
    """A 2-D call on 1-D arrays, by an axis of one cell in front of the spatial one."""
    lines.append(Line("x", "tf.expand_dims", {"input": X, "axis": 1}))
    lines.append(Line("w", "tf.expand_dims", {"input": W, "axis": 0}))
    lines.append(Line("y", made, arguments))
    lines.append(Line("y", "tf.squeeze", {"input": Y, "axis": [1]}))


def conv(
    shapes: Mapping[str, Shape], option: str, dtype: str, *, stride: Ints, padding: Pads | str,
    dilation: Ints, groups: int,
) -> Plan:  # fmt: skip
    """A convolution by the function that takes its axes and its padding, or that of the option."""
    rank = rank_of(shapes["x"])
    strides, dilations = lists(rank, stride, dilation)
    channels = checks.in_groups(shapes, rank, groups)
    forms = {"x": LAST, "w": KERNEL, "b": AS_IS}
    lines: list[Line] = []
    native: Any
    if isinstance(padding, str):
        native = named(padding)
    elif not any(any(pair) for pair in checks.pairs_of(padding, rank)):
        native = "VALID"
    else:
        native = around(padding)
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
        _flat(lines, "tf.nn.conv2d", call)
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
    return Plan(biased(lines, shapes), forms, form=LAST)


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


def conv_transpose(
    shapes: Mapping[str, Shape], option: str, dtype: str, *, stride: Ints, padding: Pads | str,
    output_padding: Ints, dilation: Ints, groups: int,
) -> Plan:  # fmt: skip
    """A transposed convolution, by VALID or SAME where these say its padding."""
    rank = rank_of(shapes["x"])
    strides, dilations = lists(rank, stride, dilation)
    if groups != 1:
        raise ValueError(f"TensorFlow has no transposed convolution of {groups} groups")
    if isinstance(padding, str):
        raise ValueError(f"TensorFlow's transposed {padding!r} needs a size: give amounts")
    lists(rank, output_padding)
    if any(extra < 0 for extra in output_padding):
        # Ours to check: TensorFlow is told the size that comes of it, which may well be another's.
        raise ValueError(f"output padding cannot be negative: {output_padding}")
    checks.transposed(shapes, rank, padding)
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
        if any(o < 1 for o in wanted):  # ours to check: it is we who slice
            raise ValueError(f"nothing is left of {full} by {padding}")
        call["output_shape"] = [kept[0], *full, kept[1]]
        lines.append(Line("y", "tf.nn.conv_transpose", call))
        begin = [0, *(low for low, _ in padding), 0]
        size = [kept[0], *wanted, kept[1]]
        lines.append(Line("y", "tf.slice", {"input_": Y, "begin": begin, "size": size}))
    elif rank == 2:
        call["padding"] = around(padding)
        lines.append(Line("y", "tf.nn.conv2d_transpose", call))
    else:
        call |= {"output_shape": [kept[0], 1, *wanted, kept[1]], "strides": [1, *strides],
                 "dilations": [1, *dilations], "padding": around([(0, 0), *padding])}  # fmt: skip
        _flat(lines, "tf.nn.conv2d_transpose", call)
    return Plan(biased(lines, shapes), {"x": LAST, "w": KERNEL, "b": AS_IS}, form=LAST)


def _is_same(n: int, o: int, s: int, e: int, low: int) -> bool:
    """Whether SAME with that output size leaves out `low` cells at the low end."""
    return o >= 1 and s >= 1 and -(-o // s) == n and max((n - 1) * s + e - o, 0) // 2 == low
