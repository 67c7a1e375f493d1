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

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from .algorithms import transforms
from .case import LAYOUTS
from .dialects import HELD, resolve
from .dtypes import DTYPES, FLOATS
from .groups import CONVOLUTIONS, TWICE, possible_ranks
from .operations import NAMED_PADDINGS, OPERATIONS, PAD_MODES, Operation
from .sums import ACCUMULATE, SUMS, read_sums

UNBOUNDED = 1_000_000

PADDING_LIMITS = ("none", "window", "half_window")
POWERS = (1, 2, 3, 4, 5, 6)
"""The p of Lp pools that cases are drawn from."""


class ClaimsError(ValueError):
    """Claims that cannot be read; the message says which entry and what is allowed."""


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


_FROM_ZERO = ("padding", "output_padding")
_BOUNDS = ("window", "stride", "dilation", "groups", *_FROM_ZERO)
_WORDS: dict[str, Collection[Any]] = {
    "ranks": (1, 2, 3),
    "dtypes": DTYPES,
    "layouts": LAYOUTS,
    "named_padding": NAMED_PADDINGS,
    "ceil_mode": (False, True),
    "count_include_pad": (False, True),
    "modes": PAD_MODES,
    "powers": POWERS,
    "bias": (False, True),
}

_PROCESS = ("fork", "compiled")
"""What is claimed of the process that the library runs in: yes or no."""


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
            for key in _BOUNDS:
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


def read_claims(
    data: Any, available: Collection[str], has_vjp: bool, has_double_vjp: bool = False
) -> Claims:
    """The claims an adapter's dictionary states about the operations it has.

    `available`: names of operations the adapter defines. Raises ClaimsError naming the entry.
    """
    if data is None:
        data = {}
    if not isinstance(data, Mapping):
        raise ClaimsError(f"claims must be a dictionary, not {type(data).__name__}")
    known = {"all", "vjp", "double_vjp", "dialect", *_PROCESS, *SUMS, *OPERATIONS}
    for key in data:
        if key not in known:
            raise ClaimsError(f"claims[{key!r}]: unknown entry{_nearest(key, known)}")
        if key in OPERATIONS and key not in available:
            raise ClaimsError(f"claims[{key!r}]: the adapter has no function {key}")
    gradients = _differentiated(data, "vjp", tuple(available), available, has_vjp)
    twice = [name for name in TWICE if name in available]
    second = _differentiated(data, "double_vjp", twice, available, has_double_vjp)
    sums = {key: data[key] for key in SUMS if key in data}
    base = _override(_override(OpClaims(), sums, ""), data.get("all", {}), "all")
    ops = {
        name: replace(
            _override(_on_axes_of(name, base), data.get(name, {}), name),
            gradient=name in gradients,
            second_gradient=name in second,
        )
        for name in OPERATIONS
        if name in available
    }
    process = {key: data[key] for key in _PROCESS if key in data}
    for key, value in process.items():
        if not isinstance(value, bool):
            raise ClaimsError(f"claims[{key!r}]: expected True or False, not {value!r}")
    return Claims(ops, _dialect(data.get("dialect", {})), base.accumulate, **process)


def _differentiated(
    data: Mapping[Any, Any], key: str, default: Collection[str], available: Collection[str],
    has_it: bool,
) -> Collection[str]:  # fmt: skip
    """The operations whose gradients the entry `key` claims."""
    names = data.get(key, default if has_it else ())
    if isinstance(names, str) or not isinstance(names, Collection):
        raise ClaimsError(f"claims[{key!r}]: expected a list of operation names")
    for name in names:
        if name not in available:
            raise ClaimsError(f"claims[{key!r}]: the adapter has no function {name!r}")
    if names and not has_it:
        raise ClaimsError(f"claims[{key!r}]: the adapter has no function {key}")
    return names


def _on_axes_of(op: str, base: OpClaims) -> OpClaims:
    """What `all` claims of spatial axes says nothing about an operation that may have none."""
    possible = possible_ranks(op)
    return replace(base, ranks=tuple(n for n in possible if n == 0 or n in base.ranks))


def _nearest(key: Any, known: Collection[str]) -> str:
    near = get_close_matches(str(key), list(known), 1)
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(known))}"


def _dialect(declared: Any) -> dict[str, str]:
    try:
        return resolve(declared)
    except (ValueError, AttributeError, TypeError) as error:
        raise ClaimsError(f"claims['dialect']: {error}") from None


def _sums(key: str, declared: Any, place: str) -> dict[str, str]:
    try:
        return read_sums(key, declared, place)
    except ValueError as error:
        raise ClaimsError(str(error)) from None


def _override(base: OpClaims, entry: Any, where: str) -> OpClaims:
    if not isinstance(entry, Mapping):
        raise ClaimsError(f"claims[{where!r}]: expected a dictionary, not {type(entry).__name__}")
    known = {f.name for f in fields(OpClaims)} - {"gradient", "second_gradient", "networks"}
    changes: dict[str, Any] = {}
    for key, value in entry.items():
        place = f"claims[{where!r}][{key!r}]" if where else f"claims[{key!r}]"
        if key not in known:
            raise ClaimsError(f"{place}: unknown entry{_nearest(key, known)}")
        if key in _BOUNDS:
            changes[key] = _bounds(value, place, 0 if key in _FROM_ZERO else 1)
        elif key in _WORDS:
            one = key == "ranks" and where in OPERATIONS
            allowed = possible_ranks(where) if one else _WORDS[key]
            changes[key] = _words(value, allowed, place)
        elif key in SUMS:
            changes[key] = _sums(key, value, place)
            if key == ACCUMULATE[0]:  # gradients are summed alike if nothing else is said of them
                changes.setdefault(ACCUMULATE[1], changes[key])
        elif key == "padding_limit":
            if value not in PADDING_LIMITS:
                raise ClaimsError(f"{place}: {value!r} is not one of {', '.join(PADDING_LIMITS)}")
            changes[key] = value
        elif key == "algorithm":
            if where != "conv":
                raise ClaimsError(f"{place}: transforms are known of conv alone")
            changes[key] = _algorithm(value, place)
        elif key == "named_stride":
            if type(value) is not int or value < 1:
                raise ClaimsError(f"{place}: expected an integer ≥ 1, not {value!r}")
            changes[key] = value
        else:
            if not isinstance(value, bool):
                raise ClaimsError(f"{place}: expected True or False, not {value!r}")
            changes[key] = value
    return replace(base, **changes)


def _bounds(value: Any, place: str, least: int) -> tuple[int, int]:
    if (
        isinstance(value, (tuple, list))
        and len(value) == 2
        and type(value[0]) is int
        and (value[1] is None or type(value[1]) is int)
    ):
        low, high = value[0], UNBOUNDED if value[1] is None else value[1]
        if least <= low <= high:
            return low, high
    raise ClaimsError(f"{place}: expected [least, greatest] with least ≥ {least}, not {value!r}")


def _algorithm(value: Any, place: str) -> tuple[tuple[str, str], ...]:
    """Pairs of a floating dtype and the transform declared for it."""
    if isinstance(value, str):
        value = dict.fromkeys(FLOATS, value)
    if not isinstance(value, Mapping) or not all(isinstance(v, str) for v in value.values()):
        raise ClaimsError(f"{place}: expected the name of a transform, or one per dtype")
    for dtype, name in value.items():
        if dtype not in FLOATS:
            raise ClaimsError(f"{place}: {dtype!r} is not one of {', '.join(FLOATS)}")
        try:
            transforms(name)
        except ValueError as error:
            raise ClaimsError(f"{place}: {error}") from None
    return tuple((dtype, value[dtype]) for dtype in FLOATS if dtype in value)


def _words(value: Any, allowed: Collection[Any], place: str) -> tuple[Any, ...]:
    if isinstance(value, str) or not isinstance(value, Collection):
        raise ClaimsError(f"{place}: expected a list out of {', '.join(map(str, allowed))}")
    for word in value:
        if word not in allowed:
            raise ClaimsError(f"{place}: {word!r} is not one of {', '.join(map(str, allowed))}")
    return tuple(word for word in allowed if word in value)
