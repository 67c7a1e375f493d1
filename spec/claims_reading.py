"""Claims as an adapter writes them, read: `claims` says what they look like and what they mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any

from .algorithms import transforms
from .case import LAYOUTS
from .claims import PADDING_LIMITS, POWERS, RANGES, UNBOUNDED, Claims, OpClaims
from .dialects import resolve
from .dtypes import DTYPES, FLOATS
from .groups import TWICE, possible_ranks
from .operations import NAMED_PADDINGS, OPERATIONS, PAD_MODES
from .sums import ACCUMULATE, SUMS, read_sums


class ClaimsError(ValueError):
    """Claims that cannot be read; the message says which entry and what is allowed."""


_FROM_ZERO = ("padding", "output_padding")
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
        if key in RANGES:
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
