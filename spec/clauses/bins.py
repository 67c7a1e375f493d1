"""Adaptive pools, by their bins, and pools that take norms."""

from __future__ import annotations

from convspec.spec.groups import ADAPTIVE

from .point import Point

POINTS = (
    Point(
        "bins", ADAPTIVE,
        "Bin i of o over n cells reaches from ⌊i·n/o⌋ up to, and without, ⌈(i + 1)·n/o⌉: the bins"
        " leave no cell out, none is empty, and neighbours share a cell where o does not divide"
        " what they end at.",
        "bin i = [⌊i·n/o⌋, ⌈(i + 1)·n/o⌉)", ("PyTorch, AdaptiveAvgPool",),
    ),
    Point(
        "partition", ADAPTIVE,
        "Where the output divides the input, it is the pool whose window and stride are the"
        " quotient.",
        "o | n ⇒ window = stride = n/o", ("O7",),
    ),
    Point("identity", ADAPTIVE, "An output as large as the input is the input.", "o = n ⇒ y = x"),
    Point("global", ADAPTIVE, "An output of one cell is the global pool.", "o = 1 ⇒ y = global(x)",
           ("G1", "G3")),
    Point(
        "sum", ("lp_pool",), "With p = 1 it sums the magnitudes of each window.",
        "p = 1 ⇒ y = Σ|x|",
    ),
    Point(
        "monotone", ("lp_pool",), "A greater p never gives a greater norm.",
        "y(p + 1) ≤ y(p)",
    ),
    Point(
        "homogeneous", ("lp_pool",),
        "The norm of a multiple is the multiple of the norm; the sign does not count.",
        "f(αx) = |α|·f(x)",
    ),
    Point(
        "gradient-zero", ("lp_pool",),
        "A cell that is 0 gets the gradient 0, also where the norm has no derivative: for p = 1,"
        " and in a window of zeros.",
        "dx = 0 where x = 0",
    ),
)  # fmt: skip
