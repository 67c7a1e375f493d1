"""What an implementation claims to do, as data.

Cases are generated inside the claims, so that nothing is drawn and then thrown away, and
what is not claimed is reported as ``unsupported``. An adapter writes its claims as a plain
dictionary and needs no import of ours::

    claims = {
        "all": {"dtypes": ["float32", "float64"], "layouts": ["contiguous"]},
        "conv": {"ranks": [2], "dilation": [1, 1], "named_padding": ["same_upper"]},
        "vjp": ["conv"],
        "dialect": {"max_pool.tie": "split"},
    }

``all`` applies to every operation, an operation's own entry overrides it, ``vjp`` lists the
operations whose gradients are claimed (all that the adapter has, if it has a ``vjp``), and
``double_vjp`` those whose second gradients are (all that have one, if it has a ``double_vjp``).
``"fork": False`` says that the library hangs or dies in a forked child, ``"compiled": True`` that a
call of a new shape costs much more than one of a shape that was seen before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from .case import LAYOUTS
from .dialects import HELD, resolve
from .groups import CONVOLUTIONS
from .operations import PAD_MODES, Operation

UNBOUNDED = 1_000_000

PADDING_LIMITS = ("none", "window", "half_window")
POWERS = (1, 2, 3, 4, 5, 6)
"""The p of Lp pools that cases are drawn from."""


@dataclass(frozen=True)
class OpClaims:
    """The part of an operation's parameter space that is claimed.

    Bounds are inclusive (least, greatest). `padding_limit` relates the padding of pools to
    the window w per axis: "window" means < w, "half_window" means ≤ w/2 (undilated).
    `named_stride` is the greatest stride that named padding is claimed with, `named_ceil` whether
    it is in ceil mode, `powers` the p of Lp
    pools. `networks`, for ``network`` alone, are the pools, heads and outputs that follow from what
    is claimed of the layers; nobody writes them. `algorithm`, of convolutions, names the transform
    that results (not gradients) are computed by in calls without stride and dilation, per dtype:
    ``{"float32": "winograd-6x3"}``, or one for all (see `algorithms`). The claims about sums
    (`spec.sums`) map a type of inputs to what its sums are kept in (`accumulate`, of gradients
    `gradient_accumulate`), to the type they are returned in (`returns`), and to what is done where
    they leave that (`overflow`).
    """

    ranks: tuple[int, ...] = (1, 2, 3)
    dtypes: tuple[str, ...] = ("float32",)
    layouts: tuple[str, ...] = tuple(LAYOUTS)
    window: tuple[int, int] = (1, UNBOUNDED)
    stride: tuple[int, int] = (1, UNBOUNDED)
    dilation: tuple[int, int] = (1, UNBOUNDED)
    groups: tuple[int, int] = (1, UNBOUNDED)
    padding: tuple[int, int] = (0, UNBOUNDED)
    output_padding: tuple[int, int] = (0, UNBOUNDED)
    asymmetric_padding: bool = True
    padding_limit: str = "none"
    named_padding: tuple[str, ...] = ()
    named_stride: int = UNBOUNDED
    named_ceil: bool = True
    ceil_mode: tuple[bool, ...] = (False, True)
    count_include_pad: tuple[bool, ...] = (False, True)
    modes: tuple[str, ...] = PAD_MODES
    powers: tuple[int, ...] = POWERS
    bias: tuple[bool, ...] = (False, True)
    empty_batch: bool = True
    gradient: bool = False
    second_gradient: bool = False
    networks: tuple[str, ...] = ()
    algorithm: tuple[tuple[str, str], ...] = ()
    accumulate: Mapping[str, str] = field(default_factory=dict)
    gradient_accumulate: Mapping[str, str] = field(default_factory=dict)
    returns: Mapping[str, str] = field(default_factory=dict)
    overflow: Mapping[str, str] = field(default_factory=dict)

    def accumulator(self, dtype: str, gradient: bool = False) -> str:
        """The type that sums of numbers of a type are kept in."""
        return (self.gradient_accumulate if gradient else self.accumulate).get(dtype, dtype)

    def wider(self, dtype: str, gradient: bool = False) -> bool:
        """Whether sums are kept in a wider type than that of the inputs."""
        return self.accumulator(dtype, gradient) != dtype

    def include(self, op: Operation, arrays: Sequence[Any]) -> bool:
        """Whether a call with these parameters and arrays (with shape and dtype) is claimed.

        Whether the call is valid is another question; so is the arrays' memory layout.
        """
        p, shape = op.arguments(), arrays[0].shape
        window = arrays[1].shape[2:] if op.name in CONVOLUTIONS else p.get("window", ())
        padding = p.get("padding", ())
        named = isinstance(padding, str)
        pairs = () if named else padding
        half = self.padding_limit == "half_window"
        pooled = self.padding_limit != "none" and op.name not in CONVOLUTIONS
        near = (k // 2 if half else k - 1 for k in window)
        bounded = (
            (window, self.window),
            (p.get("stride", ()), self.stride),
            (p.get("dilation", ()), self.dilation),
            (p.get("output_padding", ()), self.output_padding),
            ((p.get("groups", self.groups[0]),), self.groups),
            # Negative amounts of `pad` crop; how is a matter of dialect, not of bounds.
            ([n if op.name != "pad" else max(n, 0) for pair in pairs for n in pair], self.padding),
        )
        words = (
            (max(len(shape) - 2, 0), self.ranks),
            (str(arrays[0].dtype), self.dtypes),
            (p.get("ceil_mode", self.ceil_mode[0]), self.ceil_mode),
            (p.get("count_include_pad", self.count_include_pad[0]), self.count_include_pad),
            (p.get("mode", self.modes[0]), self.modes),
            (p.get("p", self.powers[0]), self.powers),
            (len(arrays) > 2 if "b" in op.inputs else self.bias[0], self.bias),
        )
        return (
            all(least <= n <= most for values, (least, most) in bounded for n in values)
            and all(word in allowed for word, allowed in words)
            and (self.asymmetric_padding or all(low == high for low, high in pairs))
            and not (pooled and any(max(pair) > k for pair, k in zip(pairs, near, strict=False)))
            and (not named or padding in self.named_padding)
            and not (named and max(p["stride"]) > self.named_stride)
            and not (named and p.get("ceil_mode") and not self.named_ceil)
            and (self.empty_batch or shape[0] > 0)
        )


RANGES = ("window", "stride", "dilation", "groups", "padding", "output_padding")
"""The claims that are a range: least and greatest."""


@dataclass(frozen=True)
class Claims:
    """All claims of one adapter: per operation, the dialect, the accumulators, the process.

    `accumulate` maps a dtype to the dtype its sums are kept in, where that is not itself; an
    operation may say otherwise.
    `fork` says that the library works in a forked child of the process that loaded it, `compiled`
    that it compiles a program for every configuration (operation, parameters, shapes, types) that
    it meets, so that many contents of a few configurations are what it can be asked for.
    """

    ops: Mapping[str, OpClaims]
    dialect: Mapping[str, str] = field(default_factory=lambda: resolve({}))
    accumulate: Mapping[str, str] = field(default_factory=dict)
    fork: bool = True
    compiled: bool = False

    @cached_property
    def departing(self) -> frozenset[str]:
        """The operations at one of whose dialect points another choice than the spec's is made."""
        others = (p for name, p in HELD.items() if self.dialect[name] != p.default)
        return frozenset(op for point in others for op in point.ops)

    def accumulator(self, dtype: str) -> str:
        """The type that all sums of a type are kept in; the type itself if operations differ."""
        kept = {op.accumulator(dtype, g) for op in self.ops.values() for g in (False, True)}
        return kept.pop() if len(kept) == 1 else dtype

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready document; unbounded ranges end in null."""
        ops = {name: asdict(claims) for name, claims in self.ops.items()}
        for entry in ops.values():
            for key in RANGES:
                least, greatest = entry[key]
                entry[key] = [least, None if greatest == UNBOUNDED else greatest]
            entry["algorithm"] = dict(entry["algorithm"])
            if entry["named_stride"] == UNBOUNDED:
                entry["named_stride"] = None
        return {
            "ops": ops,
            "dialect": dict(self.dialect),
            "accumulate": dict(self.accumulate),
            "fork": self.fork,
            "compiled": self.compiled,
        }
