"""Which cells a pool reads, how often, and what it does not see."""

from __future__ import annotations

from convspec.spec.groups import MAX_POOLS, MAXIMA, POOLS

from .point import ARITHMETIC, Example, Point

POINTS = (
    Point(
        "coverage", ("avg_pool",),
        "The gradient of the sum of all outputs counts, in units of 1/K, the windows that read each"
        " cell.",
        "K·dx[i] = #{o : i = o·s − p_lo + d·k for a k}  (g = 1)", ("C4", "P5", "T5"),
        note="Without padding, the corner of a map is read by one window; with padding by more,"
        " yet by fewer than the middle. It takes full padding (k − 1 at both ends, stride 1) for"
        " every cell to be read by the same number.",
    ),
    Point(
        "read-once", ("avg_pool",),
        "Windows side by side read every cell that they cover exactly once, and a rest at the end"
        " not at all.",
        "s = k, p = 0: K·dx = 1 on the covered cells, 0 elsewhere", ("O7",),
        note="The notes advise against windows that overlap. That is a habit, not a rule: overlap"
        " is legal, and then cells are read several times (AlexNet pools 3×3 with stride 2)."
        " “Each value is used once” also needs the window to divide the input; a rest is dropped.",
    ),
    Point(
        "sums-preserved", ("avg_pool",),
        "Averages over windows side by side keep the sum of what they cover.",
        "s = k, p = 0: Σ_o K·y[o] = Σ x over the covered cells", ("O7", "O3"),
    ),
    Point(
        "overlap", ("conv", "avg_pool"),
        "Neighbouring windows share max(0, k − s) cells along an axis, and all cells along the"
        " others; dilated ones overlap by max(0, e − s) cells of their extents.",
        "|W(o) ∩ W(o + 1)| = max(0, k − s)  (d = 1)", (f"{ARITHMETIC}, §2", "T4", "C4"),
        note="The notes say that 3×3 windows at stride 1, or 5×5 ones at stride 2, do not overlap"
        " in their central parts. Of the cells this is not true: the first share 2 of 3 columns,"
        " the second 3 of 5. What is distinct is each window's middle cell. Windows share nothing"
        " from s = k on.",
        examples=(
            Example("conv x=1x1x5:float32:ones@0 w=1x1x3:float32:ones@0", (1, 1, 3), (3, 3, 3)),
            Example("avg_pool window=5 stride=2 x=1x1x7:float32:ones@0", (1, 1, 2), (1, 1)),
        ),
    ),
    Point(
        "discarded-cells", MAXIMA,
        "Of what it reads, a maximum sees only the greatest cells: all others may be lowered to"
        " the bottom, all at once.",
        "x′ = x where x is the maximum of a window that reads it, −∞ elsewhere: f(x′) = f(x)",
        ("O11",),
        note="Together with the unread cells this is all that can be changed without a trace:"
        " lowering every greatest cell of a window shows, and so does raising a cell above them.",
    ),
    Point(
        "window-permutation", POOLS,
        "The cells of a window that overlaps no other may stand in any order.",
        "s = k, p = 0: f(x∘π) = f(x) for permutations π inside windows", ("O5", "O9"),
        note="This is the exact core of “local invariance”. It is no invariance under shifts: a"
        " cell that moves across the border of two windows changes both.",
    ),
    Point(
        "small-shift", MAX_POOLS,
        "Under a shift by less than a window, each maximum stays within those of the two windows it"
        " comes from and goes to.",
        "s = k, 0 ≤ t ≤ k: y_t[o] ≤ max(y[o], y[o + 1]) and y[o + 1] ≤ max(y_t[o], y_t[o + 1])",
        ("O5",),
    ),
    Point(
        "padding-gradient", ("conv", "avg_pool"),
        "What would flow back into the padding is dropped: the gradient is that of the padded"
        " input, without its border.",
        "dx(p) = crop(dx(pad(x, p); 0), p)", ("P3",),
        note="“Zeros add no information” holds: they are constants, add nothing to the sum and"
        " receive no gradient. But the network can tell from them where the border is, and an"
        " average that counts them is smaller there.",
    ),
    Point(
        "shrinks-away", ("conv",),
        "Without padding, every layer takes e − 1 cells off each axis, until the kernel exceeds"
        " what is left and is refused.",
        "o = n − (e − 1); refused when n < e", ("P6",),
    ),
)  # fmt: skip
