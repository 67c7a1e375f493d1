"""Cases beside a case: one or two parameters changed, other numbers of axes, other contents.

A case is taken back to the levels that it was built from, and built anew with some of them changed,
so that what comes out is valid and inside the claims, as every drawn case is.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from convspec.configurations import is_configuration
from convspec.law import Law
from convspec.spaces import Space
from convspec.spec.case import Case, Tensor
from convspec.spec.claims import Claims
from convspec.spec.groups import ADAPTIVE, CONVOLUTIONS, MAXIMA, possible_ranks

Values = dict[str, Any]

LARGEST = 3000
"""Array elements up to which a case is asked for: small ones show the same, sooner."""

AROUND = 4
"""Contents that a configuration is tried with before it counts as right."""


def spaces_of(law: Law, op: str, claims: Claims) -> dict[int, Space]:
    """The law's case space for each number of spatial axes that is claimed."""
    found = {rank: law.space(op, rank, claims) for rank in possible_ranks(op)}
    return {rank: space for rank, space in found.items() if space is not None}


def levels_of(space: Space) -> dict[str, tuple[Any, ...]]:
    """The levels of each factor, each once, simplest first."""
    return {f.name: tuple(dict.fromkeys(f.levels)) for f in space.factors}


def values_of(case: Case, space: Space) -> Values | None:
    """The levels a case was built from; None where it cannot be taken back to any."""
    found = _read(case)
    names = [factor.name for factor in space.factors]
    if any(name not in found for name in names):
        return None
    values = {name: found[name] for name in names}
    try:
        again = space.build(values)
    except (KeyError, ValueError, TypeError):
        return None
    same = again.op == case.op and [t.shape for t in again.tensors] == [
        t.shape for t in case.tensors
    ]
    return values if same else None


def _read(case: Case) -> Values:
    """Every level that can be read off a case; of invalid ones strides and bins may be none."""
    given, first, op = case.op.arguments(), case.tensors[0], case.op.name
    groups = given.get("groups", 1)
    found: Values = {
        "batch": first.shape[0], "dtype": first.dtype, "x.layout": first.layout,
        "x.pattern": first.pattern, "x.k": first.k, "groups": groups, "bias": "b" in case,
    }  # fmt: skip
    if len(first.shape) > 1:
        found["channels"] = first.shape[1] // (groups or 1)
    for tensor in case.tensors[1:]:
        found |= {
            f"{tensor.name}.layout": tensor.layout, f"{tensor.name}.pattern": tensor.pattern,
            f"{tensor.name}.k": tensor.k,
        }  # fmt: skip
    for name in ("ceil_mode", "count_include_pad", "p", "mode", "value"):
        if name in given:
            found[name] = given[name]
    window: Sequence[int] = given.get("window", ())
    if "w" in case:
        w = case["w"].shape
        found["filters"] = w[1] if op == "conv_transpose" else w[0] // (groups or 1)
        window = w[2:] if op in CONVOLUTIONS else ()
    padding = given.get("padding", ())
    named = isinstance(padding, str)
    found["padding"] = padding if named else "explicit"
    for axis, n in enumerate(first.shape[2:]):
        low, high = (0, 0) if named or not padding else padding[axis]
        found |= {f"size{axis}": n, f"low{axis}": low, f"high{axis}": high}
        if op in ADAPTIVE:
            o = given["output_size"][axis]
            bins = max(o, 1)
            found |= {f"outputs{axis}": o, f"fold{axis}": n // bins, f"tail{axis}": n % bins}
        elif op == "pad":
            most = max(low, high, 0)
            needed = {"reflect": most + 1, "symmetric": most, "circular": most}
            cropped = -min(low, 0) - min(high, 0)
            least = cropped + max(needed.get(given["mode"], 1), 1)
            found[f"extra{axis}"] = max(n - least, 0)
        elif window:
            k, s, d = window[axis], given["stride"][axis], given["dilation"][axis]
            found |= {f"window{axis}": k, f"stride{axis}": s, f"dilation{axis}": d}
            if op == "conv_transpose":
                outputs, tail = n, given["output_padding"][axis]
            elif named and padding.startswith("same"):
                outputs, tail = (n - 1) // max(s, 1) + 1, (n - 1) % max(s, 1)
            else:
                room = max(n + low + high - d * (k - 1) - 1, 0)
                outputs, tail = room // max(s, 1) + 1, room % max(s, 1)
            found |= {f"outputs{axis}": outputs, f"tail{axis}": tail}
    return found


def one_at_a_time(values: Values, space: Space, most: int) -> Iterator[Values]:
    """Each factor at another level, then each at a second one, up to `most`.

    The next levels come first, and the simplest; then some that are far away.
    """
    beside = {
        name: _beside(values[name], levels, most)
        for name, levels in levels_of(space).items()
        if is_configuration(name)
    }
    for turn in range(max(map(len, beside.values()), default=0)):
        for name, levels in beside.items():
            if turn < len(levels):
                yield {**values, name: levels[turn]}


def _beside(value: Any, levels: Sequence[Any], most: int) -> list[Any]:
    others = [level for level in levels if level != value]
    if isinstance(value, int) and not isinstance(value, bool):
        first = levels[0]
        others.sort(key=lambda level: (abs(level - value) > 1, level != first, abs(level - value)))
        # Half of them near, the rest spread over what is left.
        near, far = others[: (most + 1) // 2], others[(most + 1) // 2 :]
        step = max(len(far) // max(most // 2, 1), 1)
        return near + far[step - 1 :: step][: most // 2]
    return others[: most if most < 2 else max(most, 7)]


def changed(
    values: Values, space: Space, draw: random.Random, factors: int, among: Sequence[str] = ()
) -> Values:
    """The values with so many factors drawn anew; `among` names factors, without their axis."""
    levels = levels_of(space)
    names = [n for n in levels if is_configuration(n) and len(levels[n]) > 1]
    names = [n for n in names if n.rstrip("012") in among] or names
    new = dict(values)
    for name in draw.sample(names, min(factors, len(names))):
        known, options = values[name], levels[name]
        number = isinstance(known, int) and not isinstance(known, bool)
        near = [v for v in options if number and 0 < abs(v - known) <= 1]
        new[name] = draw.choice(near if near and draw.random() < 0.4 else options)
    return new


def drawn(space: Space, draw: random.Random) -> Values:
    """A row of the space, as a run would draw it."""
    return {f.name: draw.choice(f.levels) for f in space.factors}


def moved(values: Values, source: int, target: int, space: Space, draw: random.Random) -> Values:
    """The values in another number of axes: each new one like an old one, the simplest or drawn."""
    levels = levels_of(space)
    kept = [draw.randrange(source) for _ in range(target)] if source else [None] * target
    how = [draw.choice(("old", "old", "simple", "drawn")) for _ in range(target)]
    if source and target and "old" not in how:
        how[draw.choice((0, -1))] = "old"
    new: Values = {}
    for name in levels:
        stem, digit = name.rstrip("012"), name[len(name.rstrip("012")) :]
        if not digit:
            new[name] = values.get(name, levels[name][0])
            continue
        axis = int(digit)
        old = f"{stem}{kept[axis]}"
        if how[axis] == "old" and old in values:
            new[name] = values[old]
        else:
            simple = how[axis] == "simple" or not levels[name]
            new[name] = levels[name][0] if simple else draw.choice(levels[name])
    return new


def contents(case: Case, space: Space, own: Mapping[str, tuple[str, int]]) -> Iterator[Case]:
    """The configuration with contents that show: those that failed at first, then dense ones.

    `own`: pattern and k by array, of the case that was found.
    """
    allowed = {f.name: set(f.levels) for f in space.factors if f.name.endswith(".pattern")}
    first = case.tensors[0].name
    complete = case[first].pattern in ("eye", "floor", "bank")
    yield replace(case, tensors=tuple(_filled(t, own.get(t.name)) for t in case.tensors))
    if complete:
        return  # these are all contents there are
    wanted = ("distinct", "negative", "impulse") if case.op.name in MAXIMA else ("ints", "ramp")
    for turn in range(AROUND - 1):
        tensors = []
        for place, tensor in enumerate(case.tensors):
            name = "x" if place == 0 else tensor.name
            options = allowed.get(f"{name}.pattern", {tensor.pattern})
            dense = [p for p in (*wanted, "ints", "normal", "positive") if p in options]
            picks = dense or sorted(options)
            pattern = picks[turn % len(picks)] if name == "x" else picks[0]
            k = 0 if pattern == "impulse" else (17 * turn + 5 * place + 3) % 64
            fixed = name not in ("x", "w", "g")
            tensors.append(replace(tensor, pattern=tensor.pattern if fixed else pattern, k=k))
        yield replace(case, tensors=tuple(tensors))


def _filled(tensor: Tensor, own: tuple[str, int] | None) -> Tensor:
    return tensor if own is None else replace(tensor, pattern=own[0], k=own[1])
