"""Average pooling: what the divisor counts."""

from __future__ import annotations

from .point import DialectPoint, Probe, Seen

_AVG = ("avg_pool",)

POINTS = (
    DialectPoint(
        "avg_pool.overhang",
        "With padding counted, what of the cells by which a window hangs over the padded input?",
        {
            "clipped": "they do not count: the window is clipped to the padded input",
            "full": "they count: every window is divided by all its taps",
            "full-if-padded": "they count if any padding of the call is not 0",
        },
        _AVG,
        (
            Seen("Paddle exclusive=False", "clipped", "run", "3.3.1"),
            Seen("ONNX", "", "source", "", "does not say; runtimes now follow PyTorch"),
            Seen(
                "OpenVINO “ceil”, “ceil_torch”",
                "full-if-padded",
                "run",
                "2026.4.1",
                "divides by the whole window once any padding is not 0, overhang and all",
            ),
        ),
        (
            Probe(
                (
                    "avg_pool window=2 stride=2 ceil_mode=yes count_include_pad=yes"
                    " x=1x1x3:float32:ones@0",
                    "avg_pool window=2 stride=2 padding=1:1 ceil_mode=yes count_include_pad=yes"
                    " x=1x1x3:float32:ones@0",
                    "avg_pool window=4 stride=2 padding=1:1 ceil_mode=yes count_include_pad=yes"
                    " x=1x1x3:float32:ones@0",
                ),
                {
                    "clipped": (
                        "1×1×2: 1 1",
                        "1×1×2: 0.5 1",
                        "1×1×2: 0.75 0.666667",
                    ),
                    "full": (
                        "1×1×2: 1 0.5",
                        "1×1×2: 0.5 1",
                        "1×1×2: 0.75 0.5",
                    ),
                    "full-if-padded": (
                        "1×1×2: 1 1",
                        "1×1×2: 0.5 1",
                        "1×1×2: 0.75 0.5",
                    ),
                },
            ),
        ),
        ("divisor", "ceil", "count_include_pad"),
    ),
    DialectPoint(
        "avg_pool.dilated-divisor",
        "What does the divisor of a dilated window count?",
        {
            "taps": "the taps that are read",
            "extent": "every cell from the first tap to the last",
        },
        _AVG,
        (
            Seen("ONNX", "taps", "source", "from opset 19"),
            Seen("torch-mlir", "extent", "issue", "", "taken for a fault there, and mended"),
        ),
        (
            Probe(
                ("avg_pool window=2 dilation=3 count_include_pad=yes x=1x1x4:float32:ones@0",),
                {"taps": ("1×1×1: 1",), "extent": ("1×1×1: 0.5",)},
            ),
        ),
        ("divisor", "dilation"),
    ),
    DialectPoint(
        "avg_pool.empty-window",
        "What is the average of a window without a cell that counts?",
        {
            "reject": "there is none: the call is refused",
            "nan": "NaN, as 0/0",
            "zero": "0",
        },
        _AVG,
        (
            Seen("MNN", "zero", "run", "3.6.1"),
            Seen("JAX, by a sum over ones", "nan", "run", "0.10.2"),
            Seen("Paddle", "nan", "run", "3.3.1", "in the window that its ceil mode keeps"),
        ),
        (
            Probe(
                ("avg_pool window=1 padding=1:1 x=1x1x1:float32:ones@0",),
                {"reject": ("refused",), "nan": ("1×1×3: NaN 1 NaN",), "zero": ("1×1×3: 0 1 0",)},
            ),
            Probe(
                ("avg_pool window=2 padding=1:1 dilation=2 x=1x1x1:float32:ones@0",),
                {"reject": ("refused",), "nan": ("1×1×1: NaN",), "zero": ("1×1×1: 0",)},
            ),
        ),
        ("divisor", "empty", "padding"),
    ),
    DialectPoint(
        "avg_pool.count-include-pad",
        "Does padding count in the divisor if a call does not say?",
        {
            "excluded": "no",
            "included": "yes",
            "never": "no, and a call cannot ask for it",
        },
        _AVG,
        (
            Seen("Flax", "included", "documentation"),
            Seen("Haiku", "never", "documentation"),
            Seen("PyTorch", "included", "run", "2.13", "count_include_pad=yes"),
            Seen("ONNX", "excluded", "source", "", "count_include_pad=0"),
            Seen("Paddle", "excluded", "run", "3.3.1", "exclusive=True"),
            Seen("TensorFlow, Keras", "never", "run", "2.21"),
        ),
        topics=("divisor", "padding"),
    ),
)
