"""The spaces cases are drawn from: rows of levels, and a pure function from row to case.

A row holds one small index per factor, 0 being the simplest level, so that a row shrinks
field by field. Every row is a valid case inside the adapter's claims: extents follow from the
number of outputs that was drawn, and a case that would cost too much has its widest extents
cut. No row is ever thrown away.

Each factor names the levels that the covering array combines three by three (`core`); the
others are met by uniform draws. A level that stands several times is drawn more often.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from convspec.contents import EXACT_BITS, HEADROOM_BITS
from convspec.defects import defects_of
from convspec.spec.case import Case, Tensor
from convspec.spec.claims import OpClaims
from convspec.spec.operations import OPERATIONS, Operation, Padding
from convspec.spec.relation import axes

WORK = {"general": 300_000, "tiny": 40_000}
"""Multiply-accumulates a case may cost at most, by the scale of its space."""

REAL_PATTERNS = ("normal", "positive")


@dataclass(frozen=True)
class Factor:
    """One field of a row: its levels, simplest first, and which of them are combined.

    `combined` is the number of core levels before a law narrowed them, so that all laws of an
    operation share one covering array; 0 leaves the field out of it.
    """

    name: str
    levels: tuple[Any, ...]
    core: tuple[int, ...] = ()
    combined: int = 0


Values = dict[str, Any]


@dataclass(frozen=True)
class Space:
    """All cases of one operation and number of spatial axes that a law can be tried on."""

    op: str
    rank: int
    factors: tuple[Factor, ...]
    build: Callable[[Values], Case]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of levels of each factor: the shape of a row."""
        return tuple(len(factor.levels) for factor in self.factors)

    def case(self, row: Sequence[int]) -> Case:
        """The case a row stands for."""
        values = {f.name: f.levels[i] for f, i in zip(self.factors, row, strict=True)}
        return self.build(values)


def _spread(*weighted: tuple[int, Sequence[Any]]) -> tuple[Any, ...]:
    return tuple(level for weight, levels in weighted for level in levels for _ in range(weight))


def _factor(name: str, levels: Sequence[Any], core: Sequence[Any] = ()) -> Factor:
    """A factor whose core is given by value; values that the claims exclude fall out of both."""
    kept = tuple(levels)
    places = tuple(kept.index(level) for level in core if level in kept)
    return Factor(name, kept, places, len(places))


_CHANNELS = _spread((5, (1, 2, 3)), (2, (4, 5)), (1, (7, 8, 9, 15, 16, 17, 31, 32, 33)))
_OUTPUTS = _spread((4, (1, 2, 3)), (2, (4, 5, 6)), (1, (7, 8, 9, 15, 16, 17, 18, 24, 31, 32, 33)))
_BATCH = _spread((3, (1, 2, 3)), (1, (4, 5, 8)))
_SEEDS = tuple(range(64))
_LAYOUTS = _spread((6, ("contiguous",)))
_X_PATTERNS = {
    "sum": _spread((1, ("zeros", "impulse", "ones")), (2, ("ramp",)), (6, ("ints",))),
    "max": _spread((1, ("ones", "impulse")), (2, ("ramp", "negative")), (3, ("distinct", "ints"))),
}
_MAXIMA = ("max_pool", "max_pool_with_indices", "global_max_pool")


def _within(levels: Sequence[int], bounds: tuple[int, int]) -> tuple[int, ...]:
    least, greatest = bounds
    return tuple(n for n in levels if least <= n <= greatest) or (least,)


def space_for(
    op: str,
    rank: int,
    claims: OpClaims,
    *,
    scale: str = "general",
    narrow: Mapping[str, tuple[Any, ...]] | None = None,
    gradient: bool = False,
    defective: bool = False,
) -> Space | None:
    """The space of an operation inside an adapter's claims, or None if nothing is left.

    `scale` is "general" or "tiny"; `narrow` restricts factors (a name without its axis number
    restricts every axis) to the levels given; `gradient` adds a cotangent, `defective` makes
    every case invalid in one way.
    """
    factors = [*_array_factors(op, claims), *_parameter_factors(op, rank, claims, scale)]
    if gradient:
        factors += [_factor("g.pattern", _X_PATTERNS["sum"][1:]), Factor("g.k", _SEEDS)]
    if defective:
        names = tuple(d.name for d in defects_of(op, claims))
        factors.insert(0, Factor("defect", names))
    kept = []
    for factor in factors:
        wanted = (narrow or {}).get(factor.name.rstrip("012"), (narrow or {}).get(factor.name))
        if wanted is not None:
            possible = set(factor.levels)
            # Contents are ours to choose; everything else must lie inside the claims.
            ours = factor.name == "batch" or factor.name.endswith(".pattern")
            levels = tuple(v for v in wanted if ours or v in possible)
            factor = replace(factor, levels=levels, core=tuple(range(len(levels))))
        if not factor.levels:
            return None
        kept.append(factor)
    build = _BUILDERS[op]

    def case(values: Values) -> Case:
        built = build(op, rank, claims, scale, values)
        if gradient:
            built = _with_cotangent(built, values)
        if defective:
            by_name = {d.name: d for d in defects_of(op, claims)}
            built = by_name[values["defect"]].apply(built)
        return built

    return Space(op, rank, tuple(kept), case)


def _array_factors(op: str, claims: OpClaims) -> list[Factor]:
    """Number and contents of the arrays: what every operation has."""
    patterns = _X_PATTERNS["max" if op in _MAXIMA else "sum"]
    layouts = tuple(name for name in claims.layouts if name != "contiguous")
    some = ("contiguous", "column_major", "sliced")
    factors = [
        _factor("batch", _BATCH, (1, 2, 3)),
        _factor("dtype", claims.dtypes, claims.dtypes[:3]),
        _factor("x.layout", _LAYOUTS + layouts, some),
        _factor("x.pattern", patterns, ("impulse", "ramp", "ints")),
        Factor("x.k", _SEEDS),
    ]
    if op == "conv":
        factors += [
            _factor("w.layout", _LAYOUTS + layouts, some),
            _factor("w.pattern", _X_PATTERNS["sum"], ("impulse", "ramp", "ints")),
            Factor("w.k", _SEEDS),
            _factor("bias", claims.bias, claims.bias),
            _factor("groups", _within(_spread((3, (1, 2)), (2, (3,)), (1, (4, 8))), claims.groups), (1, 2, 3)),  # fmt: skip
            _factor("filters", _CHANNELS, (1, 2, 3)),
        ]
    return [*factors, _factor("channels", _CHANNELS, (1, 2, 3))]


def _parameter_factors(op: str, rank: int, claims: OpClaims, scale: str) -> list[Factor]:
    tiny = scale == "tiny"
    outputs = (1, 2, 3) if tiny else _OUTPUTS
    factors: list[Factor] = []
    if op.startswith("global"):
        for axis in range(rank):
            factors.append(_factor(f"size{axis}", outputs, (1, 2, 3)))
        return factors
    if op == "pad":
        factors.append(_factor("mode", claims.modes, claims.modes))
        factors.append(_factor("value", (0, 1, -2, 5), (0, -2)))
        amounts = tuple(n for n in (0, 1, 2, 3, 4, -1, -2) if n <= claims.padding[1])
        for axis in range(rank):
            factors += [
                _factor(f"low{axis}", amounts, (0, 1, 2, -1)),
                _factor(f"high{axis}", amounts, (0, 1, 2, -1)),
                _factor(f"extra{axis}", tuple(n - 1 for n in outputs), (0, 1, 2)),
            ]
        return factors
    factors.append(_factor("padding", ("explicit", *claims.named_padding), ("explicit", *claims.named_padding)))  # fmt: skip
    if op != "conv":
        factors.append(_factor("ceil_mode", claims.ceil_mode, claims.ceil_mode))
    if op == "avg_pool":
        factors.append(_factor("count_include_pad", claims.count_include_pad, claims.count_include_pad))  # fmt: skip
    kernels = (1, 2, 3) if tiny or rank == 3 else _spread((3, (1, 2, 3)), (1, (4, 5, 7)))
    strides = (1, 2, 3) if tiny else _spread((2, (1, 2, 3)), (1, (4, 5)))
    dilations = (1, 2) if tiny else _spread((2, (1, 2)), (1, (3, 4)))
    amounts = (0, 1, 2) if tiny else _spread((2, (0, 1, 2)), (1, (3, 5)))
    for axis in range(rank):
        factors += [
            _factor(f"window{axis}", _within(kernels, claims.window), (1, 2, 3)),
            _factor(f"stride{axis}", _within(strides, claims.stride), (1, 2, 3)),
            _factor(f"dilation{axis}", _within(dilations, claims.dilation), (1, 2, 3)),
            _factor(f"low{axis}", _within(amounts, claims.padding), (0, 1, 2)),
            _factor(f"high{axis}", _within(amounts, claims.padding), (0, 1, 2)),
            _factor(f"outputs{axis}", outputs, (1, 2, 3)),
            _factor(f"tail{axis}", (0, 1, 2, 3), (0, 1, 2)),
        ]
    return factors


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


def _window_axes(op: str, rank: int, claims: OpClaims, values: Values) -> tuple[list[_Axis], str]:
    named = values["padding"]
    built = []
    for i in range(rank):
        axis = _Axis(
            values[f"window{i}"], values[f"stride{i}"], values[f"dilation{i}"],
            values[f"low{i}"], values[f"high{i}"], values[f"outputs{i}"], values[f"tail{i}"],
        )  # fmt: skip
        if op != "conv" and claims.padding_limit != "none":
            half = claims.padding_limit == "half_window"
            most = axis.window // 2 if half else axis.window - 1
            axis.low, axis.high = min(axis.low, most), min(axis.high, most)
        if not claims.asymmetric_padding:
            axis.high = axis.low
        built.append(axis)
    if named != "explicit" and any(a.stride > claims.named_stride for a in built):
        named = "explicit"
    return built, named


def _trim(work: Callable[[], int], limit: int, cuts: Sequence[tuple[Any, str, int]], turn: int) -> None:
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
        return prod(a.outputs for a in built)

    def work() -> int:
        taps = e.channels * prod(a.window for a in built)
        if complete:  # every one-hot input, and every one-hot filter
            inputs = e.groups * e.channels * prod(a.size(named) for a in built)
            return inputs * e.groups * taps * spatial()
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
    kind = OPERATIONS["conv"]
    case_op = kind(
        stride=tuple(a.stride for a in built),
        padding=_padding(built, named),
        dilation=tuple(a.dilation for a in built),
        groups=e.groups,
    )  # type: ignore[call-arg]
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


def _real(values: Values) -> bool:
    return values["x.pattern"] in REAL_PATTERNS


def _x(values: Values, shape: tuple[int, ...]) -> Tensor:
    return Tensor("x", shape, values["dtype"], values["x.pattern"], values["x.k"], values["x.layout"])  # fmt: skip


def _padding(built: Sequence[_Axis], named: str) -> Padding:
    return named if named != "explicit" else tuple((a.low, a.high) for a in built)


def _pool(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    built, named = _window_axes(op, rank, claims, values)
    e = _Extents(values["batch"], channels=values["channels"])
    complete = values["x.pattern"] in ("eye", "floor")

    def work() -> int:
        taps = prod(a.window * a.outputs for a in built)
        maps = e.batch * e.channels
        if complete:
            maps = e.channels**2 * prod(a.size(named) for a in built)
        return 4 * maps * taps

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
                sizes = tuple(max(n, a.dilation * (a.window - 1) + 1) for n, a in zip(sizes, built, strict=True))  # fmt: skip
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
    pads, sizes = [], []
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
    pad: Operation = OPERATIONS["pad"](padding=tuple(pads), mode=mode, value=value)  # type: ignore[call-arg]
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


_BUILDERS: dict[str, Callable[[str, int, OpClaims, str, Values], Case]] = {
    "conv": _conv,
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
    window = case["w"].shape[2:] if op.name == "conv" else arguments["window"]
    relation = axes(
        shape[2:], window, stride=arguments["stride"], padding=arguments["padding"],
        dilation=arguments["dilation"], ceil=arguments.get("ceil_mode", False),
    )  # fmt: skip
    channels = case["w"].shape[0] if op.name == "conv" else shape[1]
    return (shape[0], channels, *(axis.out for axis in relation))


def _with_cotangent(case: Case, values: Values) -> Case:
    pattern = values["x.pattern"] if _real(values) else values["g.pattern"]
    g = Tensor("g", output_shape(case), case.dtype, pattern, values["g.k"])
    return Case(case.op, (*case.tensors, g))
