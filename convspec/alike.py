"""Ways to make the levels of a row alike, as networks have them.

Levels drawn each on its own hardly ever agree in 3-D, as they do in most networks, and in what
libraries have fast paths for. A way says for each place of a row which place's level it takes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from typing import Any

from convspec.spec.groups import CONVOLUTIONS

Way = tuple[int | None, ...]
"""For each place of a row the one whose level it takes; None: the simplest level."""

Fields = Sequence[tuple[str, Sequence[Any]]]
"""The name and the levels of each place of a row."""

_ALIKE = ("window", "stride", "dilation", "low")
"""Parameters that networks mostly have alike for all axes; `high` goes with `low`."""

_POINTWISE = {"window": 1, "low": 0, "high": 0}
"""Kernels of one cell, which need no padding."""

_ONE_SIDED = {"padding": "explicit", "stride": 1, "dilation": 1, "high": 0}
"""Padding before the first cell alone, as causal convolutions have it."""


def ways(op: str, fields: Fields) -> tuple[Way, ...]:
    """All ways for the rows of an operation; what shall come more often stands several times.

    Windows, strides, dilations and padding are alike on all axes, each or not, and padding is at
    both ends, or not. The row as it is, equal ends, and all alike come more often than the
    mixtures; so do convolutions of two plain kinds. Where all is alike, weights lie in memory as
    what they meet.
    """
    mixtures = [
        _way(fields, [stem for stem, alike in zip(_ALIKE, axes, strict=True) if alike], ends)
        for *axes, ends in product((False, True), repeat=len(_ALIKE) + 1)
    ]
    own, equal_ends, *_, everything = mixtures
    often = [own, equal_ends, everything]
    if op in CONVOLUTIONS:
        often += [_plain(fields, everything, _POINTWISE), _plain(fields, own, _ONE_SIDED)]
    return (*often * (len(mixtures) // 4), *mixtures)


def _way(fields: Fields, axes: Collection[str], ends: bool) -> Way:
    """What `axes` names is alike on all axes, and padding at both `ends`."""
    places = {name: i for i, (name, _) in enumerate(fields)}
    way = list(range(len(fields)))
    for name, i in places.items():
        stem = name.rstrip("012")
        if stem != name and stem in (*_ALIKE, "high"):
            axis = "0" if {"high": "low"}.get(stem, stem) in axes else name[len(stem) :]
            source = places[("low" if ends and stem == "high" else stem) + axis]
        elif name == "w.layout" and len(axes) == len(_ALIKE):
            source = places["x.layout"]
        else:
            continue
        # A field that a law gave levels of its own keeps them.
        if fields[source][1] == fields[i][1]:
            way[i] = source
    return tuple(way)


def _plain(fields: Fields, way: Way, plain: Mapping[str, Any]) -> Way:
    """The same with the simplest levels of some parameters, where they are as said."""
    return tuple(
        None if plain.get(name.rstrip("012")) == levels[0] else place
        for (name, levels), place in zip(fields, way, strict=True)
    )
