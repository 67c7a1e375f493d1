"""Answers to questions that no single clause answers."""

from __future__ import annotations

from dataclasses import dataclass

from .spec.groups import POOLS


@dataclass(frozen=True)
class Note:
    """An answer to a question that no single clause answers."""

    topics: tuple[str, ...]
    ops: tuple[str, ...]
    text: str
    page: str
    """The place that says more: a file of the specification and a section."""


NOTES = (
    Note(
        ("coverage", "corner", "edge", "border"), (),
        "How often a cell is read is the number of windows over it. Without padding and at"
        " stride 1 only one window holds the corner, while k windows along each axis hold a cell"
        " in the middle: with 3×3 that is 1 against 9. Padding of 1 brings the corner to 4;"
        " padding of e − 1 at both ends brings every cell to the same number (claims C4 and P5 of"
        " the source notes).",
        "conv.md#semantics",
    ),
    Note(
        ("overlap",), (),
        "Neighbouring windows share max(0, e − s) cells along an axis, e = d·(k − 1) + 1: 3 with"
        " stride 1 share 2, 5 with stride 2 share 3. They are apart only from s = e on (claim T4"
        " of the source notes is loose about this).",
        "notation.md#overlap-and-coverage",
    ),
    Note(
        ("unread", "tail", "lost", "coverage"), (),
        "Cells that no window reads: those between windows where s > e, and, with floor, a rest"
        " of (n + p_lo + p_hi − e) mod s cells at the end, padding first (claim T5 of the source"
        " notes).",
        "notation.md#overlap-and-coverage",
    ),
    Note(
        ("spatial", "information", "cam", "where"),
        ("global_avg_pool", "global_max_pool", "global_sum_pool"),
        "The result keeps nothing of where things were: every permutation of a map's cells gives"
        " the same number. The maps before it do keep it. After a mean and a linear classifier,"
        " the score of a class is the mean of its class activation map Σ_c w_c·x_c (claims G5 and"
        " G6 of the source notes; G6 as written there is not true of the result).",
        "global_pool.md#semantics",
    ),
    Note(
        ("larger", "exceeds", "too", "fit"), (),
        "A window larger than the padded input, e > n + p_lo + p_hi, is refused, in ceil mode,"
        " too.",
        "conv.md#constraints",
    ),
    Note(
        ("receptive", "field"), (),
        "The receptive field of an output is the extent of the input that it depends on. One layer"
        " has e = d·(k − 1) + 1; every further one adds (e − 1) times the product of the strides"
        " before it. Two 3×3 layers of stride 1 see 5×5, as does one of 5×5; if the first has"
        " stride 2, they see 7×7.",
        "notation.md#the-relation",
    ),
    Note(
        ("parameters", "parameter", "weights", "count"), ("conv", "conv_transpose"),
        "A layer has O·(C/groups)·k_1·…·k_r weights and O biases, however large its input is: 3×3"
        " on 64 channels to 128 has 128·64·9 + 128 = 73,856. A 1×1 layer between them has 8,320"
        " (claims C8 and N4 of the source notes).",
        "conv.md#parameters",
    ),
    Note(
        ("parameters", "parameter", "weights", "count"), ("dense",),
        "A dense layer has O·C weights and O biases, and C is the number of all cells: a 224×224"
        " image in three colours and 1000 outputs make 150,529,000 (claim N4 of the source notes).",
        "dense.md#semantics",
    ),
    Note(
        ("checkerboard", "uneven"), ("conv_transpose",),
        "Where the stride does not divide the window, the cells of the result are written by"
        " different numbers of inputs, in a regular pattern: with 3 and stride 2 by 1, 2, 1, 2, …"
        " but for the ends, and in two dimensions that is a checkerboard. The heat map of the"
        " picture shows it.",
        "conv_transpose.md#semantics",
    ),
    Note(
        ("weights", "learn", "trainable", "count", "parameters"), POOLS,
        "Pooling has no weights: nothing is learnt, there is no gradient but that of the input, and"
        " a layer has 0 parameters (claim O4 of the source notes).",
        "max_pool.md#parameters",
    ),
    Note(
        ("1x1", "1×1", "pointwise", "bottleneck"), ("conv",),
        "A 1×1 convolution is a matrix product at every pixel: C channels become O, the size of the"
        " map stays, and no pixel sees another. It has O·C weights and O biases (claim C8 of the"
        " source notes).",
        "conv.md#examples",
    ),
    Note(
        ("output-padding",), ("conv_transpose",),
        "With stride s, up to s sizes of input give a convolution the same size of output; the"
        " output padding says which of them its transpose goes back to. The cells gained lie at the"
        " high end; they hold what the full result holds there, not zeros.",
        "conv_transpose.md#semantics",
    ),
    Note(
        ("downsample", "downsampling", "pooling"), (),
        "Stride and pooling both make maps smaller. Stride keeps every s-th result of what was"
        " computed anyway; pooling keeps a statistic of a window. An average pool is a depthwise"
        " convolution with a uniform kernel; a pool of window 1 with stride s is nothing but"
        " subsampling (claim O10 of the source notes).",
        "avg_pool.md#semantics",
    ),
    Note(
        ("depthwise",), ("conv",),
        "A depthwise convolution has as many groups as channels: each filter sees one channel, and"
        " channel c of the input becomes the maps c·m … c·m + m − 1 for m filters each.",
        "conv.md#semantics",
    ),
    Note(
        ("exact", "equality", "tolerance", "rtol"), (),
        "Whole numbers small enough that every sum is exact (below 2^24 in float32, 2^11 in"
        " float16, 2^8 in bfloat16) give the same bits in any order, and are compared for equality."
        " Where it rounds, the bound is worked out for every cell: no tolerance is to be chosen.",
        "numerics.md#exact-where-exact-is-possible",
    ),
    Note(
        ("prove", "proof", "verification"), (),
        "convspec prove goes through every configuration up to a bound and decides each for all"
        " inputs: a linear map is known by what it does to one-hot inputs.",
        "proof.md#why-one-call-can-decide-all-inputs",
    ),
)  # fmt: skip
