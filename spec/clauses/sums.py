"""What sums are kept in, and what becomes of them in the type of the result."""

from __future__ import annotations

from convspec.spec.groups import SUMMED_BACK, SUMMING

from .point import HIGHAM, Point

IEEE = "IEEE 754-2019, §4.3"

POINTS = (
    Point(
        "accumulator", SUMMING,
        "Sums are kept in the type that is claimed, that of the inputs if nothing is, and are"
        " rounded once, to nearest and even, to the type of the result. The bias is a term of the"
        " sum: it is added before that rounding.",
        "y = round(Σ w·x + b), if Σ|w·x| + |b| < 2^p, p being the bits of the accumulator's"
        " significand",
        (HIGHAM, IEEE),
        note="Whole numbers show it without doubt: as long as they fit the accumulator, every order"
        " of summation gives the same bits. A kernel that stores partial sums in the type of the"
        " result (split over channels, or before the bias is added) sums in that type, and claims"
        " no other.",
    ),
    Point(
        "gradient-accumulator", SUMMED_BACK,
        "Sums of gradients are kept in the type that is claimed for them and rounded once.",
        "dx = round(Σ w·g), dw = round(Σ x·g), db = round(Σ g)",
        (HIGHAM, IEEE),
    ),
    Point(
        "overflow", SUMMING,
        "A sum of integers that leaves their type wraps around. An adapter may claim instead that"
        " it saturates, or that it is returned in a wider type, which then wraps around.",
        "y = ((Σ + 2^(b−1)) mod 2^b) − 2^(b−1) in b bits; or min(max(Σ, least), greatest)",
        ("dialect point conv.integer-sum",),
        note="Modulo 2^b it makes no difference whether the accumulator is wider.",
    ),
)  # fmt: skip
