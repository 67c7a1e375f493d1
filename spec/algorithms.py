"""Algorithms of convolution that round more than a sum of products does, as adapters declare them.

``winograd-6x3`` makes tiles of 6 outputs of kernels of 3 taps along each axis (``winograd`` alone
is that, and so are the tiles of 8 cells for other kernels), ``fft-16`` transforms tiles of 16 cells
along each axis, ``fft`` whole maps. Where it depends on the call which is taken, ``+`` joins them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(r"(winograd)(?:-(\d+)x(\d+))?|(fft)(?:-(\d+))?")


@dataclass(frozen=True)
class Transform:
    """One transform. `tile`: the cells of a tile along an axis, None for all there are."""

    kind: str
    tile: int | None


def transforms(text: str) -> tuple[Transform, ...]:
    """Read a declaration. Raises ValueError with what is allowed."""
    found = []
    for part in text.split("+"):
        match = _FORM.fullmatch(part)
        if match is None:
            raise ValueError(
                f"{text!r} is no algorithm; such are winograd, winograd-4x3, fft, fft-16, joined by"
                " +"
            )
        if match[1]:
            outputs, taps = int(match[2] or 6), int(match[3] or 3)
            if not (outputs and taps and outputs + taps <= 17):
                raise ValueError(f"{part}: a tile has from 1 to 16 cells")
            found.append(Transform("winograd", outputs + taps - 1))
        else:
            found.append(Transform("fft", int(match[5]) if match[5] else None))
    return tuple(found)
