"""Of several NaN, which one."""

from __future__ import annotations

from convspec.spec.groups import MAX_POOLS

from .point import Point

_SOURCE = ("dialect point max_pool.nan-index",)

POINTS = (
    Point(
        "nan-index", ("max_pool_with_indices",),
        "Of several NaN in a window, the index is that of the first.", "", _SOURCE,
    ),
    Point(
        "nan-gradient", MAX_POOLS,
        "The gradient of a window that holds NaN goes to the first of them.", "", _SOURCE,
    ),
)  # fmt: skip
