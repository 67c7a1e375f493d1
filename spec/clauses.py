"""The clauses: every statement an implementation is held to, with a stable slug.

A slug is ``operation.point``. The points that hold for several operations are written once
here, with the operations they hold for; `CLAUSES` has one clause per operation and point.
Levels are those of RFC 2119.
"""

from __future__ import annotations

from dataclasses import dataclass

SPEC_VERSION = "0.1"

LEVELS = ("MUST", "SHOULD", "MAY")


@dataclass(frozen=True)
class Clause:
    """One statement. `sources`: papers, other specifications, and claims of the source notes."""

    slug: str
    level: str
    statement: str
    formula: str
    sources: tuple[str, ...]
    since: str = SPEC_VERSION


@dataclass(frozen=True)
class _Point:
    name: str
    ops: tuple[str, ...]
    statement: str
    formula: str = ""
    sources: tuple[str, ...] = ()
    level: str = "MUST"


_POOLS = ("max_pool", "max_pool_with_indices", "avg_pool")
_MAX_POOLS = ("max_pool", "max_pool_with_indices")
_GLOBAL = ("global_avg_pool", "global_max_pool", "global_sum_pool")
_WINDOWED = ("conv", *_POOLS)
_CONVOLUTIONS = ("conv", "conv_transpose")
_LINEAR = (*_CONVOLUTIONS, "pad", "avg_pool", "global_avg_pool", "global_sum_pool")
_EVERY = (*_CONVOLUTIONS, "pad", *_POOLS, *_GLOBAL)

_IMPULSES = tuple(op for op in _EVERY if op != "conv_transpose")

_ARITHMETIC = "Dumoulin & Visin, arXiv:1603.07285"
_HIGHAM = "Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §3.1"

_POINTS = (
    _Point(
        "output-size", _WINDOWED,
        "Each spatial extent of the result follows from input, window, stride, padding and"
        " dilation.",
        "o = ⌊(n + p_lo + p_hi − d(k−1) − 1)/s⌋ + 1, with ⌈ ⌉ in ceil mode less a last window that"
        " starts past input and low padding",
        (f"{_ARITHMETIC}, relationships 1–7 and 15", "C7", "T2", "T3", "P2", "P6", "O2"),
    ),
    _Point(
        "output-size", ("pad",), "Each spatial extent grows by the padding of its two ends.",
        "o = n + p_lo + p_hi", ("P1",),
    ),
    _Point(
        "output-size", _GLOBAL, "The result has one number per map, whatever the spatial extents.",
        "(N, C, *n) → (N, C)", ("G1", "G3", "Lin et al., Network in Network, arXiv:1312.4400,"
        " §3.2"),
    ),
    _Point(
        "definition", ("conv",),
        "Each output is the bias plus the sum, over its group's channels and the window, of weight"
        " times input; cells in the padding count 0; the kernel is not flipped.",
        "y[o] = b + Σ_c Σ_k w[c, k]·x[c, o·s − p_lo + d·k]", (f"{_ARITHMETIC}, §2", "C1", "C8",
        "P3"),
    ),
    _Point(
        "output-size", ("conv_transpose",),
        "Each spatial extent is that of the convolution it transposes, as far as the output padding"
        " says which.",
        "o = s(n − 1) + d(k−1) + 1 − p_lo − p_hi + op, 0 ≤ op < max(s, d)",
        (f"{_ARITHMETIC}, relationships 8–14",),
    ),
    _Point(
        "definition", ("conv_transpose",),
        "Each input cell adds its multiple of the kernel to the result, in steps of the stride;"
        " padding cuts the ends off; output padding moves the cut at the high end.",
        "y[o·s − p_lo + d·k] += w[k]·x[o]", (f"{_ARITHMETIC}, §4",),
    ),
    _Point(
        "transpose", ("conv_transpose",),
        "A transposed convolution is the adjoint of the convolution in its input.",
        "⟨conv_transpose(x), y⟩ = ⟨x, conv(y)⟩", (f"{_ARITHMETIC}, §4",),
    ),
    _Point(
        "padding", ("conv_transpose",), "Padding cuts cells off the ends of the full result.",
        "f(x; p) = crop(f(x; 0), p)", (f"{_ARITHMETIC}, §4",),
    ),
    _Point(
        "definition", ("pad",),
        "Cells around the input are filled by the mode; negative amounts crop, and crop first.",
        "y[i] = x[i − p_lo] inside; outside: the constant, the mirror without or with the edge, the"
        " edge, or the input over again", ("P1",),
    ),
    _Point(
        "definition", _MAX_POOLS,
        "Each output is the greatest cell of its window; padding is −∞, or the least integer, and"
        " never wins.",
        "y[o] = max_k x[o·s − p_lo + d·k]", (f"{_ARITHMETIC}, §3", "O1", "O8"),
    ),
    _Point(
        "definition", ("avg_pool",),
        "Each output is the mean of its window: divided by the taps inside the padded input, or by"
        " the real ones alone if padding is not counted; what hangs over in ceil mode never"
        " counts.",
        "y[o] = (Σ_k x[o·s − p_lo + d·k]) / #taps", (f"{_ARITHMETIC}, §3", "O3"),
    ),
    _Point(
        "definition", ("global_avg_pool",), "Each map becomes its mean.",
        "y = (Σ x)/(n_1·…·n_r)", ("G1", "G2"),
    ),
    _Point("definition", ("global_max_pool",), "Each map becomes its greatest cell.", "y = max x"),
    _Point("definition", ("global_sum_pool",), "Each map becomes its sum.", "y = Σ x", ("G4",)),
    _Point(
        "impulse-response", _IMPULSES,
        "The responses to all one-hot inputs (and all one-hot filters; over −∞ for maxima) are"
        " those"
        " of the index relation. With linearity they decide a configuration for every input.",
        "f(e_i)[o] = [i = o·s − p_lo + d·k for a k of the window]", ("C1", "O1", "O3"),
    ),
    _Point("dtype", _EVERY, "The result has the element type of the input."),
    _Point(
        "rounding", (*_CONVOLUTIONS, "avg_pool", "global_avg_pool", "global_sum_pool"),
        "No cell is further from the exact result than the rounding of a correct sum can take"
        " it, in"
        " whatever order it is summed.",
        "|ŷ − y| ≤ γ_K·Σ|w||x| + u·|y|, γ_K = K·u/(1 − K·u)", (_HIGHAM,),
    ),
    _Point(
        "nan", (*_MAX_POOLS, "global_max_pool"),
        "A NaN is the maximum of every window that reads it, and reaches no other output.",
        sources=("dialect point max_pool.nan",),
    ),
    _Point(
        "indices", ("max_pool_with_indices",),
        "An index is the row-major place, in the unpadded plane of its image and channel, of the"
        " first of the window's equal maxima.",
    ),
    _Point("linear-in-input", _LINEAR, "The operation is linear in its input.",
           "f(αx + βx′) = αf(x) + βf(x′)", ("C2",)),
    _Point("linear-in-weight", _CONVOLUTIONS, "The operation is linear in its weight.",
           "f(x, αw + βw′) = αf(x, w) + βf(x, w′)", ("C2",)),
    _Point("affine-in-bias", _CONVOLUTIONS, "The bias of a filter is added once to every cell of"
    " its map.",
           "f(x, w, b)[n, j] = f(x, w)[n, j] + b[j]", ("C2",)),
    _Point("max-linear", (*_MAX_POOLS, "global_max_pool"),
           "Max pooling is linear over (max, +).",
           "f(max(x, x′)) = max(f(x), f(x′)), f(x + c) = f(x) + c", ("O5",)),
    _Point(
        "gradient", _EVERY,
        "The gradients of ⟨f(x), g⟩ in every input are those of the definition; at a tie they"
        " follow"
        " the dialect.",
        "dx = Jᵀg", (f"{_ARITHMETIC}, §4", "C9"),
    ),
    _Point("adjoint", _LINEAR, "The gradient is the adjoint of the linear map.",
           "⟨f(x), g⟩ = ⟨x, dx⟩ = ⟨w, dw⟩", (f"{_ARITHMETIC}, §4", "C9")),
    _Point(
        "tie", (*_MAX_POOLS, "global_max_pool"),
        "Where maxima tie, the gradient is a convex combination over the tied cells: each window"
        " passes on exactly what it is given, and only to maxima.",
        sources=("dialect point max_pool.tie",),
    ),
    _Point("padding", ("conv", "max_pool", "avg_pool"),
           "Padding is the same as the pad operation before, and none after.",
           "f(x; p) = f(pad(x, p); 0)", ("P1", "P3")),
    _Point("stride", _WINDOWED, "Stride s keeps every s-th output of stride 1, from the first on.",
           "f(x; s)[o] = f(x; 1)[s·o]", ("T1",)),
    _Point("dilation", _CONVOLUTIONS, "Dilation d is a kernel with d − 1 zeros between its cells.",
           "", (f"{_ARITHMETIC}, §5.1",)),
    _Point("groups", _CONVOLUTIONS,
           "Output block j of g is the convolution of input block j with filter block j."),
    _Point(
        "named-padding", _WINDOWED,
        "“same” gives ⌈n/s⌉ outputs, an odd total of padding putting its extra cell at the high end"
        " (upper) or the low end (lower); “valid” pads nothing.",
        "total = max((⌈n/s⌉ − 1)s + d(k−1) + 1 − n, 0)", ("P2", "P4"),
    ),
    _Point("ceil-mode", _POOLS,
           "Ceil mode adds a last, partial window where cells are left over, and changes no"
           " other."),
    _Point("batch", _EVERY, "Each batch entry is computed as if it were alone."),
    _Point("channels", ("pad", *_POOLS, *_GLOBAL), "Each channel is computed as if it were alone.",
           "", ("O6",)),
    _Point("filters", ("conv",), "Each map depends on its own filter alone; permuted filters give"
           " permuted maps.", "", ("C5",)),
    _Point("channel-order", _CONVOLUTIONS,
           "Permuting the input channels together with the kernel's changes nothing."),
    _Point("inputs-unchanged", _EVERY, "A call writes nothing into its inputs."),
    _Point("repeatable", _EVERY,
           "The same call gives the same answer; an answer is that of the inputs as they are now."),
    _Point("results-stay", _EVERY,
           "A result is the caller's: no later call and no change to an input changes it."),
    _Point("layout", _EVERY, "The memory layout of the inputs does not show in the result."),
    _Point("empty-batch", _EVERY, "A batch of no entries is legal and gives an empty result."),
    _Point("rejects-invalid", _EVERY,
           "Invalid parameters and shapes are refused with an error: no answer, no dead process."),
)  # fmt: skip

CLAUSES: dict[str, Clause] = {
    f"{op}.{point.name}": Clause(
        f"{op}.{point.name}", point.level, point.statement, point.formula, point.sources
    )
    for point in _POINTS
    for op in point.ops
}
