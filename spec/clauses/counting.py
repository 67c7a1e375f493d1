"""Weights and work: what layers cost, counted from the definition."""

from __future__ import annotations

from convspec.spec.groups import POOLS

from .point import Point

NIN = "Lin et al., Network in Network, arXiv:1312.4400, §3.2"
COUNT = (
    "it is a count of the definition, which no result shows; spec/counts.py has it, and the tests"
    " hold it to an enumeration of every weight and every product"
)

POINTS = (
    Point(
        "parameter-count", ("conv",),
        "A convolution has one weight per filter, channel of its group and tap, and one bias per"
        " filter, whatever the size of the maps.",
        "O·(C/g)·k_1·…·k_r + O", ("C8", "C5", "N4"), unlawful=COUNT,
    ),
    Point(
        "parameter-count", ("dense",),
        "A fully connected layer has one weight per input and output, and one bias per output: on"
        " flattened maps, one for every position.",
        "O·C·n_1·…·n_r + O", ("N4", "G3"), unlawful=COUNT,
        note="1000 outputs on an image of 224×224 pixels in 3 colours are 150,528,000 weights; 64"
        " filters of 3×3 on the same image are 1728. After global average pooling the factor"
        " n_1·…·n_r is gone.",
    ),
    Point(
        "work", ("conv",),
        "A convolution takes one multiply-accumulate per output cell, channel of its group and"
        " tap: less with a larger stride, as its outputs are fewer.",
        "O·(C/g)·k_1·…·k_r·o_1·…·o_r for each image", ("C4", "T3", "C8"), unlawful=COUNT,
        note="Overlap by itself costs nothing: it is the number of windows that counts, and"
        " windows that overlap are more.",
    ),
    Point(
        "work", ("dense",), "A fully connected layer takes one multiply-accumulate per weight.",
        "O·C", ("N4",), unlawful=COUNT,
    ),
    Point(
        "work", POOLS,
        "A pool looks at one cell per output and tap. It divides the work of the convolutions after"
        " it by about the product of its strides, and leaves their weights as many as they were;"
        " of a dense layer on the flattened maps it lowers both.",
        "C·k_1·…·k_r·o_1·…·o_r for each image", ("O12", "T3", NIN), unlawful=COUNT,
        note="The notes say that pooling lowers the number of parameters. Those of later"
        " convolutions do not depend on the size of their maps.",
    ),
)  # fmt: skip
