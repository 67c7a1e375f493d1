"""Convolution: the direction of the kernel, and what lies outside the valid parameters."""

from __future__ import annotations

from .point import DialectPoint, Probe, Seen

POINTS = (
    DialectPoint(
        "conv.flip",
        "Is the kernel turned round before it is laid over the input?",
        {
            "none": "no: cross-correlation",
            "flipped": "yes, along every spatial axis: convolution as in mathematics",
        },
        ("conv",),
        (
            Seen("TensorFlow, Keras", "none", "run", "2.21"),
            Seen("JAX lax", "none", "run", "0.10.2"),
            Seen("MLX", "none", "run", "0.32.4", "conv_general has a parameter flip"),
            Seen("scipy.signal.convolve", "flipped", "recalled"),
            Seen("Theano", "flipped", "recalled"),
        ),
        (
            Probe(
                ("conv x=1x1x4:float32:impulse@1 w=1x1x3:float32:ramp@3",),
                {"none": ("1×1×2: 1 0",), "flipped": ("1×1×2: 1 2",)},
                "y",
            ),
        ),
        ("definition", "kernel"),
    ),
    DialectPoint(
        "conv.negative-padding",
        "What does negative padding of a convolution do?",
        {
            "reject": "it is an error",
            "crop": "it crops the input, before any padding",
        },
        ("conv",),
        (
            Seen("ncnn", "", "run", "1.0.20261020", "is not padded, or written past"),
            Seen("JAX lax", "crop", "run", "0.10.2"),
            Seen("ONNX", "reject", "source", "", "shape inference refuses negative pads"),
            Seen("ONNX Runtime", "crop", "run", "up to 1.24"),
            Seen("MLX", "reject", "issue"),
        ),
        (
            Probe(
                ("conv padding=-1:-1 x=1x1x4:float32:ramp@0 w=1x1x1:float32:ones@0",),
                {"reject": ("refused",), "crop": ("1×1×2: −2 −1",)},
                "y",
            ),
        ),
        ("padding",),
    ),
    DialectPoint(
        "conv.too-large-window",
        "What comes of a kernel larger than the padded input?",
        {
            "reject": "an error",
            "empty": "a result without cells: size 0 along that axis",
        },
        ("conv",),
        (
            Seen("LiteRT", "", "run", "2.3.0", "empty if one cell is lacking, else an error"),
            Seen("Paddle", "reject", "run", "2.6.2"),
            Seen("JAX lax", "empty", "run", "0.10.2"),
        ),
        (
            Probe(
                ("conv x=1x1x2:float32:ones@0 w=1x1x3:float32:ones@0",),
                {"reject": ("refused",), "empty": ("1×1×0",)},
                "shape",
            ),
        ),
        ("output", "output-size", "empty"),
    ),
)
