"""What is made once for each shape, of which the last used are kept: programs, models, networks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Recent(Generic[Made]):
    """Makes what is asked for when it first is; the least recently used is given up."""

    def __init__(self, kept: int) -> None:
        """`kept`: how many are, so that memory stays bounded."""
        self._kept = kept
        self._made: OrderedDict[Hashable, Made] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What belongs to a key. What `make` raises passes through, and nothing is kept of it."""
        if key in self._made:
            self._made.move_to_end(key)
            return self._made[key]
        made = self._made[key] = make()
        if len(self._made) > self._kept:
            self._made.popitem(last=False)
        return made
