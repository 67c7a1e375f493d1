"""What the source notes say: every statement of them that can be made precise, as data.

The specification began with five sets of lecture notes on convolutional networks. Each row is one
of their statements, in words of ours; the clauses that make it precise name it among their sources.
`verdict` says how it stands as the notes have it, `note` what is true where that is another thing.

Documents: S0 questions and answers on pooling; S1 padding, strides and pooling; S2 what
convolution, padding, stride and pooling are for; S3 pooling, global average pooling, dense layers;
S4 understanding convolutional networks.
"""

from __future__ import annotations

from dataclasses import dataclass

VERDICTS = {
    "holds": "true as it is said",
    "precise": "true once its terms are fixed",
    "loose": "true of something else than it says, or only under a condition it leaves out",
    "disputed": "advice or habit; the opposite is legal and in use",
    "wrong": "not true as it is said",
}

GROUPS = {
    "C": "convolution",
    "T": "stride",
    "P": "padding",
    "O": "pooling",
    "G": "global average pooling, dense layers",
    "N": "whole networks",
}
"""First letter of a claim → what it is about."""


@dataclass(frozen=True)
class SourceClaim:
    """A statement of the source notes, and how it stands. `documents` says where it is made."""

    id: str
    statement: str
    documents: tuple[str, ...]
    verdict: str = "holds"
    note: str = ""


_ROWS = (
    SourceClaim(
        "C1", "A kernel slides over the input; each output is a weighted sum of one window.",
        ("S0", "S2"), "precise",
        "It is cross-correlation: the kernel is not flipped. A bias may be added.",
    ),
    SourceClaim(
        "C2", "Convolution is linear; what is not linear is the activation after it.",
        ("S1", "S2"), "precise",
        "Linear in the input and in the weight, one at a time; with a bias it is affine.",
    ),
    SourceClaim(
        "C3", "The response is large where the input matches the kernel, and faint elsewhere.",
        ("S2",), "loose",
        "True among patches of equal norm. A brighter patch that matches less can respond more.",
    ),
    SourceClaim(
        "C4", "Neighbouring windows overlap: pixels are visited more than once, and work grows.",
        ("S0",), "precise",
        "From stride = window on they do not overlap. Work is outputs times taps either way.",
    ),
    SourceClaim(
        "C5", "Each filter makes one feature map; the maps are stacked as channels.", ("S3",)
    ),
    SourceClaim(
        "C6", "Spatial and local information is kept.", ("S0", "S1"), "precise",
        "An output depends on its window alone, and moves with the input by whole strides, away"
        " from the ends.",
    ),
    SourceClaim("C7", "A 5×5 input and a 3×3 kernel without padding give 3×3.", ("S0", "S1")),
    SourceClaim(
        "C8", "A 1×1 convolution changes the number of channels and keeps the size of the maps; it"
        " serves as a bottleneck.",
        ("S2", "S3"),
    ),
    SourceClaim("C9", "The values of the filters are learnt by backpropagation.", ("S1", "S4")),
    SourceClaim("T1", "Stride is the step by which the window moves.", ("S1", "S4")),
    SourceClaim("T2", "5×5 under 3×3 gives 3×3 with stride 1, and 2×2 with stride 2.", ("S1",)),
    SourceClaim(
        "T3", "A larger stride gives fewer outputs and is faster.", ("S2", "S4"), "loose",
        "The size never grows with the stride, but may stay the same; the work of a layer falls"
        " with its outputs. Time on a clock is a matter of the implementation.",
    ),
    SourceClaim(
        "T4", "With 3×3 at stride 1, or 5×5 at stride 2, the central parts do not overlap.",
        ("S2",), "loose",
        "Neighbouring windows share max(0, k − s) cells along an axis: 2 of 3 in the first case,"
        " 3 of 5 in the second. Only their middle cells differ, as they do for every stride.",
    ),
    SourceClaim(
        "T5", "A larger stride loses positions.", ("S2", "S4"), "precise",
        "Cells are lost, read by no window, only where the stride exceeds the effective window, or"
        " in a rest at the end. Elsewhere a longer stride leaves out outputs, not cells.",
    ),
    SourceClaim(
        "P1", "Padding surrounds the map with rows and columns of zeros.", ("S0", "S2", "S4"),
        "precise",
        "Of convolutions and averages. Padding of a maximum is −∞, and never wins.",
    ),
    SourceClaim("P2", "5×5 under 3×3 with padding 1 stays 5×5.", ("S0", "S1", "S4")),
    SourceClaim(
        "P3", "The zeros of the padding add no information.", ("S1",), "loose",
        "They add nothing to a sum and receive no gradient. But outputs near the border differ for"
        " them, so that a network can tell where the border is.",
    ),
    SourceClaim(
        "P4", "Padding 'same' keeps the size by itself; 'valid' pads nothing.", ("S4",), "loose",
        "'same' keeps the size at stride 1 only; in general it gives ⌈n/s⌉. Where the padding it"
        " takes is odd, the extra cell goes to the high end (upper) or the low end (lower).",
    ),
    SourceClaim(
        "P5", "Padding lets the pixels of the edge take part as much as the others.",
        ("S0", "S4"), "loose",
        "More, but not as much: under 3×3 a corner is read once without padding, 4 times with"
        " padding 1, an inner cell 9 times. Only full padding, k − 1, makes it the same for all.",
    ),
    SourceClaim(
        "P6", "Without padding the maps shrink layer by layer until nothing is left.",
        ("S0", "S2", "S4"), "precise",
        "Each layer at stride 1 takes k − 1 cells off; a kernel larger than what is left is"
        " refused, there is no empty result. A 1×1 kernel takes nothing.",
    ),
    SourceClaim("O1", "Max pooling takes the greatest value of each window.", ("S1", "S2", "S4")),
    SourceClaim("O2", "2×2 windows turn 4×4 into 2×2.", ("S1",), "precise", "At stride 2."),
    SourceClaim(
        "O3", "Average pooling takes the mean of each window.", ("S1", "S2", "S4"), "precise",
        "At a border it has to be said whether padding counts in the divisor.",
    ),
    SourceClaim("O4", "Pooling has no parameters.", ("S1", "S3")),
    SourceClaim(
        "O5", "Pooling is locally invariant: small shifts and noise do not matter.",
        ("S1", "S4"), "loose",
        "Exact is: any order of the cells inside one window that overlaps no other gives the same,"
        " and noise comes out no larger than it went in. A shift, however small, may change every"
        " output: it moves cells across the borders of windows.",
    ),
    SourceClaim(
        "O6", "Each channel is pooled alone; their number stays.", ("S1",)
    ),
    SourceClaim(
        "O7", "The stride is usually the window, so that each value is used once; overlap is better"
        " avoided.",
        ("S1", "S4"), "disputed",
        "Each value that is covered is then used once; a rest that the window does not divide is"
        " dropped. Overlap is legal and in use: AlexNet pools 3×3 windows at stride 2.",
    ),
    SourceClaim("O8", "Pooling in one dimension is grouping.", ("S1",), "precise",
                "With stride = window; otherwise the groups share cells."),
    SourceClaim(
        "O9", "Max pooling gives sharp features, average pooling smooth ones.", ("S4",), "loose",
        "Made precise: the maximum of a window is at least its mean, equal only if the window is"
        " constant; a lone peak stays whole under the one and is divided by the window under the"
        " other; means over disjoint windows vary no more than the input.",
    ),
    SourceClaim(
        "O10", "Pooling and stride both make maps smaller, but differ: stride weighs with a filter,"
        " pooling takes a statistic.",
        ("S2", "S4"), "precise",
        "They meet in the average, a depthwise convolution with equal weights, and in the pool of"
        " one cell, which is subsampling.",
    ),
    SourceClaim(
        "O11", "Pooling loses values at certain positions.", ("S0", "S4"), "precise",
        "Lost are the cells that no window reads and, under a maximum, all that are the greatest"
        " of no window. An average loses no cell it reads, but which cell had what.",
    ),
    SourceClaim(
        "O12", "Pooling lowers the number of parameters and operations that follow.",
        ("S0", "S3"), "loose",
        "The work of all later layers falls with the number of cells. The parameters of later"
        " convolutions do not change: only a dense layer on the flattened maps has fewer.",
    ),
    SourceClaim("G1", "Global average pooling makes each map its mean: H×W×C becomes C.", ("S3",)),
    SourceClaim("G2", "It has no window, no stride and no parameters.", ("S3",), "precise",
                "Its window is the map."),
    SourceClaim("G3", "It works for any size of input.", ("S3",), "precise",
                "Of at least one cell. A dense layer on the flattened maps fixes the size."),
    SourceClaim(
        "G4", "The sum may stand for the mean.", ("S3",), "precise",
        "For one size of map they differ by a constant factor; where sizes vary, the sum grows with"
        " the map and the mean does not.",
    ),
    SourceClaim(
        "G5", "Maps relate directly to categories and show which region made the class.",
        ("S3",), "precise",
        "Mean and linear classifier commute with the 1×1 convolution: the score is the mean of the"
        " class activation map.",
    ),
    SourceClaim(
        "G6", "Global average pooling keeps spatial information.", ("S3",), "wrong",
        "The notes doubt it themselves. The result is the same for every permutation of a map's"
        " cells, so that it keeps nothing of where things were. It is true of the maps before the"
        " mean: the class activation map made of them shows where the evidence was, and its mean is"
        " the score.",
    ),
    SourceClaim(
        "G7", "A dense layer mixes all positions and loses where things were; a 1×1 convolution"
        " keeps it.",
        ("S3",), "loose",
        "A dense layer has a weight for every position, and may use it; its result has no position"
        " of its own. A 1×1 convolution commutes with every permutation of the positions.",
    ),
    SourceClaim(
        "G8", "Global average pooling can stand in for the dense classifier, or go before it.",
        ("S3",), "precise",
        "Before it, the two are one dense layer whose weights are the same at all positions.",
    ),
    SourceClaim(
        "N1", "A network is convolution, activation and pooling, repeated, and then a classifier"
        " with softmax.",
        ("S0", "S1", "S4"),
    ),
    SourceClaim("N2", "It is trained with cross-entropy, by backpropagation.", ("S1",)),
    SourceClaim(
        "N3", "LeNet, AlexNet and VGG pool after activations; from ResNet on strides take the place"
        " of pools.",
        ("S4",), "loose",
        "ResNet still has one max pool behind its first convolution, and ends in a global average.",
    ),
    SourceClaim(
        "N4", "Dense layers on raw images need too many weights, and ignore space.",
        ("S3", "S4"), "precise",
        "A weight per cell and output: 1000 outputs on 224×224×3 are 150,528,000 weights, against"
        " 1728 of 64 filters 3×3. “Ignore”: permuting the pixels and the weights alike changes"
        " nothing, no two positions are neighbours to it.",
    ),
)  # fmt: skip

SOURCE_CLAIMS: dict[str, SourceClaim] = {row.id: row for row in _ROWS}
"""The claims by number, in the order of the list."""
