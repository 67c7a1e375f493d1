"""What moving, mirroring and exchanging does: the symmetries of the index relation."""

from __future__ import annotations

from convspec.spec.groups import BATCHED, MAPS, PLACED, SCALED, WINDOWED

from .point import ARITHMETIC, Point

POINTS = (
    Point(
        "translation", WINDOWED,
        "An input moved by t strides moves by t the outputs whose windows lie wholly in the input,"
        " before and after.",
        "x′[i] = x[i + t·s] ⇒ f(x′)[o] = f(x)[o + t] away from the ends", ("C6", "O5"),
        note="Padding, and cells that come in or go out, show near the ends: the claim that"
        " convolution keeps where things are is exact in the interior only. A strided operation"
        " follows shifts by multiples of its stride; any other shift puts other cells under its"
        " windows and may change every output.",
    ),
    Point(
        "circular-translation", WINDOWED,
        "With circular padding of d(k−1) cells in all, and a stride that divides the input, turning"
        " the input round by t strides turns the output round by t.",
        "f(turn(x, t·s)) = turn(f(x), t)", ("C6",),
    ),
    Point(
        "flip", PLACED,
        "Mirroring input and kernel along an axis, and exchanging the low and high padding there,"
        " mirrors the result, where the stride leaves no cell over.",
        "f(flip x, flip w; p_hi, p_lo) = flip f(x, w; p_lo, p_hi) for s | n + p_lo + p_hi − e",
        (f"{ARITHMETIC}, §2",),
        note="Where cells are left over, or an output padding is added, it happens at the high end,"
        " and the two ends are not alike; so it is with a last window that ceil mode drops.",
    ),
    Point(
        "axis-exchange", MAPS,
        "No spatial axis is special: exchanging two of them in every array and in every parameter"
        " exchanges them in the result.",
        "f(xᵀ, wᵀ; sᵀ, pᵀ, dᵀ) = f(x, w; s, p, d)ᵀ",
    ),
    Point(
        "lower-rank", MAPS,
        "A spatial axis of one cell and one tap may be there or not: depth 1 makes 2-D of 3-D,"
        " height 1 makes 1-D of 2-D.",
        "f(x[:, :, None]; k = 1, p = 0) = f(x)[:, :, None]", ("O8",),
    ),
    Point(
        "locality", SCALED,
        "An input cell is seen by those outputs whose windows read it, and by no other.",
        "y[o] depends on x[i] ⇔ i = o·s − p_lo + d·k for a k of the window", ("C6", "C1", "G6"),
        note="A global pool reads the whole map: its result says nothing of where in it a cell"
        " stood.",
    ),
    Point(
        "unread", WINDOWED,
        "Cells that no window reads have no part in the result: those between windows where"
        " s > d(k−1) + 1, those between taps that are never reached, and the tail that is too short"
        " for another window.",
        "coverage(i) = 0 ⇒ f does not depend on x[i]", ("T5", "O11", f"{ARITHMETIC}, §2.4"),
    ),
    Point(
        "coverage", ("conv",),
        "With a kernel of ones each input cell counts as often as windows read it; padding at"
        " both ends by d(k−1), with stride 1, makes that number the same for every cell.",
        "Σ_o f(x, 1)[o] = Σ_i coverage(i)·x[i]", ("C4", "P5", "T5", "O11"),
        note="“More convolutions near the corners”: padding adds windows that read the corner. An"
        " unpadded 3×3 kernel of stride 1 reads a corner cell once and an inner cell nine times;"
        " with a border of 1 it is four times, and only with a border of 2 nine.",
    ),
    Point(
        "size-in-stride", WINDOWED,
        "A longer stride never gives more outputs, and changes no other axis.",
        "s ≤ s′ ⇒ o(s) ≥ o(s′)", ("T3",),
        note="“Faster” is this count: the multiply-accumulates of a layer are its outputs times the"
        " taps of a window. What a clock shows is up to the implementation.",
    ),
    Point(
        "batch-split", BATCHED,
        "A batch may be cut anywhere: the parts give the parts of the result.",
        "f([x; x′]) = [f(x); f(x′)]",
    ),
)  # fmt: skip
