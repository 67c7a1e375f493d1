"""Transposed convolution: what varies on the surface, and what names mean to front ends."""

from __future__ import annotations

from .point import DialectPoint, Probe, Seen

_OP = ("conv_transpose",)

POINTS = (
    DialectPoint(
        "conv_transpose.flip",
        "Is the kernel turned round before copies of it are added up?",
        {
            "none": "no: it is the adjoint of cross-correlation",
            "flipped": "yes, along every spatial axis",
        },
        _OP,
        (
            Seen("Flax", "none", "run", "0.12.8", "with transpose_kernel=True"),
            Seen("TensorFlow, Keras", "none", "run", "2.21"),
            Seen(
                "JAX lax.conv_transpose",
                "flipped",
                "run",
                "0.10.2",
                "mirrors the kernel unless transpose_kernel=True",
            ),
        ),
        (
            Probe(
                ("conv_transpose x=1x1x1:float32:ones@0 w=1x1x3:float32:ramp@3",),
                {"none": ("1×1×3: 0 1 2",), "flipped": ("1×1×3: 2 1 0",)},
                "y",
            ),
        ),
        ("definition", "kernel"),
    ),
    DialectPoint(
        "conv_transpose.output-padding",
        "How large may the output padding be?",
        {
            "stride-or-dilation": "less than the greater of stride and dilation",
            "stride": "less than the stride",
            "any": "as large as one likes; cells past the full result hold the bias alone",
        },
        _OP,
        (
            Seen("JAX, Flax, Haiku", "any", "run", "0.10.2", "as padding of the dilated input"),
            Seen("ONNX", "stride-or-dilation", "source"),
            Seen(
                "ONNX Runtime",
                "stride",
                "run",
                "1.31",
                "refuses an output padding that is not less than the stride",
            ),
        ),
        (
            Probe(
                (
                    "conv_transpose output_padding=1 dilation=2 x=1x1x1:float32:ones@0"
                    " w=1x1x2:float32:ones@0",
                    "conv_transpose output_padding=2 dilation=2 x=1x1x1:float32:ones@0"
                    " w=1x1x2:float32:ones@0",
                ),
                {
                    "stride-or-dilation": (
                        "1×1×4: 1 0 1 0",
                        "refused",
                    ),
                    "stride": (
                        "refused",
                        "refused",
                    ),
                    "any": (
                        "1×1×4: 1 0 1 0",
                        "1×1×5: 1 0 1 0 0",
                    ),
                },
                "y",
            ),
        ),
        ("output",),
    ),
    DialectPoint(
        "conv_transpose.valid-size",
        "How large is the result where a front end is asked for VALID?",
        {
            "full": "o = s·(n − 1) + e, the full result",
            "keras": "o = n·s + max(e − s, 0): larger where the stride exceeds the window",
        },
        _OP,
        (
            Seen("Flax, Haiku", "keras", "source", "", "that of JAX"),
            Seen("Equinox", "full", "source", "0.13.8"),
            Seen("Keras", "keras", "run", "", "n5 k2 s3 gives 15"),
            Seen("JAX lax.conv_transpose", "keras", "run", "0.10.2", "n3 k2 s3 gives 9"),
        ),
        topics=("output", "valid"),
    ),
    DialectPoint(
        "conv_transpose.same-size",
        "How large is the result where a front end is asked for SAME?",
        {
            "refused": "the name is refused: the field does not agree on it",
            "multiple": "o = n·s",
            "adjoint": "as many cells as the call says, of those whose SAME convolution fits",
            "fewest": "the fewest cells whose SAME convolution gives the input: s·(n − 1) + 1",
        },
        _OP,
        (
            Seen("Equinox", "multiple", "source", "0.13.8", "less its output_padding"),
            Seen("Keras", "multiple", "run"),
            Seen("JAX lax.conv_transpose", "multiple", "run", "0.10.2"),
            Seen("ONNX", "multiple", "source", "", "auto_pad SAME_UPPER, SAME_LOWER"),
            Seen(
                "ONNX Runtime",
                "",
                "run",
                "1.31",
                "n·s, but s·(n − 1) + k where the stride exceeds the window: 11 for n3 k3 s4",
            ),
            Seen("TensorFlow", "adjoint", "run", "2.21", "output_shape is an argument"),
            Seen("Paddle", "fewest", "run", "", "5 for n = 3, s = 2, k = 2 or 3"),
        ),
        topics=("output", "same"),
    ),
    DialectPoint(
        "conv_transpose.padding",
        "What do amounts of padding mean?",
        {
            "crop": "cells cut off the ends of the full result",
            "dilated-input": "padding of the dilated input that a convolution is then run over",
        },
        _OP,
        (
            Seen("PyTorch", "crop", "run", "2.13"),
            Seen("ONNX", "crop", "source"),
            Seen("JAX lax.conv_transpose", "dilated-input", "run", "0.10.2"),
        ),
        topics=("padding",),
    ),
    DialectPoint(
        "conv_transpose.output-shape",
        "Where the output size is given instead of the padding: which end loses the odd cell?",
        {
            "no-such-parameter": "there is none: padding and output padding say the size",
            "low": "the low end: it gets the larger half of the padding, unless it is SAME_UPPER",
            "output-padding": "neither: the size chooses an output padding",
        },
        _OP,
        (
            Seen("ONNX", "low", "source", "", "also where auto_pad is NOTSET"),
            Seen("PyTorch", "output-padding", "documentation"),
        ),
        topics=("padding", "output"),
    ),
)
