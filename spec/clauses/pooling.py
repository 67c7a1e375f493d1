"""What pooling is and does: among its neighbours, to values, and to places."""

from __future__ import annotations

from convspec.spec.groups import ADAPTIVE, GLOBAL, MAX_POOLS, MAXIMA, POOLS

from .point import Example, Point

STATISTICS = (*MAX_POOLS, "avg_pool")
"""Windowed pools by maximum or mean."""

CHOICES = (*STATISTICS, *ADAPTIVE, "global_avg_pool", "global_max_pool")
"""Pools by maximum or mean: what comes out lies among what was pooled."""

POINTS = (
    Point(
        "uniform-kernel", ("avg_pool",),
        "Average pooling is a depthwise convolution with a kernel of ones, divided by the taps that"
        " count.",
        "K·avg(x) = conv(x, 1; groups = C)", ("O3", "O10"),
        note="Stride and pooling both make the map smaller. They differ in what is kept: a strided"
        " convolution weighs the cells of a window with a learned kernel, pooling takes a fixed"
        " statistic of them. The average is the case in which both meet.",
        examples=(
            Example("avg_pool window=2 stride=2 x=1x1x4:float32:ramp@0", (1, 1, 2), (-2.5, -0.5)),
        ),
    ),
    Point(
        "subsampling", STATISTICS,
        "A pool whose window is a single cell keeps every s-th cell: subsampling is all it does.",
        "k = 1: y[o] = x[o·s]", ("O10", "T5"),
        examples=(
            Example("max_pool window=1 stride=3 x=1x1x7:float32:ramp@0", (1, 1, 3), (-3, 0, 3)),
        ),
    ),
    Point(
        "grouping", STATISTICS,
        "Windows side by side are groups of cells; each output is the statistic of its group.",
        "s = k, p = 0: y[o] = stat(x[o·k], …, x[o·k + k − 1])", ("O8", "O7"),
        examples=(
            Example("max_pool window=2 stride=2 x=1x1x6:float32:ramp@0", (1, 1, 3), (-2, 0, 2)),
        ),
    ),
    Point(
        "nested", STATISTICS,
        "Pooling over windows side by side, twice, is pooling once over windows of the product.",
        "pool_b(pool_a(x)) = pool_ab(x)  (s = k, p = 0)", ("O1", "O3"),
    ),
    Point(
        "pool-of-pool", MAX_POOLS,
        "At stride 1, a maximum over windows of a and then of b is one over windows of a + b − 1.",
        "max_b(max_a(x)) = max_{a+b−1}(x)", ("O1",),
    ),
    Point(
        "channels-kept", (*POOLS, *ADAPTIVE, *GLOBAL),
        "There are as many channels after pooling as before.", "(N, C, …) → (N, C, …)", ("O6",),
    ),
    Point(
        "parameter-free", (*POOLS, *ADAPTIVE, *GLOBAL),
        "Pooling has no weights: it takes the input alone, and has one gradient.",
        "inputs = (x)", ("O4", "G2"),
        unlawful="it says what the operation takes, and an implementation is never given more; the"
        " signature is checked, and so is that the parameter count is 0",
    ),
    Point(
        "constants", CHOICES,
        "A constant map stays constant, wherever a window holds real cells alone or padding is not"
        " counted.",
        "f(c·1) = c·1", ("O3", "O1"),
    ),
    Point(
        "range", CHOICES,
        "No output lies outside the values it was made of.", "min x ≤ f(x) ≤ max x", ("O1", "O3"),
    ),
    Point(
        "monotone", CHOICES, "A larger input has no smaller output.",
        "x ≤ x′ ⇒ f(x) ≤ f(x′)", ("O1", "O3"),
    ),
    Point(
        "increasing-maps", MAXIMA,
        "The maximum commutes with every increasing function: it depends on the order of the values"
        " and on nothing else.",
        "max(φ(x)) = φ(max(x))", ("O1",),
    ),
    Point(
        "lipschitz", CHOICES,
        "A change of the input by at most δ in every cell changes no output by more than δ.",
        "‖f(x) − f(x′)‖∞ ≤ ‖x − x′‖∞", ("O5",),
        note="The notes call pooling insensitive to noise. Precisely: noise comes out no larger"
        " than it went in, and a maximum does not change at all while the order does not.",
    ),
    Point(
        "lone-peak", MAX_POOLS,
        "A single peak keeps its full height in every window that reads it.",
        "x = h·e_i, h > 0: y[o] = h·[o reads i]", ("O9",),
    ),
    Point(
        "above-the-mean", ("max_pool",),
        "The maximum of a window is at least its mean, and equal to it only where the window is"
        " constant.",
        "min ≤ avg ≤ max, avg = max ⇔ min = max", ("O9",),
        note="“Sharp” and “smooth” are made precise here: a maximum exceeds the average of its"
        " window by all that the window varies, and keeps a lone peak whole.",
    ),
    Point(
        "total-variation", ("avg_pool",),
        "Averages over windows side by side vary no more than the input.",
        "Σ|y[o + 1] − y[o]|·Π k_other ≤ Σ|x[i + 1] − x[i]|", ("O9",),
        note="“Smooth features”: true in this sense of windows that do not overlap.",
    ),
)  # fmt: skip
