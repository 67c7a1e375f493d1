"""Linear maps, and maps that are linear over (max, +)."""

from __future__ import annotations

from convspec.spec.groups import LINEAR, MAXIMA, WEIGHTED

from .point import Point

POINTS = (
    Point("linear-in-input", LINEAR, "The operation is linear in its input.",
           "f(αx + βx′) = αf(x) + βf(x′)", ("C2",)),
    Point("linear-in-weight", WEIGHTED, "The operation is linear in its weight.",
           "f(x, αw + βw′) = αf(x, w) + βf(x, w′)", ("C2",)),
    Point("affine-in-bias", WEIGHTED, "The bias of a filter is added once to every cell of"
    " its map.",
           "f(x, w, b)[n, j] = f(x, w)[n, j] + b[j]", ("C2",)),
    Point("max-linear", MAXIMA,
           "Max pooling is linear over (max, +).",
           "f(max(x, x′)) = max(f(x), f(x′)), f(x + c) = f(x) + c", ("O5",)),
)  # fmt: skip
