"""The spaces cases are drawn from: rows of levels, and a pure function from row to case.

A row holds one small index per factor, 0 being the simplest level, so that a row shrinks
field by field. Every row is a valid case inside the adapter's claims: extents follow from the
number of outputs that was drawn (see `building`). No row is ever thrown away.

Each factor names the levels that the covering array combines three by three (`core`); the
others are met by uniform draws. A level that stands several times is drawn more often.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from convspec.alike import Way, ways
from convspec.building import BUILDERS, Values, with_cotangent
from convspec.building.network import network_levels
from convspec.defects import defects_of
from convspec.dialect import resized
from convspec.spec.case import Case
from convspec.spec.claims import Claims, OpClaims
from convspec.spec.dtypes import is_float
from convspec.spec.groups import ADAPTIVE, CONVOLUTIONS, FLAT, GLOBAL, MAXIMA, ROUNDED, WEIGHTED
from convspec.stretching import stretched

CONTENTS = (".pattern", ".k")
"""How factors end that choose contents."""


@dataclass(frozen=True)
class Factor:
    """One field of a row: its levels, simplest first, and which of them are combined.

    `combined` is the number of core levels before a law narrowed them, so that all laws of an
    operation share one covering array; 0 leaves the field out of it. It may be less than the core
    has levels, which then take turns.
    """

    name: str
    levels: tuple[Any, ...]
    core: tuple[int, ...] = ()
    combined: int = 0

    def turns(self, place: int) -> tuple[int, ...]:
        """The levels that take turns in one place of the covering array, simplest first.

        The simplest of all has a place to itself. A law may have narrowed a factor to fewer levels
        than there are places: then levels have several.
        """
        count = len(self.core)
        if count <= self.combined or self.combined == 1:
            return (self.core[place % count],)
        return self.core[place :: self.combined - 1] if place else self.core[:1]


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

    @property
    def seeds(self) -> frozenset[int]:
        """The places of the factors that hold seeds of contents."""
        return frozenset(i for i, factor in enumerate(self.factors) if factor.name.endswith(".k"))

    @property
    def contents(self) -> frozenset[int]:
        """The places of the factors that choose contents, and nothing else."""
        return frozenset(i for i, f in enumerate(self.factors) if f.name.endswith(CONTENTS))

    def likened(self, row: Sequence[int], chance: float) -> tuple[int, ...]:
        """The row with levels made alike as networks have them, in a way (see `alike`) that
        `chance`, from 0 up to 1, picks."""
        way = self._ways[int(chance * len(self._ways))]
        return tuple(0 if place is None else row[place] for place in way)

    @cached_property
    def _ways(self) -> tuple[Way, ...]:
        return ways(self.op, [(factor.name, factor.levels) for factor in self.factors])

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
_BATCH = _spread((3, (1, 2, 3)), (1, (4, 5, 8, 16, 17)))
_SEEDS = tuple(range(64))
_TYPES = 3
"""Places of the covering array for element types: more of them make it no larger."""
_LAYOUTS = _spread((6, ("contiguous",)), (2, ("channels_last",)))
_X_PATTERNS = {
    "sum": _spread((1, ("zeros", "impulse", "ones")), (2, ("ramp",)), (6, ("ints",))),
    "max": _spread((1, ("ones", "impulse")), (2, ("ramp", "negative")), (3, ("distinct", "ints"))),
}


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
    whole: Claims | None = None,
) -> Space | None:
    """The space of an operation inside an adapter's claims, or None if nothing is left.

    `whole` are the claims with the dialect, where that has a say in sizes. `scale` is "general",
    "tiny", or "long" for long sums and many of them; `narrow` restricts factors (a name without
    its axis number restricts every axis) to the levels given; `gradient` adds a cotangent,
    `defective` makes every case invalid in one way.
    """
    factors = [*_array_factors(op, rank, claims), *_parameter_factors(op, rank, claims, scale)]
    if gradient:
        factors += [_factor("g.pattern", _X_PATTERNS["sum"][1:]), Factor("g.k", _SEEDS)]
    if scale == "long":
        factors = [Factor(f.name, stretched(f.name, f.levels, claims)) for f in factors]
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
    build = BUILDERS[op]

    def case(values: Values) -> Case:
        if values["x.pattern"] == "wide" and not claims.wider(values["dtype"], gradient):
            values = {**values, "x.pattern": "large"}
        built = build(op, rank, claims, scale, values)
        if gradient:
            built = with_cotangent(built, values, resized(built, whole) if whole else None)
        if defective:
            by_name = {d.name: d for d in defects_of(op, claims)}
            built = by_name[values["defect"]].apply(built)
        return built

    return Space(op, rank, tuple(kept), case)


def _array_factors(op: str, rank: int, claims: OpClaims) -> list[Factor]:
    """Number and contents of the arrays: what every operation has."""
    if op == "network":
        return [_factor(*level) for level in network_levels(rank, claims)]
    patterns = _X_PATTERNS["max" if op in MAXIMA else "sum"]
    layouts = tuple(name for name in _LAYOUTS if name in claims.layouts)
    layouts += tuple(name for name in claims.layouts if name != "contiguous")
    # A mean of integers is no integer: what an integer type would make of it is not specified.
    rounded = op in ROUNDED
    dtypes = tuple(d for d in claims.dtypes if not rounded or is_float(d))
    some = ("contiguous", "column_major", "sliced")
    factors = [
        _factor("batch", _BATCH, (1, 2, 3)),
        replace(_factor("dtype", dtypes, dtypes), combined=min(len(dtypes), _TYPES)),
        _factor("x.layout", layouts, some),
        _factor("x.pattern", patterns, ("impulse", "ramp", "ints")),
        Factor("x.k", _SEEDS),
    ]
    if op == "cross_entropy":
        factors += [
            _factor("labels.layout", layouts, some), Factor("labels.k", _SEEDS)
        ]  # fmt: skip
    if op in WEIGHTED:
        factors += [
            _factor("w.layout", layouts, some),
            _factor("w.pattern", _X_PATTERNS["sum"], ("impulse", "ramp", "ints")),
            Factor("w.k", _SEEDS),
            _factor("bias", claims.bias, claims.bias),
            _factor("filters", _CHANNELS, (1, 2, 3)),
        ]
    if op in CONVOLUTIONS:
        groups = _within(_spread((3, (1, 2)), (2, (3,)), (1, (4, 8))), claims.groups)
        factors.insert(-1, _factor("groups", groups, (1, 2, 3)))
    return [*factors, _factor("channels", _CHANNELS, (1, 2, 3))]


def _parameter_factors(op: str, rank: int, claims: OpClaims, scale: str) -> list[Factor]:
    tiny = scale == "tiny"
    outputs = (1, 2, 3) if tiny else _OUTPUTS
    factors: list[Factor] = []
    if op in (*FLAT, "network"):
        return factors
    if op in (*GLOBAL, "relu"):
        for axis in range(rank):
            factors.append(_factor(f"size{axis}", outputs, (1, 2, 3)))
        return factors
    if op in ADAPTIVE:
        for axis in range(rank):
            factors += [
                _factor(f"outputs{axis}", outputs, (1, 2, 3)),
                _factor(f"fold{axis}", (1, 2, 3, 0, 4), (1, 2, 3)),
                _factor(f"tail{axis}", (0, 1, 2, -1, 3), (0, 1, 2, -1)),
            ]
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
    # What a named padding means in a transposed convolution is disputed: it is not generated.
    named = () if op == "conv_transpose" else claims.named_padding
    factors.append(_factor("padding", ("explicit", *named), ("explicit", *named)))
    if op not in CONVOLUTIONS:
        factors.append(_factor("ceil_mode", claims.ceil_mode, claims.ceil_mode))
    if op == "lp_pool":
        factors.append(_factor("p", claims.powers, claims.powers[:3]))
    if op == "avg_pool":
        factors.append(
            _factor("count_include_pad", claims.count_include_pad, claims.count_include_pad)
        )
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
