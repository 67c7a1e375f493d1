"""What front ends decide: names, defaults, layouts. Nothing of it shows on the surface here.

An adapter writes every parameter out, channels first, so these points cannot be declared; they are
what an adapter's author, and a reader who ports a model, has to mind.
"""

from __future__ import annotations

from .point import DialectPoint, Seen

_WINDOWED = ("conv", "max_pool", "max_pool_with_indices", "avg_pool", "lp_pool")
_CONVOLUTIONS = ("conv", "conv_transpose")

POINTS = (
    DialectPoint(
        "same.odd-cell",
        "Where the total of SAME padding is odd, which end gets the odd cell?",
        {
            "high": "the high end: same_upper",
            "low": "the low end: same_lower",
        },
        _WINDOWED,
        (
            Seen("PyTorch “same”", "high", "run", "2.13"),
            Seen("TensorFlow, Keras SAME", "high", "run", "2.21"),
            Seen("JAX SAME", "high", "run", "0.10.2"),
            Seen("JAX SAME_LOWER", "low", "recalled"),
            Seen("Paddle SAME", "high", "run", "3.3.1"),
            Seen("ONNX SAME_UPPER", "high", "source"),
            Seen("LiteRT SAME", "high", "run", "2.3.0"),
            Seen("MNN SAME", "high", "run", "3.6.1"),
            Seen("ncnn -233", "high", "run", "1.0.20261020"),
            Seen("ncnn -234", "low", "run", "1.0.20261020", "but for the depth of 3-D"),
            Seen("ONNX SAME_LOWER", "low", "source"),
        ),
        topics=("padding", "named-padding"),
    ),
    DialectPoint(
        "same.size",
        "How many outputs does SAME give?",
        {
            "ceil": "o = ⌈n/s⌉, whatever the window",
            "refused": "only stride 1 is allowed, and then o = n",
        },
        _WINDOWED,
        (
            Seen("TensorFlow, Keras", "ceil", "documentation"),
            Seen("ONNX auto_pad", "ceil", "source"),
            Seen("JAX SAME", "ceil", "run", "0.10.2"),
            Seen("PyTorch conv “same”", "refused", "run", "2.13"),
        ),
        topics=("output", "output-size", "named-padding", "stride"),
    ),
    DialectPoint(
        "padding.per-side",
        "Can the two ends of an axis be padded by different amounts?",
        {
            "pairs": "yes: (low, high) for every axis",
            "symmetric": "no: one amount per axis",
        },
        (*_WINDOWED, "conv_transpose"),
        (
            Seen("ONNX", "pairs", "source"),
            Seen("JAX lax", "pairs", "run", "0.10.2"),
            Seen("MLX conv_general", "pairs", "run", "0.32.4"),
            Seen("OpenVINO", "pairs", "documentation"),
            Seen("Paddle", "pairs", "run", "3.3.1"),
            Seen("ncnn", "pairs", "run", "1.0.20261020"),
            Seen("MNN expressions", "symmetric", "run", "3.6.1"),
            Seen("PyTorch", "symmetric", "run", "2.13"),
        ),
        topics=("padding",),
    ),
    DialectPoint(
        "pad.axis-order",
        "In which order does a pad operation list its amounts?",
        {
            "first-axis-first": "from the first axis to the last, as everywhere else",
            "last-axis-first": "from the last axis to the first",
            "lows-then-highs": "all low ends, then all high ends",
        },
        ("pad",),
        (
            Seen("NumPy, JAX, TensorFlow", "first-axis-first", "documentation"),
            Seen("PyTorch F.pad", "last-axis-first", "run", "2.13"),
            Seen("ONNX pads", "lows-then-highs", "source"),
        ),
        topics=("padding",),
    ),
    DialectPoint(
        "layout.input",
        "Where does the channel axis stand?",
        {
            "channels-first": "(N, C, *spatial)",
            "channels-last": "(N, *spatial, C)",
        },
        (*_CONVOLUTIONS, *_WINDOWED[1:], "global_avg_pool", "global_max_pool"),
        (
            Seen("PyTorch, ONNX, OpenVINO, tinygrad", "channels-first", "run"),
            Seen("Paddle", "channels-first", "run", "3.3.1"),
            Seen("TensorFlow, Keras", "channels-last", "documentation"),
            Seen("MLX", "channels-last", "run", "0.32.4"),
            Seen("LiteRT", "channels-last", "run", "2.3.0"),
            Seen("ncnn, MNN", "channels-first", "run", "", "in blocks of channels inside"),
            Seen("JAX lax", "", "documentation", "", "any: dimension_numbers says which"),
        ),
        topics=("layout", "channels"),
    ),
    DialectPoint(
        "layout.conv-weight",
        "In which order are the axes of a convolution's weight? (I = C/groups)",
        {
            "OI*k": "(O, C/groups, *k)",
            "*kIO": "(*k, C/groups, O)",
            "O*kI": "(O, *k, C/groups)",
        },
        ("conv",),
        (
            Seen("PyTorch, ONNX, tinygrad", "OI*k", "run"),
            Seen("Paddle", "OI*k", "run", "3.3.1"),
            Seen("TensorFlow, Keras", "*kIO", "run", "2.21"),
            Seen("MLX", "O*kI", "run", "0.32.4"),
            Seen("LiteRT (TFLite)", "O*kI", "run", "2.3.0", "depthwise: (1, *k, C·multiplier)"),
            Seen("ncnn", "OI*k", "run", "1.0.20261020"),
            Seen("MNN", "OI*k", "run", "3.6.1"),
            Seen("OpenVINO GroupConvolution", "", "recalled", "", "(G, O/G, C/G, *k)"),
        ),
        topics=("weight", "layout"),
    ),
    DialectPoint(
        "layout.conv_transpose-weight",
        "In which order are the axes of a transposed convolution's weight?",
        {
            "CO*k": "(C, O/groups, *k): that of the convolution it transposes",
            "*kOC": "(*k, O, C)",
        },
        ("conv_transpose",),
        (
            Seen("PyTorch, ONNX", "CO*k", "run"),
            Seen("Paddle", "CO*k", "run", "3.3.1"),
            Seen("TensorFlow, Keras", "*kOC", "run", "2.21"),
        ),
        topics=("weight", "layout"),
    ),
    DialectPoint(
        "conv.channels-empty",
        "What is the convolution of an input without channels?",
        {
            "bias": "O maps that hold their bias, an empty sum being 0",
            "no-outputs": "a result without channels",
            "reject": "an error",
        },
        ("conv",),
        (
            Seen("PyTorch", "no-outputs", "run", "2.13"),
            Seen("JAX lax", "bias", "run", "0.10.2"),
            Seen("TensorFlow with oneDNN", "reject", "run", "2.21"),
        ),
        topics=("channels", "empty"),
    ),
    DialectPoint(
        "conv.batch-empty",
        "What is the result for a batch of no entries?",
        {
            "empty": "a result without entries",
            "reject": "an error",
        },
        ("conv",),
        (
            Seen("PyTorch", "empty", "run", "2.13"),
            Seen("JAX lax", "empty", "run", "0.10.2"),
            Seen("TensorFlow", "empty", "run", "2.21"),
            Seen("ONNX Runtime", "empty", "run", "1.31.1"),
            Seen("Paddle", "empty", "run", "3.3.1"),
            Seen("Paddle", "reject", "run", "2.6.2"),
        ),
        topics=("batch", "empty", "empty-batch"),
    ),
    DialectPoint(
        "conv.spatial-empty",
        "What is the convolution of an input with an axis of extent 0?",
        {
            "reject": "an error where no window fits into the padded input",
            "empty": "a result without cells",
        },
        ("conv",),
        (
            Seen("PyTorch", "reject", "run", "2.13"),
            Seen("TensorFlow SAME", "empty", "run", "2.21"),
        ),
        topics=("empty",),
    ),
    DialectPoint(
        "conv.integer-sum",
        "In which type are the products of a convolution of integers added up and returned?",
        {
            "input": "in that of the input, where they wrap",
            "wider": "in a wider one",
            "reject": "there is no convolution of integers",
        },
        ("conv",),
        (
            Seen("PyTorch", "input", "run", "2.13", "int8: 9 · 10000 gives −112; CPU only"),
            Seen("JAX lax", "input", "run", "0.10.2", "int32"),
            Seen("TensorFlow", "input", "run", "2.21", "int32, CPU"),
            Seen("oneDNN", "wider", "documentation", "", "int8 is summed in int32"),
        ),
        topics=("dtype", "overflow", "integer", "returns", "saturate", "wrap"),
    ),
    DialectPoint(
        "input.unbatched",
        "Is an input without a batch axis, (C, *spatial), taken?",
        {
            "reject": "no: the batch axis is always there",
            "accept": "yes, as a batch of one, and the result has none either",
        },
        (*_CONVOLUTIONS, *_WINDOWED[1:]),
        (
            Seen("PyTorch", "accept", "run", "2.13"),
            Seen("TensorFlow, JAX lax, ONNX", "reject", "recalled"),
        ),
        topics=("batch", "rank"),
    ),
)
