"""The clauses: every statement an implementation is held to, with a stable slug.

A slug is ``operation.point``. The points that hold for several operations are written once,
with the operations they hold for, in the modules of this package; `CLAUSES` has one clause per
operation and point. Levels are those of RFC 2119.
"""

from __future__ import annotations

from . import (
    bins,
    calls,
    classifier,
    convolution,
    counting,
    coverage,
    global_pooling,
    gradients,
    independence,
    linearity,
    nans,
    networks,
    pads,
    pooling,
    precision,
    relationships,
    second,
    space,
    special,
    structure,
    sums,
    trust,
    values,
)
from .point import LEVELS, SPEC_VERSION, Clause, Example, Point

__all__ = ["CLAUSES", "LEVELS", "POINTS", "SPEC_VERSION", "Clause", "Example", "Point"]

_THEMES = (
    values,
    precision,
    sums,
    nans,
    pads,
    bins,
    linearity,
    gradients,
    second,
    structure,
    relationships,
    pooling,
    coverage,
    global_pooling,
    space,
    convolution,
    counting,
    special,
    independence,
    classifier,
    networks,
    calls,
    trust,
)

POINTS: tuple[Point, ...] = tuple(point for theme in _THEMES for point in theme.POINTS)

CLAUSES: dict[str, Clause] = {c.slug: c for point in POINTS for c in point.clauses()}

if len(CLAUSES) != sum(len(point.ops) for point in POINTS):
    raise ValueError("two clauses have the same slug")
