"""The clauses: every statement an implementation is held to, with a stable slug.

A slug is ``operation.point``. The points that hold for several operations are written once,
with the operations they hold for, in the modules of this package; `CLAUSES` has one clause per
operation and point. Levels are those of RFC 2119.
"""

from __future__ import annotations

from . import calls, gradients, independence, linearity, networks, second, structure, values
from .point import LEVELS, SPEC_VERSION, Clause, Point

__all__ = ["CLAUSES", "LEVELS", "POINTS", "SPEC_VERSION", "Clause", "Point"]

POINTS: tuple[Point, ...] = (
    *values.POINTS, *linearity.POINTS, *gradients.POINTS, *second.POINTS,
    *networks.POINTS, *structure.POINTS,
    *independence.POINTS, *calls.POINTS,
)  # fmt: skip

CLAUSES: dict[str, Clause] = {c.slug: c for point in POINTS for c in point.clauses()}

if len(CLAUSES) != sum(len(point.ops) for point in POINTS):
    raise ValueError("two clauses have the same slug")
