"""Convolution in other words: what it comes to for special kernels, and for two in a row."""

from __future__ import annotations

from convspec.spec.groups import CONVOLUTIONS

from .point import Point

POINTS = (
    Point(
        "pointwise", ("conv",),
        "A kernel of one cell multiplies the channels of each pixel by one matrix: the maps keep"
        " their size, their number becomes that of the filters.",
        "y[n, :, i] = W·x[n, :, i·s] + b", ("C8", "Lin et al., Network in Network,"
        " arXiv:1312.4400, §3.1"),
        note="K·C weights and K·C multiply-accumulates a pixel, whatever the maps' size: as a"
        " bottleneck it makes the kernel after it cheaper by K/C.",
    ),
    Point(
        "pixel-permutation", ("conv",),
        "A kernel of one cell, with stride 1 and no padding, commutes with every permutation of the"
        " pixels.",
        "f(Px) = P f(x)", ("G7", "C8"),
        note="So a 1×1 convolution keeps where things are; a dense layer gives no position back.",
    ),
    Point(
        "whole-input-kernel", ("conv",),
        "With a kernel as large as the input, and no padding, convolution is the dense layer over"
        " all cells; permuting the pixels of input and kernel alike then changes nothing.",
        "f(x) = W·vec(x) + b, f(Px, Pw) = f(x, w)", ("G7", "N4"),
        note="A dense layer has a weight for every cell of its input, C·n_1·…·n_r per output,"
        " against C·k_1·…·k_r, and to it neighbours are cells like any others.",
    ),
    Point(
        "associative", ("conv",),
        "A convolution of stride 1 and an unpadded one after it, alike dilated, are one convolution"
        " with the full convolution of the two kernels, and the stride of the second.",
        "f(f(x, w; p, s = 1), w′; 0, s) = f(x, w ∗ w′; p, s), (w ∗ w′)[k] = Σ_{i+j=k} w′[j]·w[i]",
        ("C1", "C2"),
        note="Padding between the two would cut the first map off to zeros, which one kernel"
        " cannot do.",
    ),
    Point(
        "separable", ("conv",),
        "A kernel that is the outer product of one line per axis may be applied line by line, in"
        " any order, each with the stride, padding and dilation of its axis.",
        "f(x, u ⊗ v) = f(f(x, u along axis 0), v along axis 1)", ("C1",),
    ),
    Point(
        "depthwise", CONVOLUTIONS,
        "With as many groups as input channels, channel c alone makes the maps c·m … c·m + m − 1;"
        " it is what one group makes of a kernel with zeros for all other channels.",
        "y[c·m + j] = x[c] ⋆ w[c·m + j]", ("Chollet, Xception, arXiv:1610.02357, §2",),
    ),
    Point(
        "matched-filter", ("conv",),
        "Of all patches with the norm of the kernel, the kernel's own pattern, and no other, gets"
        " the greatest response: the square of that norm.",
        "‖x‖ = ‖w‖ ⇒ ⟨x, w⟩ ≤ ‖w‖², equal for x = w alone", ("C3", "Cauchy–Schwarz"),
        note="“Large where the input matches” holds among patches of equal norm. A brighter patch"
        " that matches less can get a greater response; normalised correlation divides that out.",
    ),
)  # fmt: skip
