"""The shape of a valid case's result, from the index relation."""

from __future__ import annotations

from collections.abc import Callable

from convspec.spec.case import Case
from convspec.spec.relation import axes, transposed_axes

from . import network
from .extents import Values

Shape = tuple[int, ...]


def output_shape(case: Case) -> Shape:
    """The shape of a valid case's result."""
    if case.op.name == "network":
        return network.output_shape(case)
    return _SHAPES.get(case.op.name, _windowed)(case.tensors[0].shape, case)


def _windowed(shape: Shape, case: Case) -> Shape:
    arguments: Values = case.op.arguments()
    conv = case.op.name == "conv"
    relation = axes(
        shape[2:], case["w"].shape[2:] if conv else arguments["window"],
        stride=arguments["stride"], padding=arguments["padding"],
        dilation=arguments["dilation"], ceil=arguments.get("ceil_mode", False),
    )  # fmt: skip
    channels = case["w"].shape[0] if conv else shape[1]
    return (shape[0], channels, *(axis.out for axis in relation))


def _transposed(shape: Shape, case: Case) -> Shape:
    arguments: Values = case.op.arguments()
    made, _ = transposed_axes(
        shape[2:], case["w"].shape[2:], stride=arguments["stride"],
        padding=arguments["padding"], dilation=arguments["dilation"],
        output_padding=arguments["output_padding"],
    )  # fmt: skip
    return (shape[0], case["w"].shape[1] * arguments["groups"], *made)


def _padded(shape: Shape, case: Case) -> Shape:
    around = case.op.arguments()["padding"]
    return shape[:2] + tuple(n + lo + hi for n, (lo, hi) in zip(shape[2:], around, strict=True))


_SHAPES: dict[str, Callable[[Shape, Case], Shape]] = {
    "conv_transpose": _transposed,
    "pad": _padded,
    "adaptive_avg_pool": lambda shape, case: (*shape[:2], *case.op.arguments()["output_size"]),
    "adaptive_max_pool": lambda shape, case: (*shape[:2], *case.op.arguments()["output_size"]),
    "global_avg_pool": lambda shape, case: shape[:2],
    "global_max_pool": lambda shape, case: shape[:2],
    "global_sum_pool": lambda shape, case: shape[:2],
    "relu": lambda shape, case: shape,
    "dense": lambda shape, case: (shape[0], case["w"].shape[0]),
    "softmax": lambda shape, case: shape,
    "log_softmax": lambda shape, case: shape,
    "cross_entropy": lambda shape, case: (),
}
