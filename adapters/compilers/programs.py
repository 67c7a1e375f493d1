"""Compiled programs, kept by what they were compiled for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Program = TypeVar("Program")

KEPT = 512
"""Programs that are kept: more than the laws of an operation meet in the quick profile."""


class Programs(Generic[Program]):
    """Makes a program when it is first asked for; the least recently used ones are given up."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._made: OrderedDict[Hashable, Program] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Program]) -> Program:
        """The program of a key. What `make` raises passes through, and nothing is kept of it."""
        if key in self._made:
            self._made.move_to_end(key)
            return self._made[key]
        program = self._made[key] = make()
        if len(self._made) > self._kept:
            self._made.popitem(last=False)
        return program
