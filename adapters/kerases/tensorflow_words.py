"""Parameters as TensorFlow takes them, per axis and around it; and the bias behind a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import checks
from .lines import B, Ints, Line, Shape, Y

NAMED = {"same_upper": "SAME", "valid": "VALID"}


def rank_of(shape: Shape) -> int:
    """The number of spatial axes. Raises ValueError where TensorFlow has no function for it."""
    return checks.rank_of(shape, "TensorFlow")


def named(padding: str) -> str:
    """TensorFlow's name of a padding. Raises ValueError where it has none."""
    if padding not in NAMED:
        raise ValueError(f"TensorFlow has no padding {padding!r}")
    return NAMED[padding]


def around(pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Amounts for every axis of (N, *spatial, C)."""
    return [[0, 0], *([low, high] for low, high in pairs), [0, 0]]


def lists(rank: int, *per_axis: Ints) -> list[list[int]]:
    """Parameters as TensorFlow takes them, one number per spatial axis."""
    for values in per_axis:
        if len(values) != rank:
            raise ValueError(f"{values} has {len(values)} entries for {rank} spatial axes")
    return [list(values) for values in per_axis]


def biased(lines: list[Line], shapes: Mapping[str, Shape]) -> list[Line]:
    """The lines, and that of the bias if there is one."""
    if "b" in shapes:
        lines.append(Line("y", "tf.nn.bias_add", {"value": Y, "bias": B}))
    return lines
