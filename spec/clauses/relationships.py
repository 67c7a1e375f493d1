"""The fifteen relationships of output sizes, and the forms beyond them: a clause each."""

from __future__ import annotations

from convspec.spec.relationships import RELATIONSHIPS

from .point import Example, Point

_CLAIMS = {
    1: ("C7", "T2"), 2: ("P1",), 3: ("P2",), 4: ("P5",), 5: ("T2", "P6"), 6: ("P2",), 7: ("O2",),
}  # fmt: skip
"""Number of a relationship → the claims of the source notes that it makes precise."""

_NAMED = {"same-size": ("P2", "P4"), "valid-size": ("P4",)}

_NOTES = {
    "same-size": "The notes say that Keras' 'same' keeps the size of the map. It does so at stride"
    " 1; at stride s it gives ⌈i/s⌉, whatever the kernel.",
    "of-uneven": "The paper puts a zeros past the end of the stretched input. What comes out there"
    " is not zero for that: the cells belong to the full result, and padding would have cut them.",
}


def _example(line: str, *shape: int) -> Example:
    return Example(line, shape)


_EXAMPLES = {
    "unit-stride-unpadded": (
        _example("conv x=1x1x4x4:float32:ramp@0 w=1x1x3x3:float32:ones@0", 1, 1, 2, 2),
        _example("conv x=1x1x5x5:float32:ramp@0 w=1x1x3x3:float32:ones@0", 1, 1, 3, 3),
    ),
    "unit-stride": (
        _example(
            "conv padding=2:2,2:2 x=1x1x5x5:float32:ramp@0 w=1x1x4x4:float32:ones@0", 1, 1, 6, 6
        ),
    ),
    "half-padding": (
        _example(
            "conv padding=1:1,1:1 x=1x1x5x5:float32:ramp@0 w=1x1x3x3:float32:ones@0", 1, 1, 5, 5
        ),
    ),
    "full-padding": (
        _example(
            "conv padding=2:2,2:2 x=1x1x5x5:float32:ramp@0 w=1x1x3x3:float32:ones@0", 1, 1, 7, 7
        ),
    ),
    "unpadded": (
        _example("conv stride=2,2 x=1x1x5x5:float32:ramp@0 w=1x1x3x3:float32:ones@0", 1, 1, 2, 2),
        _example("max_pool window=2,2 stride=2,2 x=1x1x4x4:float32:ramp@0", 1, 1, 2, 2),
        _example("max_pool_with_indices window=3,3 x=1x1x5x5:float32:ramp@0", 1, 1, 3, 3),
        _example("avg_pool window=3,3 stride=2,2 x=1x1x6x6:float32:ramp@0", 1, 1, 2, 2),
        _example("lp_pool window=2,2 stride=2,2 x=1x1x5x5:float32:ramp@0", 1, 1, 2, 2),
    ),
    "padded": (
        _example(
            "conv stride=2,2 padding=1:1,1:1 x=1x1x5x5:float32:ramp@0 w=1x1x3x3:float32:ones@0",
            1, 1, 3, 3,
        ),
        _example(
            "conv stride=2,2 padding=1:1,1:1 x=1x1x6x6:float32:ramp@0 w=1x1x3x3:float32:ones@0",
            1, 1, 3, 3,
        ),
    ),
    "of-unit-stride-unpadded": (
        _example("conv_transpose x=1x1x2x2:float32:ramp@0 w=1x1x3x3:float32:ones@0", 1, 1, 4, 4),
    ),
    "of-unit-stride": (
        _example(
            "conv_transpose padding=2:2,2:2 x=1x1x6x6:float32:ramp@0 w=1x1x4x4:float32:ones@0",
            1, 1, 5, 5,
        ),
    ),
    "of-half-padding": (
        _example(
            "conv_transpose padding=1:1,1:1 x=1x1x5x5:float32:ramp@0 w=1x1x3x3:float32:ones@0",
            1, 1, 5, 5,
        ),
    ),
    "of-full-padding": (
        _example(
            "conv_transpose padding=2:2,2:2 x=1x1x7x7:float32:ramp@0 w=1x1x3x3:float32:ones@0",
            1, 1, 5, 5,
        ),
    ),
    "of-unpadded": (
        _example(
            "conv_transpose stride=2,2 x=1x1x2x2:float32:ramp@0 w=1x1x3x3:float32:ones@0",
            1, 1, 5, 5,
        ),
    ),
    "of-padded": (
        _example(
            "conv_transpose stride=2,2 padding=1:1,1:1 x=1x1x3x3:float32:ramp@0"
            " w=1x1x3x3:float32:ones@0",
            1, 1, 5, 5,
        ),
    ),
    "of-uneven": (
        _example(
            "conv_transpose stride=2,2 padding=1:1,1:1 output_padding=1,1 x=1x1x3x3:float32:ramp@0"
            " w=1x1x3x3:float32:ones@0",
            1, 1, 6, 6,
        ),
    ),
    "dilated": (
        _example(
            "conv dilation=2,2 x=1x1x7x7:float32:ramp@0 w=1x1x3x3:float32:ones@0", 1, 1, 3, 3
        ),
    ),
    "uneven-padding": (
        _example(
            "conv stride=2 padding=0:1 dilation=2 x=1x1x6:float32:ramp@0 w=1x1x2:float32:ones@0",
            1, 1, 3,
        ),
        _example("max_pool window=3 stride=2 padding=0:2 x=1x1x5:float32:ramp@0", 1, 1, 3),
        _example("max_pool_with_indices window=2 padding=1:0 x=1x1x5:float32:ramp@0", 1, 1, 5),
        _example("avg_pool window=3 stride=2 padding=2:0 x=1x1x6:float32:ramp@0", 1, 1, 3),
        _example("lp_pool window=3 stride=2 padding=0:1 x=1x1x6:float32:ramp@0", 1, 1, 3),
    ),
    "ceil-size": (
        _example("max_pool window=3,3 stride=2,2 ceil_mode=yes x=1x1x6x6:float32:ramp@0",
                 1, 1, 3, 3),
        # Rounded up it would be 4, but the fourth window starts past the input.
        _example("max_pool window=2 stride=2 padding=1:1 ceil_mode=yes x=1x1x5:float32:ramp@0",
                 1, 1, 3),
        _example("max_pool_with_indices window=2 stride=3 ceil_mode=yes x=1x1x6:float32:ramp@0",
                 1, 1, 2),
        _example("avg_pool window=2 stride=2 ceil_mode=yes x=1x1x5:float32:ones@0", 1, 1, 3),
        _example("lp_pool window=2 stride=2 ceil_mode=yes x=1x1x5:float32:ones@0", 1, 1, 3),
    ),
    "same-size": (
        _example(
            "conv stride=2 padding=same_upper x=1x1x5:float32:ramp@0 w=1x1x3:float32:ones@0",
            1, 1, 3,
        ),
        _example("max_pool window=2 padding=same_lower x=1x1x5:float32:ramp@0", 1, 1, 5),
        _example("max_pool_with_indices window=2 stride=4 padding=same_upper"
                 " x=1x1x5:float32:ramp@0", 1, 1, 2),
        _example("avg_pool window=3 stride=2 padding=same_upper x=1x1x6:float32:ramp@0", 1, 1, 3),
        _example("lp_pool window=3 padding=same_upper x=1x1x6:float32:ramp@0", 1, 1, 6),
    ),
    "valid-size": (
        _example("conv stride=2 padding=valid x=1x1x6:float32:ramp@0 w=1x1x3:float32:ones@0",
                 1, 1, 2),
        _example("max_pool window=2 stride=2 padding=valid x=1x1x5:float32:ramp@0", 1, 1, 2),
        _example("max_pool_with_indices window=2 padding=valid x=1x1x5:float32:ramp@0", 1, 1, 4),
        _example("avg_pool window=2 stride=3 padding=valid x=1x1x5:float32:ramp@0", 1, 1, 2),
        _example("lp_pool window=2 padding=valid x=1x1x5:float32:ramp@0", 1, 1, 4),
    ),
    "of-any": (
        _example(
            "conv_transpose stride=2 padding=1:2 output_padding=2 dilation=3"
            " x=1x1x4:float32:ramp@0 w=1x1x3:float32:ones@0",
            1, 1, 12,
        ),
    ),
}  # fmt: skip
"""Worked examples: most are the figures of the paper."""

POINTS = tuple(
    Point(
        r.name, r.ops, r.statement, r.formula,
        (r.source, *_CLAIMS.get(r.number, ()), *_NAMED.get(r.name, ())),
        note=_NOTES.get(r.name, ""), examples=_EXAMPLES[r.name],
    )
    for r in RELATIONSHIPS
)  # fmt: skip
