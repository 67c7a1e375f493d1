"""What the parameters mean, each in terms of the operation without it."""

from __future__ import annotations

from convspec.spec.groups import CONVOLUTIONS, POOLS, WINDOWED

from .point import ARITHMETIC, Point

POINTS = (
    Point(
        "transpose", ("conv_transpose",),
        "A transposed convolution is the adjoint of the convolution in its input.",
        "⟨conv_transpose(x), y⟩ = ⟨x, conv(y)⟩", (f"{ARITHMETIC}, §4",),
    ),
    Point(
        "padding", ("conv_transpose",), "Padding cuts cells off the ends of the full result.",
        "f(x; p) = crop(f(x; 0), p)", (f"{ARITHMETIC}, §4",),
    ),
    Point("padding", ("conv", "max_pool", "avg_pool", "lp_pool"),
           "Padding is the same as the pad operation before, and none after.",
           "f(x; p) = f(pad(x, p); 0)", ("P1", "P3")),
    Point("stride", WINDOWED, "Stride s keeps every s-th output of stride 1, from the first on.",
           "f(x; s)[o] = f(x; 1)[s·o]", ("T1",)),
    Point("dilation", CONVOLUTIONS, "Dilation d is a kernel with d − 1 zeros between its cells.",
           "", (f"{ARITHMETIC}, §5.1",)),
    Point("groups", CONVOLUTIONS,
           "Output block j of g is the convolution of input block j with filter block j."),
    Point(
        "named-padding", WINDOWED,
        "“same” gives ⌈n/s⌉ outputs, an odd total of padding putting its extra cell at the high end"
        " (upper) or the low end (lower); “valid” pads nothing.",
        "total = max((⌈n/s⌉ − 1)s + d(k−1) + 1 − n, 0)", ("P2", "P4"),
    ),
    Point("ceil-mode", POOLS,
           "Ceil mode adds a last, partial window where cells are left over, and changes no"
           " other."),
)  # fmt: skip
