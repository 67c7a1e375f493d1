"""What a small network is made of: the layers that the operation `network` stands for.

    x → conv (w1, b1) → relu → pool → conv (w2, b2) → relu → head (w3, b3) → output

The pool is a maximum, an average, or missing; the head is dense over the flattened maps, or global
average pooling before a dense layer, or after a 1×1 convolution. Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

POOLS = {"max": "max_pool", "avg": "avg_pool", "none": ""}
"""Choices of the pool → the operation it is."""

HEADS = {
    "dense": ("flatten", "dense"),
    "gap_dense": ("global_avg_pool", "dense"),
    "conv_gap": ("conv", "global_avg_pool"),
}
"""Choices of the head → the layers it is made of."""

OUTPUTS = ("logits", "log_softmax", "cross_entropy")
"""What comes out; the label of batch entry n is n modulo the number of classes."""


@dataclass(frozen=True)
class Layer:
    """One layer: an operation (or "flatten"), the names of its weights, its parameters."""

    op: str
    weights: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)


def layers(
    rank: int,
    biased: bool,
    *,
    stride: tuple[int, ...],
    padding: tuple[tuple[int, int], ...],
    pool: str,
    pool_window: tuple[int, ...],
    pool_stride: tuple[int, ...],
    head: str,
    output: str,
) -> tuple[Layer, ...]:
    """The layers for `rank` spatial axes, in order; `padding` is that of both convolutions.

    Raises ValueError for a pool, a head or an output that there is not.
    """
    for name, choice, known in (("pool", pool, POOLS), ("head", head, HEADS),
                                ("output", output, OUTPUTS)):  # fmt: skip
        if choice not in known:
            raise ValueError(f"{name} must be one of {', '.join(known)}, not {choice!r}")

    def weights(i: int) -> tuple[str, ...]:
        return (f"w{i}", f"b{i}") if biased else (f"w{i}",)

    once, none = (1,) * rank, ((0, 0),) * rank
    plain = {"stride": once, "padding": none, "dilation": once}
    first = {**plain, "stride": stride, "padding": padding, "groups": 1}
    found = [Layer("conv", weights(1), first), Layer("relu")]
    if pool != "none":
        pooling = {**plain, "window": pool_window, "stride": pool_stride, "ceil_mode": False}
        if pool == "avg":
            pooling["count_include_pad"] = False
        found.append(Layer(POOLS[pool], (), pooling))
    second = {**plain, "padding": padding, "groups": 1}
    found += [Layer("conv", weights(2), second), Layer("relu")]
    for op in HEADS[head]:
        if op == "conv":
            found.append(Layer("conv", weights(3), {**plain, "groups": 1}))
        else:
            found.append(Layer(op, weights(3) if op == "dense" else ()))
    return (*found, *([] if output == "logits" else [Layer(output)]))
