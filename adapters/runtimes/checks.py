"""What the writers of models check themselves, since the forms of models have no place for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def per_axis(rank: int, **given: Sequence[Any] | str) -> None:
    """Raise ValueError where a parameter has not one entry per axis: some would be left out."""
    for name, values in given.items():
        if not isinstance(values, str) and len(values) != rank:
            raise ValueError(f"{name} has {len(values)} entries for {rank} spatial axes")
