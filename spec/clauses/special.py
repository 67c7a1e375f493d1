"""What becomes of the numbers that are special: NaN, ±∞, −0, subnormals; and of other scales."""

from __future__ import annotations

from convspec.spec.groups import CONVOLUTIONS, EVERY, LINEAR, MAXIMA, SCALED

from .point import Point

IEEE = "IEEE 754-2019"

SHOWS = (
    "A NaN or an infinity in the input shows in the outputs that read it with a weight that is"
    " not 0: NaN, or the infinity of the product's sign. Every other output is what it is without."
)

POINTS = (
    Point(
        "special-values", CONVOLUTIONS, SHOWS,
        "x[i] = ∞, y[o] reads i with weight w ⇒ y[o] = w·∞", (f"{IEEE}, §6", "C6"),
        level="SHOULD",
        note="An algorithm that mixes neighbouring windows on the way (Winograd, FFT) spreads such"
        " a cell over a tile or a row, and does not conform in this. PyTorch 2.13 without oneDNN is"
        " an example: it hands float32 batches of 16 and more to NNPACK, where a NaN fills a tile"
        " of 6×6 outputs.",
    ),
    Point(
        "special-values", tuple(op for op in LINEAR if op not in CONVOLUTIONS), SHOWS,
        "x[i] = ∞, y[o] reads i ⇒ y[o] = ∞", (f"{IEEE}, §6", "C6"),
    ),
    Point(
        "special-values", MAXIMA,
        "+∞ is the maximum of every window that reads it; −∞ is that of windows that hold nothing"
        " else.",
        "max(∞, x) = ∞, max(−∞, x) = x", (f"{IEEE}, §9.6", "O1"),
    ),
    Point(
        "special-values", ("relu",), "+∞ stays, −∞ becomes 0.",
        "max(∞, 0) = ∞, max(−∞, 0) = 0", (f"{IEEE}, §9.6", "N1"),
    ),
    Point(
        "zero-times-infinity", CONVOLUTIONS,
        "Where a weight of 0 meets an infinity or a NaN, the output is NaN, as the product is, or"
        " the sum of the other taps, where weights of 0 are skipped: nothing else.",
        "0·∞ = NaN", (f"{IEEE}, §7.2",),
        note="The reference computes the product. What skips zeros, such as a sparse kernel, is"
        " allowed to: the spec does not choose.",
    ),
    Point(
        "infinite-weight", CONVOLUTIONS,
        "An infinite or NaN weight shows in every output of its map whose tap reads a cell that is"
        " not 0. Where its tap lies in the padding, the output is NaN, as 0·∞ is, or goes"
        " without the tap. Other maps do not change.",
        "w[k] = ∞, x[o·s − p_lo + d·k] ≠ 0 ⇒ y[o] = x·∞", (f"{IEEE}, §7.2", "P3", "C5"),
        note="Padding “adds no information” as long as weights are finite. With an infinite one it"
        " does where the zeros are really there and multiplied; an implementation that clips its"
        " windows to the input leaves them out. Both are found, in PyTorch within one library:"
        " it depends on the shape. The spec does not choose.",
    ),
    Point(
        "negative-zero", ("pad", *MAXIMA),
        "−0 stays −0 where cells are only moved, and where a window holds no other cell.",
        "", (f"{IEEE}, §6.3",),
        note="Of −0 and +0 together either is the maximum. The sign of a sum that is 0 depends on"
        " what the sum begins with, and is not specified.",
    ),
    Point(
        "subnormals", SCALED,
        "Numbers too small to be normal are numbers: they are not flushed to 0, on the way in or"
        " out.",
        "f(2^−149·x) = 2^−149·f(x) for float32 and integers x", (f"{IEEE}, §7.5",),
        level="SHOULD",
        note="Much hardware is set to flush them for speed; it then deviates here and in nothing"
        " else.",
    ),
    Point(
        "power-of-two", SCALED,
        "Scaling by powers of 2 scales the result, bit for bit, as long as nothing overflows or"
        " underflows.",
        "f(2^a·x, 2^b·w) = 2^(a+b)·f(x, w)", (f"{IEEE}, §4.3", "C2"),
        note="It holds for any order of summation that is the same for both, and shows what has a"
        " scale of its own: thresholds, fixed point, sums kept in a type of smaller range.",
    ),
    Point(
        "read-only", EVERY,
        "Arrays that may not be written to are inputs like others: a call that writes nothing into"
        " its inputs needs no leave to.",
    ),
)  # fmt: skip
