"""A call as text, in one line or in several: for programs that show a failure without us."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

WIDTH = 96
"""Columns after which a call is broken into lines."""


def wrapped(start: str, arguments: Sequence[str]) -> list[str]:
    """The call of what `start` ends with, such as ``y = F.conv2d``, as lines of a program."""
    whole = ", ".join(arguments)
    line = f"{start}({whole})"
    if len(line) <= WIDTH:
        return [line]
    inner = wrap(whole, WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    return [f"{start}(", *(f"    {part}" for part in inner), ")"]
