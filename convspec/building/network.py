"""Cases of small networks: extents follow from the last maps, contents stay exact to the end."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log2, prod
from typing import Any

from convspec.spec.case import Case, Tensor
from convspec.spec.claims import OpClaims
from convspec.spec.network import HEADS, OUTPUTS, POOLS
from convspec.spec.operations import Network
from convspec.spec.relation import axes

from .extents import Cut, Extents, Values, first, trim

Level = tuple[str, tuple[Any, ...], tuple[Any, ...]]
"""Name, levels and core of a factor."""

BITS = {"float32": 21, "float64": 50}
"""Of a significand, less three for what laws and second gradients add up."""

_SEEDS = tuple(range(64))


def network_levels(rank: int, claims: OpClaims) -> list[Level]:
    """The factors of a space of networks."""

    def within(levels: tuple[int, ...], bounds: tuple[int, int]) -> tuple[int, ...]:
        return tuple(n for n in levels if bounds[0] <= n <= bounds[1]) or (bounds[0],)

    def known(choices: Any) -> tuple[str, ...]:
        return tuple(name for name in choices if name in claims.networks)

    found: list[Level] = [
        ("batch", (1, 2, 3, 4), (1, 2, 3)),
        ("dtype", claims.dtypes, claims.dtypes),
        ("x.layout", ("contiguous", *claims.layouts), claims.layouts),
        ("x.pattern", ("impulse", "ramp", "ints", "ints", "ints"), ()),
        ("x.k", _SEEDS, ()),
        ("w.k", _SEEDS, ()),
        ("bias", claims.bias, claims.bias),
        ("pool", known(("none", "max", "avg")), known(POOLS)),
        ("head", known(HEADS), known(HEADS)),
        ("output", known(OUTPUTS), known(OUTPUTS)),
        *((name, (1, 2, 3, 4), (1, 2, 3)) for name in ("channels", "filters", "maps", "classes")),
    ]
    for i in range(rank):
        found += [
            (f"last{i}", (1, 2, 4), (1, 2, 4)),
            (f"kernel{i}", within((1, 2, 3), claims.window), (1, 2, 3)),
            (f"second{i}", within((1, 2, 3), claims.window), (1, 2)),
            (f"stride{i}", within((1, 2), claims.stride), (1, 2)),
            (f"around{i}", within((0, 1), claims.padding), (0, 1)),
            (f"window{i}", (1, 2, 3), (1, 2, 3)),
            (f"step{i}", (1, 2), (1, 2)),
            (f"tail{i}", (0, 1), (0, 1)),
        ]
    return found


@dataclass
class _Axis:
    """One spatial axis, drawn backwards from its extent in the last maps."""

    last: int
    kernel: int
    second: int
    stride: int
    around: int
    window: int
    step: int
    tail: int

    def sizes(self) -> tuple[int, int]:
        """The extents of the pool's input and of the network's."""
        pooled = self.last + self.second - 1 - 2 * self.around
        pool = (pooled - 1) * self.step + self.window + self.tail % self.step
        return pool, (pool - 1) * self.stride + self.kernel + self.tail % self.stride - 2 * (
            self.around
        )


def network(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    """A network whose sums are exact; GAP and average pools divide by powers of two."""
    names = ("last", "kernel", "second", "stride", "around", "window", "step", "tail")
    built = [_Axis(*(values[f"{name}{i}"] for name in names)) for i in range(rank)]
    pool, dtype = values["pool"], values["dtype"]
    e = Extents(values["batch"], values["maps"], values["channels"], values["filters"])
    k = Extents(values["classes"])

    def made() -> Case:
        for a in built:
            if pool == "none":
                a.window = a.step = 1
            if pool == "avg" and a.window == 3:
                a.window = 2
            # Neither convolution may be all padding.
            if a.last + a.second - 1 - 2 * a.around < 1 or a.sizes()[1] < 1:
                a.around = max(claims.padding[0], 0)
                a.last = max(a.last, 2 * a.around)
        return _case(built, e, k.batch, values)

    def load() -> list[float]:
        return [magnitude(made(), 1) / (1 << BITS[dtype])]

    cuts: list[Cut] = [(e, "channels", 1), (e, "filters", 1), (k, "batch", 1), (e, "groups", 1)]
    cuts += [(a, "last", 1) for a in built] + [(e, "batch", 1)]
    cuts += [(a, "kernel", claims.window[0]) for a in built]
    cuts += [(a, "second", claims.window[0]) for a in built]
    trim(load, cuts, values["x.k"] + values["w.k"])
    return made()


def _case(built: list[_Axis], e: Extents, classes: int, values: Values) -> Case:
    once = (1,) * len(built)
    last = tuple(a.last for a in built)
    net = Network(
        stride=tuple(a.stride for a in built), padding=tuple((a.around,) * 2 for a in built),
        pool=values["pool"], pool_window=tuple(a.window for a in built),
        pool_stride=tuple(a.step for a in built), head=values["head"], output=values["output"],
    )  # fmt: skip
    w3: tuple[int, ...] = (classes, e.groups)
    if values["head"] == "dense":
        w3 = (classes, e.groups * prod(last))
    elif values["head"] == "conv_gap":
        w3 = (classes, e.groups, *once)
    shapes = {
        "w1": (e.filters, e.channels, *(a.kernel for a in built)),
        "w2": (e.groups, e.filters, *(a.second for a in built)),
        "w3": w3,
    }
    if values["bias"]:
        shapes |= {"b1": (e.filters,), "b2": (e.groups,), "b3": (classes,)}
    tensors = [first(values, (e.batch, e.channels, *(a.sizes()[1] for a in built)))]
    for i, (name, shape) in enumerate(shapes.items()):
        tensors.append(Tensor(name, shape, values["dtype"], "ints", (values["w.k"] + 11 * i) % 64))
    return Case(net, tuple(tensors))


def planes(case: Case) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The extents of the maps after the first convolution and after the second."""
    net: Values = case.op.arguments()
    rank = len(net["stride"])
    once, none = (1,) * rank, ((0, 0),) * rank
    one = axes(
        case["x"].shape[2:], case["w1"].shape[2:], stride=net["stride"], padding=net["padding"],
        dilation=once,
    )  # fmt: skip
    sizes = tuple(a.out for a in one)
    pooled = sizes
    if net["pool"] != "none":
        pooled = tuple(
            a.out for a in axes(sizes, net["pool_window"], stride=net["pool_stride"], padding=none,
                                dilation=once)
        )  # fmt: skip
    two = axes(pooled, case["w2"].shape[2:], stride=once, padding=net["padding"], dilation=once)
    return sizes, tuple(a.out for a in two)


def output_shape(case: Case) -> tuple[int, ...]:
    """(N, K), or () for the cross-entropy."""
    planes(case)  # for its checks
    if case.op.arguments()["output"] == "cross_entropy":
        return ()
    return (case["x"].shape[0], case["w3"].shape[0])


def magnitude(case: Case, a: int) -> int:
    """A bound of all results and gradients, in units of their finest fraction, if cells are ≤ a.

    Each layer multiplies what came before by the length of its sums and by a; means divide, which
    makes the units finer and the numbers no greater.
    """
    net: Values = case.op.arguments()
    batch = max(case["x"].shape[0], 1)
    w1, w2, w3 = (case[name].shape for name in ("w1", "w2", "w3"))
    first_plane, last_plane = planes(case)
    windows = prod(net["pool_window"]) if net["pool"] != "none" else 1
    fractions = windows if net["pool"] == "avg" else 1
    if net["head"] != "dense":
        fractions *= prod(last_plane)
    overlaps = prod(-(-k // s) for k, s in zip(net["pool_window"], net["pool_stride"], strict=True))
    h1 = prod(w1[1:]) * a * a + a
    h2 = prod(w2[1:]) * h1 * a + a
    z = prod(w3[1:]) * h2 * a + a
    d2 = w3[0] * a * a
    d1 = w2[0] * prod(w2[2:]) * a * d2 * overlaps
    d0 = w1[0] * prod(w1[2:]) * a * d1
    dw3 = batch * prod(last_plane) * a * h2
    dw2 = batch * prod(last_plane) * d2 * h1
    dw1 = batch * prod(first_plane) * d1 * a
    most = max(z, d0, dw1, dw2, dw3)
    return int(most) << 2 * ceil(log2(fractions))


def amplitude(case: Case) -> int:
    """The greatest a ≤ 3 for which everything stays exact, at least 1."""
    limit = 1 << BITS[case.dtype]
    return next((a for a in (3, 2) if magnitude(case, a) <= limit), 1)
