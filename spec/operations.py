"""The operations of the surface, one frozen dataclass each.

The fields are the operation's parameters, spelt and ordered as an adapter receives
them. Every per-axis parameter is a tuple with one entry per spatial axis. ``inputs``
names the arrays in call order; those in ``optional`` may be absent.

Construction checks nothing: a wrong value (stride 0, too few entries) is a legitimate
thing to *name*, because rejecting it is something an implementation must do.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, ClassVar

Axes = tuple[int, ...]
Pads = tuple[tuple[int, int], ...]
Padding = Pads | str

NAMED_PADDINGS = ("same_upper", "same_lower", "valid")
PAD_MODES = ("constant", "reflect", "symmetric", "replicate", "circular")


def axes(default: int | None = 1) -> Any:
    """A per-axis tuple of integers; left out of a case's line where every entry is `default`."""
    return field(metadata={"kind": "axes", "default": default})


def pads() -> Any:
    """Per axis a (low, high) pair, or one of `NAMED_PADDINGS`; left out where all zero."""
    return field(metadata={"kind": "pads", "default": 0})


def plain(kind: str, default: Any) -> Any:
    """A single value: `kind` is "int", "bool", "word" or "number"."""
    return field(metadata={"kind": kind, "default": default})


@dataclass(frozen=True)
class Operation:
    """Base of the vocabulary: a name, the arrays it takes, and its parameters as fields."""

    name: ClassVar[str]
    inputs: ClassVar[tuple[str, ...]] = ("x",)
    optional: ClassVar[tuple[str, ...]] = ()
    constant: ClassVar[tuple[str, ...]] = ()
    """Arrays without a gradient."""

    def arguments(self) -> dict[str, Any]:
        """The parameters as keyword arguments of the adapter's function."""
        return dict(vars(self))


@dataclass(frozen=True)
class Conv(Operation):
    """Cross-correlation. x: (N, C, *spatial); w: (O, C/groups, *k); b: (O,)."""

    name = "conv"
    inputs = ("x", "w", "b")
    optional = ("b",)
    stride: Axes = axes()
    padding: Padding = pads()
    dilation: Axes = axes()
    groups: int = plain("int", 1)


@dataclass(frozen=True)
class ConvTranspose(Operation):
    """The adjoint of `Conv` in its input. w: (C, O/groups, *k)."""

    name = "conv_transpose"
    inputs = ("x", "w", "b")
    optional = ("b",)
    stride: Axes = axes()
    padding: Padding = pads()
    output_padding: Axes = axes(0)
    dilation: Axes = axes()
    groups: int = plain("int", 1)


@dataclass(frozen=True)
class Pad(Operation):
    """Surrounds x by values chosen by `mode`; negative amounts crop, and crop first."""

    name = "pad"
    padding: Pads = pads()
    mode: str = plain("word", "constant")
    value: float = plain("number", 0)


@dataclass(frozen=True)
class _Pool(Operation):
    window: Axes = axes(None)
    stride: Axes = axes()
    padding: Padding = pads()
    dilation: Axes = axes()
    ceil_mode: bool = plain("bool", False)


@dataclass(frozen=True)
class MaxPool(_Pool):
    """The greatest value of each window; padding never wins."""

    name = "max_pool"


@dataclass(frozen=True)
class MaxPoolWithIndices(_Pool):
    """`MaxPool`, and where in the unpadded plane each maximum stands."""

    name = "max_pool_with_indices"


@dataclass(frozen=True)
class AvgPool(_Pool):
    """The mean of each window."""

    name = "avg_pool"
    count_include_pad: bool = plain("bool", False)


@dataclass(frozen=True)
class LpPool(Operation):
    """The p-norm of each window."""

    name = "lp_pool"
    p: int = plain("int", 2)
    window: Axes = axes(None)
    stride: Axes = axes()
    padding: Padding = pads()
    dilation: Axes = axes()
    ceil_mode: bool = plain("bool", False)


@dataclass(frozen=True)
class AdaptiveAvgPool(Operation):
    """Means over bins that divide the input into `output_size` parts."""

    name = "adaptive_avg_pool"
    output_size: Axes = axes(None)


@dataclass(frozen=True)
class AdaptiveMaxPool(Operation):
    """Maxima over bins that divide the input into `output_size` parts."""

    name = "adaptive_max_pool"
    output_size: Axes = axes(None)


@dataclass(frozen=True)
class GlobalAvgPool(Operation):
    """The mean of each map: (N, C, *spatial) → (N, C)."""

    name = "global_avg_pool"


@dataclass(frozen=True)
class GlobalMaxPool(Operation):
    """The greatest value of each map: (N, C, *spatial) → (N, C)."""

    name = "global_max_pool"


@dataclass(frozen=True)
class GlobalSumPool(Operation):
    """The sum of each map: (N, C, *spatial) → (N, C)."""

    name = "global_sum_pool"


@dataclass(frozen=True)
class Relu(Operation):
    """max(x, 0), cell by cell."""

    name = "relu"


@dataclass(frozen=True)
class Dense(Operation):
    """x: (N, C); w: (O, C); b: (O,)."""

    name = "dense"
    inputs = ("x", "w", "b")
    optional = ("b",)


@dataclass(frozen=True)
class Softmax(Operation):
    """x: (N, C), normalised over C."""

    name = "softmax"


@dataclass(frozen=True)
class LogSoftmax(Operation):
    """The logarithm of `Softmax`."""

    name = "log_softmax"


@dataclass(frozen=True)
class CrossEntropy(Operation):
    """Mean over N of −log softmax(logits)[label]."""

    name = "cross_entropy"
    inputs = ("logits", "labels")
    constant = ("labels",)


@dataclass(frozen=True)
class Network(Operation):
    """A small classifier of layers, composed from an implementation's own operations.

    x: (N, C, *spatial); w1 and w2: kernels of two convolutions; w3: the weight of the head. There
    are all biases or none. `spec.network` says which layers follow each other.
    """

    name = "network"
    inputs = ("x", "w1", "w2", "w3", "b1", "b2", "b3")
    optional = ("b1", "b2", "b3")
    stride: Axes = axes()
    padding: Pads = pads()
    pool: str = plain("word", "max")
    pool_window: Axes = axes(2)
    pool_stride: Axes = axes(2)
    head: str = plain("word", "dense")
    output: str = plain("word", "logits")


OPERATIONS: dict[str, type[Operation]] = {
    kind.name: kind
    for kind in (
        Conv, ConvTranspose, Pad, MaxPool, MaxPoolWithIndices, AvgPool, LpPool,
        AdaptiveAvgPool, AdaptiveMaxPool, GlobalAvgPool, GlobalMaxPool, GlobalSumPool,
        Relu, Dense, Softmax, LogSoftmax, CrossEntropy,
    )
}  # fmt: skip


COMPOSED: dict[str, type[Operation]] = {Network.name: Network}
"""What is composed of operations, and no function of an adapter's surface."""

VOCABULARY: dict[str, type[Operation]] = {**OPERATIONS, **COMPOSED}
"""All that a case can be about."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation: its name, its kind and the value that is left unsaid."""

    name: str
    kind: str
    default: Any

    def unsaid(self, rank: int) -> Any:
        """The value a case need not mention, for `rank` spatial axes; None if there is none."""
        if self.kind == "axes":
            return None if self.default is None else (self.default,) * rank
        if self.kind == "pads":
            return ((0, 0),) * rank
        return self.default


def parameters(kind: type[Operation]) -> tuple[Parameter, ...]:
    """The parameters of an operation, in the order of its signature."""
    return _parameters(kind.name)


@cache
def _parameters(name: str) -> tuple[Parameter, ...]:
    kind = VOCABULARY[name]
    return tuple(Parameter(f.name, f.metadata["kind"], f.metadata["default"]) for f in fields(kind))
