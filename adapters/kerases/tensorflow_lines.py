"""The operations in TensorFlow's own functions: lists of calls, for arrays of given shapes.

Windowed operations run channels last, the one layout that TensorFlow's CPU kernels all have;
arrays are handed over transposed, and results transposed back (a shim). SAME and VALID are
TensorFlow's own. Amounts of padding go to the operation where it takes them (2-D convolutions,
transposed ones and max pools; 1-D ones run as 2-D, as TensorFlow runs them itself); where it does
not, in 3-D, ``tf.pad`` stands in front of it, and ``tf.slice`` behind a transposed convolution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import checks
from .forms import LAST
from .lines import Ints, Line, Name, Pads, Plan, Shape, W, X, Y, planned
from .tensorflow_convolutions import RANK_AGNOSTIC, conv, conv_transpose
from .tensorflow_words import around, biased, lists, named, rank_of


def _pool(kind: str) -> Callable[..., Plan]:
    def drawn(
        shapes: Mapping[str, Shape], option: str, dtype: str, *, window: Ints, stride: Ints,
        padding: Pads | str, dilation: Ints, ceil_mode: bool, count_include_pad: bool = False,
    ) -> Plan:  # fmt: skip
        rank = rank_of(shapes["x"])
        ksize, strides, dilations = lists(rank, window, stride, dilation)
        if ceil_mode:
            raise ValueError("TensorFlow has no ceil mode")
        lines: list[Line] = []
        native: Any
        amounts = () if isinstance(padding, str) else checks.pairs_of(padding, rank)
        if isinstance(padding, str):
            native = named(padding)
        elif not any(any(pair) for pair in amounts):
            native = "VALID"
        else:
            native = around(amounts)
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

    return drawn


def _max_pool_with_indices(
    shapes: Mapping[str, Shape], option: str, dtype: str, *, window: Ints, stride: Ints,
    padding: Pads | str, dilation: Ints, ceil_mode: bool,
) -> Plan:  # fmt: skip
    rank = rank_of(shapes["x"])
    ksize, strides = lists(rank, window, stride)
    if rank != 2 or ceil_mode or max(dilation) != 1:
        raise ValueError("max_pool_with_argmax has 2 spatial axes, no dilation and no ceil mode")
    if not isinstance(padding, str) and any(any(pair) for pair in checks.pairs_of(padding, rank)):
        raise ValueError(f"max_pool_with_argmax takes no amounts of padding: {padding}")
    native = named(padding) if isinstance(padding, str) else "VALID"
    call = {"input": X, "ksize": ksize, "strides": strides, "padding": native}
    lines = [Line("y, indices", "tf.nn.max_pool_with_argmax", call)]
    return Plan(lines, {"x": LAST}, ("y", "indices"), LAST)


def _pad(
    shapes: Mapping[str, Shape], option: str, dtype: str, *, padding: Pads, mode: str,
    value: float = 0,
) -> Plan:  # fmt: skip
    pairs = checks.pairs_of(padding, rank_of(shapes["x"]))
    amounts = [[0, 0], [0, 0], *([low, high] for low, high in pairs)]
    call: dict[str, Any] = {"tensor": X, "paddings": amounts, "mode": mode.upper()}
    if mode == "constant":
        call["constant_values"] = _as_number(value, dtype)
    return Plan([Line("y", "tf.pad", call)])


def _as_number(value: float, dtype: str) -> float | int:
    return value if "float" in dtype else int(value)


def _global(function: str) -> Callable[..., Plan]:
    def drawn(shapes: Mapping[str, Shape], option: str, dtype: str) -> Plan:
        axes = list(range(2, 2 + rank_of(shapes["x"])))
        return Plan([Line("y", function, {"input_tensor": X, "axis": axes})])

    return drawn


def _dense(shapes: Mapping[str, Shape], option: str, dtype: str) -> Plan:
    checks.flat(shapes, "x", "w")
    lines = [Line("y", "tf.linalg.matmul", {"a": X, "b": W, "transpose_b": True})]
    return Plan(biased(lines, shapes))


def _softmax(function: str) -> Callable[..., Plan]:
    def drawn(shapes: Mapping[str, Shape], option: str, dtype: str) -> Plan:
        checks.flat(shapes, "x")
        return Plan([Line("y", function, {"logits": X})])

    return drawn


def _relu(shapes: Mapping[str, Shape], option: str, dtype: str) -> Plan:
    return Plan([Line("y", "tf.nn.relu", {"features": X})])


def _cross_entropy(shapes: Mapping[str, Shape], option: str, dtype: str) -> Plan:
    call = {"labels": Name("labels"), "logits": Name("logits")}
    return Plan([
        Line("y", "tf.nn.sparse_softmax_cross_entropy_with_logits", call),
        Line("y", "tf.reduce_mean", {"input_tensor": Y}),
    ])  # fmt: skip


PLANS: dict[str, Callable[..., Plan]] = {
    "conv": conv,
    "conv_transpose": conv_transpose,
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
    return planned(PLANS, op, arrays, option, params)
