"""From the levels of a row to the case they stand for.

Every row is a valid case inside the adapter's claims: extents follow from the number of
outputs that was drawn, and a case that would cost too much has its widest extents cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from convspec.contents import EXACT_BITS, HEADROOM_BITS
from convspec.spec.case import Case, Tensor
from convspec.spec.claims import OpClaims
from convspec.spec.groups import CONVOLUTIONS
from convspec.spec.operations import OPERATIONS, Conv, ConvTranspose, Pad, Padding
from convspec.spec.relation import axes, transposed_axes

WORK = {"general": 300_000, "tiny": 500_000}
"""Multiply-accumulates a case may cost at most, by the scale of its space."""

REAL_PATTERNS = ("normal", "positive")
"""Contents whose sums round."""

Values = dict[str, Any]
"""The levels of a row by the names of their factors."""


@dataclass
class _Axis:
    """One spatial axis while a case is being built."""

    window: int
    stride: int
    dilation: int
    low: int
    high: int
    outputs: int
    tail: int

    def size(self, padding: str) -> int:
        """The input extent with that many outputs (at least), `tail` cells short of another."""
        tail = self.tail % self.stride
        if padding.startswith("same"):
            return (self.outputs - 1) * self.stride + 1 + tail
        extent = self.dilation * (self.window - 1) + 1
        around = self.low + self.high if padding == "explicit" else 0
        return max((self.outputs - 1) * self.stride + extent + tail - around, 1)

    def count(self, padding: str) -> int:
        """How many outputs that extent really has: padding alone can hold more than were drawn."""
        size = self.size(padding)
        if padding.startswith("same"):
            return -(-size // self.stride)
        around = self.low + self.high if padding == "explicit" else 0
        return (size + around - self.dilation * (self.window - 1) - 1) // self.stride + 1


def _window_axes(op: str, rank: int, claims: OpClaims, values: Values) -> tuple[list[_Axis], str]:
    named = values["padding"]
    built = []
    for i in range(rank):
        axis = _Axis(
            values[f"window{i}"], values[f"stride{i}"], values[f"dilation{i}"],
            values[f"low{i}"], values[f"high{i}"], values[f"outputs{i}"], values[f"tail{i}"],
        )  # fmt: skip
        if op not in CONVOLUTIONS and claims.padding_limit != "none":
            half = claims.padding_limit == "half_window"
            most = axis.window // 2 if half else axis.window - 1
            axis.low, axis.high = min(axis.low, most), min(axis.high, most)
        if not claims.asymmetric_padding:
            axis.high = axis.low
        built.append(axis)
    if named != "explicit" and any(a.stride > claims.named_stride for a in built):
        named = "explicit"
    return built, named


def _trim(
    work: Callable[[], int], limit: int, cuts: Sequence[tuple[Any, str, int]], turn: int
) -> None:
    """Cut the extents named by `cuts` (object, attribute, least) until the work fits the limit.

    They are halved in turn, beginning with a different one for different rows, so that no
    extent is always the one that stays small.
    """
    for step in range(12 * len(cuts)):
        if work() <= limit:
            return
        owner, name, least = cuts[(turn + step) % len(cuts)]
        value = getattr(owner, name)
        setattr(owner, name, max(value // 2, least) if value > least else value)


@dataclass
class _Extent:
    """One spatial extent of a global pool."""

    size: int


@dataclass
class _Extents:
    """The extents of a case that are not spatial."""

    batch: int
    groups: int = 1
    channels: int = 1
    filters: int = 1


def _conv(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    built, named = _window_axes(op, rank, claims, values)
    e = _Extents(values["batch"], values["groups"], values["channels"], values["filters"])
    complete = values["x.pattern"] == "eye"
    exact = 1 << EXACT_BITS[values["dtype"]] - HEADROOM_BITS

    def spatial() -> int:
        return prod(a.count(named) for a in built)

    def work() -> int:
        taps = e.channels * prod(a.window for a in built)
        if complete:  # every one-hot input, and every one-hot filter
            inputs = e.groups * e.channels * prod(a.size(named) for a in built)
            return inputs * e.groups * taps * taps * spatial()
        cost = e.batch * e.groups * e.filters * taps * spatial()
        sums = max(taps, e.filters * prod(a.window for a in built), e.batch * spatial())
        return cost if sums <= exact else WORK[scale] + 1

    cuts: list[tuple[Any, str, int]] = [(e, "channels", 1), (e, "filters", 1), (e, "batch", 1)]
    cuts += [(a, "outputs", 1) for a in built] + [(e, "groups", claims.groups[0])]
    cuts += [(a, "window", claims.window[0]) for a in built]
    _trim(work, WORK[scale], cuts, values["x.k"] + values["w.k"])
    sizes = tuple(a.size(named) for a in built)
    kernel = tuple(a.window for a in built)
    if complete:
        e.batch, e.filters = e.groups * e.channels * prod(sizes), e.channels * prod(kernel)
    case_op = Conv(
        stride=tuple(a.stride for a in built),
        padding=_padding(built, named),
        dilation=tuple(a.dilation for a in built),
        groups=e.groups,
    )
    tensors = [
        _x(values, (e.batch, e.groups * e.channels, *sizes)),
        Tensor("w", (e.groups * e.filters, e.channels, *kernel), values["dtype"],
               values["w.pattern"], values["w.k"], values["w.layout"]),
    ]  # fmt: skip
    if values["bias"]:
        pattern = "zeros" if complete else values["x.pattern"] if _real(values) else "ints"
        bias = Tensor("b", (e.groups * e.filters,), values["dtype"], pattern, values["w.k"])
        tensors.append(bias)
    return Case(case_op, tuple(tensors))


def _conv_transpose(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    built, _ = _window_axes(op, rank, claims, values)
    e = _Extents(values["batch"], values["groups"], values["channels"], values["filters"])
    exact = 1 << EXACT_BITS[values["dtype"]] - HEADROOM_BITS

    def more(a: _Axis) -> int:  # the output padding
        least, greatest = claims.output_padding
        return max(min(a.tail % max(a.stride, a.dilation), greatest), least)

    def full(a: _Axis) -> int:
        return a.stride * (a.outputs - 1) + a.dilation * (a.window - 1) + 1 + more(a)

    for a in built:
        # Here `outputs` is what is drawn of the input: enough for padding to leave a cell.
        a.outputs += max(-(-(1 + a.low + a.high - full(a)) // a.stride), 0)
    least = [a.outputs if a.low + a.high else 1 for a in built]

    def work() -> int:
        taps = prod(a.window for a in built)
        read, made = prod(a.outputs for a in built), prod(full(a) for a in built)
        sums = max(taps * e.channels * e.groups, e.filters * taps, e.batch * max(read, made))
        cost = e.batch * e.groups * e.channels * e.filters * taps * read + e.batch * made
        return cost if sums <= exact else WORK[scale] + 1

    cuts: list[tuple[Any, str, int]] = [(e, "channels", 1), (e, "filters", 1), (e, "batch", 1)]
    cuts += [(a, "outputs", n) for a, n in zip(built, least, strict=True)]
    cuts += [(e, "groups", claims.groups[0])]
    _trim(work, WORK[scale], cuts, values["x.k"] + values["w.k"])
    transpose = ConvTranspose(
        stride=tuple(a.stride for a in built),
        padding=_padding(built, "explicit"),
        output_padding=tuple(more(a) for a in built),
        dilation=tuple(a.dilation for a in built),
        groups=e.groups,
    )
    channels = e.groups * e.channels
    w_shape = (channels, e.filters, *(a.window for a in built))
    tensors = [
        _x(values, (e.batch, channels, *(a.outputs for a in built))),
        Tensor(
            "w", w_shape, values["dtype"], values["w.pattern"], values["w.k"], values["w.layout"]
        ),
    ]
    if values["bias"]:
        pattern = values["x.pattern"] if _real(values) else "ints"
        tensors.append(
            Tensor("b", (e.groups * e.filters,), values["dtype"], pattern, values["w.k"])
        )
    return Case(transpose, tuple(tensors))


def _real(values: Values) -> bool:
    return values["x.pattern"] in REAL_PATTERNS


def _x(values: Values, shape: tuple[int, ...]) -> Tensor:
    return Tensor(
        "x", shape, values["dtype"], values["x.pattern"], values["x.k"], values["x.layout"]
    )


def _padding(built: Sequence[_Axis], named: str) -> Padding:
    return named if named != "explicit" else tuple((a.low, a.high) for a in built)


def _pool(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    built, named = _window_axes(op, rank, claims, values)
    e = _Extents(values["batch"], channels=values["channels"])
    complete = values["x.pattern"] in ("eye", "floor")

    def work() -> int:
        # Ceil mode may add a window.
        taps = prod(a.window * (a.count(named) + 1) for a in built)
        maps = e.batch * e.channels
        if complete:
            maps = e.channels**2 * prod(a.size(named) for a in built)
        return maps * taps

    cuts: list[tuple[Any, str, int]] = [(e, "channels", 1), (e, "batch", 1)]
    cuts += [(a, "outputs", 1) for a in built]
    _trim(work, WORK[scale], cuts, values["x.k"])
    sizes = tuple(a.size(named) for a in built)
    if complete:
        e.batch = e.channels * prod(sizes)
    parameters: Values = {
        "window": tuple(a.window for a in built),
        "stride": tuple(a.stride for a in built),
        "padding": _padding(built, named),
        "dilation": tuple(a.dilation for a in built),
        "ceil_mode": values["ceil_mode"],
    }
    if op == "avg_pool":
        parameters["count_include_pad"] = values["count_include_pad"]
        if not values["count_include_pad"] and _has_empty_window(sizes, parameters):
            # The mean over no cell is undefined: such a window is padding's own business.
            if True in claims.count_include_pad:
                parameters["count_include_pad"] = True
            else:
                parameters["padding"] = ((0, 0),) * rank
                sizes = tuple(
                    max(n, a.dilation * (a.window - 1) + 1)
                    for n, a in zip(sizes, built, strict=True)
                )
                if complete:
                    e.batch = e.channels * prod(sizes)
    return Case(OPERATIONS[op](**parameters), (_x(values, (e.batch, e.channels, *sizes)),))


def _has_empty_window(sizes: tuple[int, ...], parameters: Values) -> bool:
    relation = axes(
        sizes, parameters["window"], stride=parameters["stride"], padding=parameters["padding"],
        dilation=parameters["dilation"], ceil=parameters["ceil_mode"],
    )  # fmt: skip
    return any(0 in axis.real_counts() for axis in relation)


def _pad(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    mode = values["mode"]
    pads: list[tuple[int, int]] = []
    sizes: list[int] = []
    for i in range(rank):
        low, high = values[f"low{i}"], values[f"high{i}"]
        if not claims.asymmetric_padding:
            high = low
        most = max(low, high, 0)
        needed = {"reflect": most + 1, "symmetric": most, "circular": most}.get(mode, 1)
        cropped = -min(low, 0) - min(high, 0)
        pads.append((low, high))
        sizes.append(cropped + max(needed, 1) + values[f"extra{i}"])
    e = _Extents(values["batch"], channels=values["channels"])
    complete = values["x.pattern"] == "eye"

    def work() -> int:
        entries = e.channels * prod(sizes) if complete else e.batch
        return 4 * entries * e.channels * prod(sizes)

    _trim(work, WORK[scale], [(e, "channels", 1), (e, "batch", 1)], values["x.k"])
    if complete:
        e.batch = e.channels * prod(sizes)
    value = values["value"] if mode == "constant" else 0
    pad = Pad(padding=tuple(pads), mode=mode, value=value)
    return Case(pad, (_x(values, (e.batch, e.channels, *sizes)),))


def _global(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    extents = [_Extent(values[f"size{i}"]) for i in range(rank)]
    e = _Extents(values["batch"], channels=values["channels"])
    complete = values["x.pattern"] in ("eye", "floor")
    exact = 1 << EXACT_BITS[values["dtype"]] - HEADROOM_BITS

    def work() -> int:
        plane = prod(extent.size for extent in extents)
        entries = e.channels * plane if complete else e.batch
        return 4 * entries * e.channels * plane if plane <= exact else WORK[scale] + 1

    cuts: list[tuple[Any, str, int]] = [(e, "channels", 1), (e, "batch", 1)]
    cuts += [(extent, "size", 1) for extent in extents]
    _trim(work, WORK[scale], cuts, values["x.k"])
    sizes = tuple(extent.size for extent in extents)
    if complete:
        e.batch = e.channels * prod(sizes)
    return Case(OPERATIONS[op](), (_x(values, (e.batch, e.channels, *sizes)),))


BUILDERS: dict[str, Callable[[str, int, OpClaims, str, Values], Case]] = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "pad": _pad,
    "max_pool": _pool,
    "max_pool_with_indices": _pool,
    "avg_pool": _pool,
    "global_avg_pool": _global,
    "global_max_pool": _global,
    "global_sum_pool": _global,
}


def output_shape(case: Case) -> tuple[int, ...]:
    """The shape of a valid case's result, from the index relation."""
    shape, op = case["x"].shape, case.op
    if case.op.name.startswith("global"):
        return shape[:2]
    arguments: Values = op.arguments()
    if op.name == "pad":
        around = arguments["padding"]
        return shape[:2] + tuple(n + lo + hi for n, (lo, hi) in zip(shape[2:], around, strict=True))
    if op.name == "conv_transpose":
        made, _ = transposed_axes(
            shape[2:], case["w"].shape[2:], stride=arguments["stride"],
            padding=arguments["padding"], dilation=arguments["dilation"],
            output_padding=arguments["output_padding"],
        )  # fmt: skip
        return (shape[0], case["w"].shape[1] * arguments["groups"], *made)
    window = case["w"].shape[2:] if op.name == "conv" else arguments["window"]
    relation = axes(
        shape[2:], window, stride=arguments["stride"], padding=arguments["padding"],
        dilation=arguments["dilation"], ceil=arguments.get("ceil_mode", False),
    )  # fmt: skip
    channels = case["w"].shape[0] if op.name == "conv" else shape[1]
    return (shape[0], channels, *(axis.out for axis in relation))


def with_cotangent(case: Case, values: Values, shape: tuple[int, ...] | None = None) -> Case:
    """The case with an array ``g`` of the result's shape (`shape` where a dialect decides it)."""
    pattern = values["x.pattern"] if _real(values) else values["g.pattern"]
    g = Tensor("g", shape or output_shape(case), case.dtype, pattern, values["g.k"])
    return Case(case.op, (*case.tensors, g))
