"""Who would do otherwise with this very layer.

The facts themselves stand in `spec.dialects`: who makes which choice at a dialect point, and what
implementations refuse or lack. Here is what some of them mean for given numbers, so that
``convspec explain`` answers with sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .declared import chosen
from .layers import Layer, kept_size, times
from .spec.dialects import DIALECT_POINTS, HOW, LIMITS, DialectPoint, Limit, Seen
from .spec.relation import same_padding

Here = Callable[[Layer], str]
"""What a fact means for a layer; an empty text where it means nothing."""


@dataclass(frozen=True)
class Fact:
    """Something that `who` does, how it is known, and what it means for a layer."""

    ops: tuple[str, ...]
    who: str
    does: str
    how: str
    here: Here


def limits_for(ops: tuple[str, ...], topic: str = "") -> list[Limit]:
    """The limits of any of these operations (all if empty), and on the topic if given."""
    return [
        limit
        for limit in LIMITS.values()
        if (not ops or set(ops) & set(limit.ops)) and (not topic or topic in limit.topics)
    ]


def facts_for(op: str) -> list[Fact]:
    """What is known of others about an operation, and can be worked out for a layer of it."""
    found = []
    for name, here in CHOICES.items():
        point_name, _, choice = name.partition(" ")
        point = DIALECT_POINTS[point_name]
        if op in point.ops:
            for how in HOW:
                who = [s for s in chosen(point) if s.choice == choice and s.how == how]
                if who:
                    found.append(Fact(point.ops, names(who), _does(point, choice), how, here))
    found += [
        Fact(limit.ops, limit.who, limit.does, limit.how, REMARKS[limit.name])
        for limit in limits_for((op,))
        if limit.name in REMARKS
    ]
    return found


def names(seen: list[Seen]) -> str:
    """Who they are, in one line."""
    return "; ".join(s.name for s in seen)


def _does(point: DialectPoint, choice: str) -> str:
    return f"{point.choices[choice]} ({point.name} “{choice}”)"


def _ceil(layer: Layer) -> bool:
    return layer.axes[0].ceil


def _kept(layer: Layer) -> str:
    if not _ceil(layer):
        return ""
    sizes = tuple(map(kept_size, layer.axes))
    if sizes != layer.result:
        return f"output {times(sizes)} instead of {times(layer.result)}"
    return f"output {times(sizes)}, the same: here no window starts past the input"


def _floor(layer: Layer) -> str:
    if not _ceil(layer):
        return ""
    floors = tuple((a.padded - a.extent) // a.stride + 1 for a in layer.axes)
    same = "the same" if floors == layer.result else f"instead of {times(layer.result)}"
    return f"output {times(floors)}, {same}"


def _side(lower: bool) -> Here:
    def here(layer: Layer) -> str:
        if not _same(layer):
            return ""
        if all(a.low == a.high for a in layer.axes):
            return "" if lower else "the totals are even, so both sides get the same"
        pads = [same_padding(a.size, a.window, a.stride, a.dilation, lower) for a in layer.axes]
        return f"padding {','.join(f'{low}:{high}' for low, high in pads)}"

    return here


def _same(layer: Layer) -> bool:
    return layer.padding in ("same_upper", "same_lower")


def _if(wanted: Callable[[Layer], bool], said: str) -> Here:
    return lambda layer: said if wanted(layer) else ""


def _strided(layer: Layer) -> bool:
    return any(a.stride > 1 for a in layer.axes)


def _dilated(layer: Layer) -> bool:
    return any(a.dilation > 1 for a in layer.axes)


def _padded(layer: Layer) -> bool:
    return any(a.low or a.high for a in layer.axes)


def _lopsided(layer: Layer) -> bool:
    return not _same(layer) and any(a.low != a.high for a in layer.axes)


def _wide_pads(layer: Layer) -> bool:
    return any(max(a.low, a.high) > a.window // 2 for a in layer.axes)


def _border(layer: Layer) -> bool:
    return layer.small and any(min(a.real_counts(), default=0) < a.window for a in layer.axes)


def _full_divisor(layer: Layer) -> str:
    if not (_clipped(layer) and _padded(layer)):
        return ""
    taps = times([a.window for a in layer.axes])
    return f"windows with overhang are divided by all {taps} taps, padding counted"


def _clipped(layer: Layer) -> bool:
    return _ceil(layer) and any(a.overhang for a in layer.axes)


def _keras_transposed(layer: Layer) -> str:
    sizes = [a.out * a.stride + max(a.window - a.stride, 0) for a in layer.axes]
    if _padded(layer) or _dilated(layer) or tuple(sizes) == layer.result:
        return ""
    return f"VALID gives {times(sizes)} instead of {times(layer.result)}"


def _more_than_stride(layer: Layer) -> bool:
    pairs = zip(layer.output_padding, layer.axes, strict=False)
    return any(more >= a.stride for more, a in pairs)


CHOICES: dict[str, Here] = {
    "pool.ceil-mode keep": _kept,
    "same.odd-cell high": _side(False),
    "same.odd-cell low": _side(True),
    "same.size refused": _if(lambda x: _same(x) and _strided(x), "refused"),
    "padding.per-side symmetric": _if(_lopsided, "needs a pad before the call"),
    "avg_pool.count-include-pad included": _if(
        _padded, "with its defaults, the table that counts padding"
    ),
    "avg_pool.count-include-pad excluded": _if(
        _padded, "with their defaults, the table of real cells"
    ),
    "avg_pool.count-include-pad never": _if(_border, "always the table of real cells"),
    "avg_pool.overhang full-if-padded": _full_divisor,
    "lp_pool.clipped-window rescaled": _if(_clipped, "windows with overhang are scaled up"),
    "conv_transpose.valid-size keras": _keras_transposed,
    "conv_transpose.output-padding stride": _if(_more_than_stride, "refused"),
}
"""Dialect point and choice → what the choice means for a layer."""

REMARKS: dict[str, Here] = {
    "no-ceil-mode": _floor,
    "same-dilated": _if(lambda x: _same(x) and _dilated(x), "refused"),
    "keras-dilated": _if(lambda x: _strided(x) and _dilated(x), "refused"),
    "tf-depthwise": _if(lambda x: _strided(x) and _dilated(x), "do not rely on it"),
    "half-window": _if(_wide_pads, "refused"),
    "below-window": _if(lambda x: any(max(a.low, a.high) >= a.window for a in x.axes), "refused"),
    "paddle-same-divisor": _if(
        lambda x: _same(x) and _padded(x), "the table of real cells, whatever is asked"
    ),
    "no-dilated-average": _if(_dilated, "refused"),
    "lp-unpadded": _if(lambda x: _padded(x) or _dilated(x), "refused"),
}
"""Limit → what it means for a layer."""
