"""What each mode of the pad operation puts around the input."""

from __future__ import annotations

from .point import Point

_NUMPY = "NumPy, numpy.pad"

POINTS = (
    Point(
        "crop", ("pad",),
        "What padding surrounds is the input; negative amounts take cells off it, and do so first:"
        " what is around is made of what is left.",
        "y[p_lo + i] = x[i]", ("P1", "PyTorch, torch.nn.functional.pad"),
    ),
    Point("constant", ("pad",), "Mode constant: every cell around the input holds the value.",
           "y[i] = value outside", ("P1", "P3")),
    Point(
        "reflect", ("pad",),
        "Mode reflect: the edge cell is the mirror, and is not repeated; at most n − 1 cells.",
        "y[p_lo − j] = y[p_lo + j]", (_NUMPY,),
    ),
    Point(
        "symmetric", ("pad",),
        "Mode symmetric: the mirror stands beyond the edge cell, which is repeated; at most n"
        " cells.",
        "y[p_lo − j] = y[p_lo + j − 1]", (_NUMPY,),
    ),
    Point("replicate", ("pad",), "Mode replicate: the edge cell, over and over.",
           "y[p_lo − j] = y[p_lo]", (_NUMPY,)),
    Point("circular", ("pad",), "Mode circular: the input begins again where it ends; at most n"
           " cells.",
           "y[p_lo − j] = y[p_lo + n − j]", (_NUMPY,)),
)  # fmt: skip
