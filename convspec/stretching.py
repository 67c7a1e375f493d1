"""Cases of long sums, and of many: the levels that their factors have.

The extents are cut to the work allowed as those of other cases are, beginning with a different one
in different rows: some cases are left with few long sums, some with many short ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convspec.spec.claims import OpClaims

_LEVELS: Mapping[str, tuple[int, ...]] = {
    "batch": (1, 2, 3, 4, 8, 16),
    "channels": (1, 2, 3, 4, 8, 9, 16, 33, 64, 100, 256, 512, 1024),
    "filters": (8, 9, 16, 17, 32, 33, 64),
    "outputs": (1, 2, 3, 5, 8, 12, 17, 24, 33),
    "fold": (1, 2, 3, 5, 8, 13),
    "tail": (0, 1, 2, 3),
    "size": (1, 2, 3, 5, 9, 17, 40, 64),
    "window": (1, 2, 3, 4, 5, 7, 11),
    "stride": (1, 2, 3),
    "low": (0, 1),
    "high": (0, 1),
    "groups": (1, 2, 4),
    "w.k": tuple(range(64, 128)),
    "g.k": tuple(range(128, 192)),
}
"""Contents are of tables of their own, so that no array is another one over again."""

_BOUNDED = {
    "window": "window", "stride": "stride", "low": "padding", "high": "padding", "groups": "groups",
}  # fmt: skip
"""Factor → what of the claims bounds it."""


def stretched(name: str, levels: tuple[Any, ...], claims: OpClaims) -> tuple[Any, ...]:
    """The levels of a factor (`stride1` is one of `stride`) where sums are to be long."""
    factor = name.rstrip("012")
    wanted = _LEVELS.get(factor)
    if wanted is None:
        return levels
    if factor in _BOUNDED:
        least, greatest = getattr(claims, _BOUNDED[factor])
        return tuple(n for n in wanted if least <= n <= greatest) or levels
    return wanted
