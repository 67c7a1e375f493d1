"""What comes out: sizes, values, types."""

from __future__ import annotations

from convspec.spec.groups import (
    ADAPTIVE,
    CONVOLUTIONS,
    EVERY,
    GLOBAL,
    IMPULSES,
    MAX_POOLS,
    MAXIMA,
    MEANS,
    SOFTMAXES,
    WINDOWED,
)

from .point import ARITHMETIC, HIGHAM, Point

POINTS = (
    Point(
        "output-size", WINDOWED,
        "Each spatial extent of the result follows from input, window, stride, padding and"
        " dilation.",
        "o = ⌊(n + p_lo + p_hi − d(k−1) − 1)/s⌋ + 1, with ⌈ ⌉ in ceil mode less a last window that"
        " starts past input and low padding",
        (f"{ARITHMETIC}, relationships 1–7 and 15", "C7", "T2", "T3", "P2", "P6", "O2"),
    ),
    Point(
        "output-size", ("pad",), "Each spatial extent grows by the padding of its two ends.",
        "o = n + p_lo + p_hi", ("P1",),
    ),
    Point(
        "output-size", GLOBAL, "The result has one number per map, whatever the spatial extents.",
        "(N, C, *n) → (N, C)", ("G1", "G3", "Lin et al., Network in Network, arXiv:1312.4400,"
        " §3.2"),
    ),
    Point(
        "output-size", ("conv_transpose",),
        "Each spatial extent is that of the convolution it transposes, as far as the output padding"
        " says which.",
        "o = s(n − 1) + d(k−1) + 1 − p_lo − p_hi + op, 0 ≤ op < max(s, d)",
        (f"{ARITHMETIC}, relationships 8–14",),
    ),
    Point(
        "output-size", ADAPTIVE, "The result has the extents that are asked for, whatever the"
        " input's.",
        "(N, C, *n) → (N, C, *o)", ("G3",),
    ),
    Point("output-size", ("relu", *SOFTMAXES), "The result has the shape of the input."),
    Point(
        "output-size", ("dense",), "The result has one number for each row of the weight.",
        "(N, C), (O, C) → (N, O)", ("G3", "N4"),
    ),
    Point("output-size", ("cross_entropy",), "The result is one number, of shape ().",
           "(N, C), (N,) → ()"),
    Point(
        "definition", ("conv",),
        "Each output is the bias plus the sum, over its group's channels and the window, of weight"
        " times input; cells in the padding count 0; the kernel is not flipped.",
        "y[o] = b + Σ_c Σ_k w[c, k]·x[c, o·s − p_lo + d·k]", (f"{ARITHMETIC}, §2", "C1", "C8",
        "P3"),
    ),
    Point(
        "definition", ("conv_transpose",),
        "Each input cell adds its multiple of the kernel to the result, in steps of the stride;"
        " padding cuts the ends off; output padding moves the cut at the high end.",
        "y[o·s − p_lo + d·k] += w[k]·x[o]", (f"{ARITHMETIC}, §4",),
    ),
    Point(
        "definition", ("pad",),
        "Cells around the input are filled by the mode; negative amounts crop, and crop first.",
        "y[i] = x[i − p_lo] inside; outside: the constant, the mirror without or with the edge, the"
        " edge, or the input over again", ("P1",),
    ),
    Point(
        "definition", MAX_POOLS,
        "Each output is the greatest cell of its window; padding is −∞, or the least integer, and"
        " never wins.",
        "y[o] = max_k x[o·s − p_lo + d·k]", (f"{ARITHMETIC}, §3", "O1", "O8"),
    ),
    Point(
        "definition", ("avg_pool",),
        "Each output is the mean of its window: divided by the taps inside the padded input, or by"
        " the real ones alone if padding is not counted; what hangs over in ceil mode never"
        " counts.",
        "y[o] = (Σ_k x[o·s − p_lo + d·k]) / #taps", (f"{ARITHMETIC}, §3", "O3"),
    ),
    Point(
        "definition", ("lp_pool",),
        "Each output is the p-norm of its window, of magnitudes and not of signed numbers; padding"
        " and what hangs over it count 0, and a window that they clip is not scaled up.",
        "y[o] = (Σ_k |x[o·s − p_lo + d·k]|^p)^(1/p), p = 1, 2, …",
        ("ONNX, LpPool",),
    ),
    Point(
        "definition", ("adaptive_avg_pool",),
        "Each output is the mean of its bin.",
        "y[i] = mean of x[⌊i·n/o⌋ … ⌈(i + 1)·n/o⌉ − 1]", ("G1", "O3", "PyTorch, AdaptiveAvgPool"),
    ),
    Point(
        "definition", ("adaptive_max_pool",),
        "Each output is the greatest cell of its bin.",
        "y[i] = max of x[⌊i·n/o⌋ … ⌈(i + 1)·n/o⌉ − 1]", ("O1", "PyTorch, AdaptiveMaxPool"),
    ),
    Point(
        "definition", ("relu",),
        "Each cell below 0 becomes 0; every other, also a NaN, stays what it is.",
        "y = max(x, 0)", ("C2", "N1"),
    ),
    Point(
        "definition", ("dense",),
        "Each output is its bias plus the sum over all channels of weight times input.",
        "y[n, o] = b[o] + Σ_c w[o, c]·x[n, c]", ("G7", "N4"),
    ),
    Point(
        "definition", ("softmax",),
        "Each row becomes its exponentials, divided by their sum.",
        "y[c] = exp(x[c]) / Σ_j exp(x[j])", ("N1",),
    ),
    Point(
        "definition", ("log_softmax",),
        "Each row becomes the logarithm of its softmax.",
        "y[c] = x[c] − log Σ_j exp(x[j])", ("N1",),
    ),
    Point(
        "definition", ("cross_entropy",),
        "The result is the mean over the batch of what −log softmax is at each image's label.",
        "y = −(1/N) Σ_n log softmax(x[n])[label[n]]", ("N1", "N2"),
    ),
    Point(
        "definition", ("global_avg_pool",), "Each map becomes its mean.",
        "y = (Σ x)/(n_1·…·n_r)", ("G1", "G2"),
    ),
    Point("definition", ("global_max_pool",), "Each map becomes its greatest cell.", "y = max x"),
    Point("definition", ("global_sum_pool",), "Each map becomes its sum.", "y = Σ x", ("G4",)),
    Point(
        "impulse-response", IMPULSES,
        "The responses to all one-hot inputs (and all one-hot filters; over −∞ for maxima) are"
        " those"
        " of the index relation. With linearity they decide a configuration for every input.",
        "f(e_i)[o] = [i = o·s − p_lo + d·k for a k of the window]", ("C1", "O1", "O3"),
    ),
    Point("dtype", EVERY, "The result has the element type of the input."),
    Point(
        "rounding", (*CONVOLUTIONS, *MEANS, "global_sum_pool", "dense"),
        "No cell is further from the exact result than the rounding of a correct sum can take"
        " it, in"
        " whatever order it is summed.",
        "|ŷ − y| ≤ γ_K·Σ|w||x| + u·|y|, γ_K = K·u/(1 − K·u)", (HIGHAM,),
    ),
    Point(
        "rounding", ("lp_pool", *SOFTMAXES, "cross_entropy"),
        "No cell is further from the exact result than the rounding of sums, and of library"
        " functions good to 4 units in the last place, can take it.",
        "the error bounds derived in convspec.bounds", (HIGHAM,),
    ),
    Point("nan", ("relu",), "A NaN stays one, and reaches no other cell."),
    Point(
        "nan", MAXIMA,
        "A NaN is the maximum of every window that reads it, and reaches no other output.",
        sources=("dialect point max_pool.nan",),
    ),
    Point(
        "indices", ("max_pool_with_indices",),
        "An index is the row-major place, in the unpadded plane of its image and channel, of the"
        " first of the window's equal maxima.",
    ),
)  # fmt: skip
