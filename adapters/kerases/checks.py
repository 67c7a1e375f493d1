"""What has to fit together before a call is planned: neither library checks it so in every call."""

from __future__ import annotations

from collections.abc import Mapping

from .lines import Pads, Shape


def rank_of(shape: Shape, library: str) -> int:
    """The number of spatial axes. Raises ValueError where the library has no function for it."""
    if not 3 <= len(shape) <= 5:
        raise ValueError(f"{library} has 1, 2 or 3 spatial axes, not those of shape {shape}")
    return len(shape) - 2


def in_groups(shapes: Mapping[str, Shape], rank: int, groups: int) -> int:
    """The channels of a convolution's input. Raises ValueError where groups or axes do not fit.

    The libraries read the groups off the channels, so that they cannot tell a wrong number.
    """
    channels, inputs = shapes["x"][1], (shapes["w"][1] if len(shapes["w"]) > 1 else 0)
    if channels != inputs * groups or len(shapes["w"]) != rank + 2:
        raise ValueError(f"{channels} channels are not {groups} groups of {inputs}")
    return channels


def pairs_of(padding: Pads, rank: int) -> Pads:
    """Amounts of padding. Raises ValueError where there is not one pair for each axis."""
    # Ours to check: with batch and channels around them a wrong number of pairs could fit.
    if len(padding) != rank:
        raise ValueError(f"padding has {len(padding)} pairs for {rank} spatial axes")
    return padding


def transposed(shapes: Mapping[str, Shape], rank: int, padding: Pads) -> None:
    """Raise ValueError where a weight or padding does not fit, or that is negative."""
    if len(shapes["w"]) != rank + 2 or shapes["w"][0] != shapes["x"][1]:
        raise ValueError(f"a weight {shapes['w']} does not fit an input {shapes['x']}")
    if any(low < 0 or high < 0 for low, high in pairs_of(padding, rank)):
        raise ValueError(f"padding cannot be negative: {padding}")


def flat(shapes: Mapping[str, Shape], *names: str) -> None:
    """Raise ValueError where an array is not (N, C)."""
    for name in names:
        if len(shapes[name]) != 2:
            raise ValueError(f"{name} needs two axes, not shape {shapes[name]}")
