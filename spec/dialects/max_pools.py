"""Max pooling: ties, NaN, windows without numbers, places."""

from __future__ import annotations

from convspec.spec.groups import MAX_POOLS, MAXIMA

from .point import DialectPoint, Probe, Seen

_TIES = {
    "first": "the first in row-major order",
    "last": "the last in row-major order",
    "split": "all of them, in equal parts",
}

POINTS = (
    DialectPoint(
        "max_pool.tie",
        "Which of several equal maxima of a window receives the gradient?",
        _TIES,
        MAX_POOLS,
        (
            Seen("ONNX Runtime", "first", "run", "1.31.1"),
            Seen("TensorFlow max_pool2d", "first", "run", "2.21"),
            Seen("JAX reduce_window", "first", "run", "0.10.2"),
            Seen("MLX nn.MaxPool", "split", "run", "0.32.4"),
            Seen(
                "TensorFlow max_pool3d",
                "",
                "run",
                "2.21",
                "gives the whole gradient to every tied cell: its sum is no longer kept",
            ),
        ),
        (
            Probe(
                ("max_pool window=2 x=1x1x2:float32:ones@0 g=1x1x1:float32:ones@0",),
                {"first": ("1×1×2: 1 0",), "last": ("1×1×2: 0 1",), "split": ("1×1×2: 0.5 0.5",)},
                "dx",
            ),
            Probe(
                ("max_pool_with_indices window=2 x=1x1x2:float32:ones@0 g=1x1x1:float32:ones@0",),
                {"first": ("1×1×2: 1 0",), "last": ("1×1×2: 0 1",), "split": ("1×1×2: 0.5 0.5",)},
                "dx",
            ),
        ),
        ("gradient", "ties"),
    ),
    DialectPoint(
        "adaptive_max_pool.tie",
        "Which of several equal maxima of a bin receives the gradient?",
        {
            **_TIES,
            "axis-by-axis": "all of them: in equal parts along an axis, one axis after another",
        },
        ("adaptive_max_pool",),
        (),
        (
            Probe(
                (
                    "adaptive_max_pool output_size=1,1 x=1x1x2x2:float32:labels@5"
                    " g=1x1x1x1:float32:ones@0",
                ),
                {
                    "first": ("1×1×2×2: 1 0 0 0",),
                    "last": ("1×1×2×2: 0 0 1 0",),
                    "split": ("1×1×2×2: 0.333333 0.333333 0.333333 0",),
                    "axis-by-axis": ("1×1×2×2: 0.25 0.5 0.25 0",),
                },
                "dx",
            ),
        ),
        ("gradient", "ties"),
    ),
    DialectPoint(
        "global_max_pool.tie",
        "Which of several equal maxima of a map receives the gradient?",
        _TIES,
        ("global_max_pool",),
        (
            Seen("PyTorch adaptive_max_pool", "first", "run", "2.13"),
            Seen("PyTorch amax", "split", "run", "2.13"),
            Seen("JAX max", "split", "run", "0.10.2"),
            Seen("TensorFlow reduce_max", "split", "recalled"),
        ),
        (
            Probe(
                ("global_max_pool x=1x1x2:float32:ones@0 g=1x1:float32:ones@0",),
                {"first": ("1×1×2: 1 0",), "last": ("1×1×2: 0 1",), "split": ("1×1×2: 0.5 0.5",)},
                "dx",
            ),
        ),
        ("gradient", "ties"),
    ),
    DialectPoint(
        "max_pool.nan",
        "What is the maximum of a window that holds a NaN?",
        {
            "propagates": "NaN",
            "ignored": "the maximum of the other cells",
        },
        MAXIMA,
        (
            Seen("ncnn", "", "run", "1.0.20261020", "depends on the order of the cells"),
            Seen("MNN", "", "run", "3.6.1", "depends on the order of the cells"),
            Seen(
                "ONNX Runtime",
                "ignored",
                "run",
                "1.31.1",
                "but kept where it comes first, with indices, dilation or float64",
            ),
            Seen("OpenCV", "ignored", "run", "5.0.0", "but kept where it comes last"),
            Seen("TensorFlow", "ignored", "run", "2.21", "max_pool2d on the CPU"),
            Seen("tinygrad", "", "run", "0.14.0", "depends on the order of the cells"),
            Seen("TVM Relax", "", "run", "0.27.0.post1", "depends on the order of the cells"),
            Seen("IREE, StableHLO", "propagates", "run", "3.13.0"),
            Seen(
                "ONNX reference evaluator",
                "ignored",
                "source",
                "",
                "NaN marks padding there, in average pools, too",
            ),
        ),
        (
            Probe(
                ("max_pool window=3 x=1x1x3:float32:nan@1",),
                {"propagates": ("1×1×1: NaN",), "ignored": ("1×1×1: 0",)},
            ),
            Probe(
                ("max_pool_with_indices window=3 x=1x1x3:float32:nan@1",),
                {"propagates": ("1×1×1: NaN",), "ignored": ("1×1×1: 0",)},
            ),
            Probe(
                ("adaptive_max_pool output_size=1 x=1x1x3:float32:nan@1",),
                {"propagates": ("1×1×1: NaN",), "ignored": ("1×1×1: 0",)},
            ),
            Probe(
                ("global_max_pool x=1x1x3:float32:nan@1",),
                {"propagates": ("1×1: NaN",), "ignored": ("1×1: 0",)},
            ),
        ),
        ("special",),
    ),
    DialectPoint(
        "max_pool.nan-index",
        "Of several NaN in a window, which one has the index and receives the gradient?",
        {
            "first": "the first in row-major order",
            "last": "the last in row-major order",
        },
        MAX_POOLS,
        (
            Seen(
                "JAX",
                "last",
                "run",
                "0.10.2",
                "the gradient; but a number that follows NaN gets it instead",
            ),
        ),
        (
            Probe(
                ("max_pool_with_indices window=3 x=1x1x3:float32:nans@0",),
                {"first": ("1×1×1: 0",), "last": ("1×1×1: 2",)},
                "indices",
            ),
            Probe(
                ("max_pool window=3 x=1x1x3:float32:nans@0 g=1x1x1:float32:ones@0",),
                {"first": ("1×1×3: 1 0 0",), "last": ("1×1×3: 0 0 1",)},
                "dx",
            ),
        ),
        ("nan", "indices", "gradient"),
    ),
    DialectPoint(
        "max_pool.padding-value",
        "What does a maximum start from, and so padding count as?",
        {
            "identity": "the identity of max: −∞, or the least integer",
            "lowest": "the least finite value: no maximum is below it, also of cells that are −∞",
        },
        MAXIMA,
        (
            Seen(
                "ncnn",
                "",
                "run",
                "1.0.20261020",
                "padding is the least finite number, a maximum of cells alone may be −∞",
            ),
            Seen("MNN", "", "run", "3.6.1", "−2^24"),
            Seen("PyTorch", "identity", "run", "2.13", "its pages said 0 up to 1.8"),
            Seen("TensorFlow max_pool_with_argmax", "identity", "run", "2.21"),
            Seen("ONNX Runtime with indices", "identity", "run", "1.31"),
            Seen("TensorFlow max_pool2d", "lowest", "run", "2.21"),
            Seen(
                "ONNX Runtime without indices",
                "lowest",
                "run",
                "1.31.1",
                "in float32 at the ends of a result, −∞ between them and in float64",
            ),
            Seen("OpenVINO", "lowest", "run", "2026.4.1", "AdaptiveMaxPool: identity"),
            Seen(
                "OpenCV",
                "identity",
                "run",
                "5.0.0",
                "GlobalMaxPool, windows that reach past the input: lowest; with indices: 0",
            ),
        ),
        (
            Probe(
                ("max_pool window=1 x=2x1x2:float32:floor@0",),
                {
                    "identity": ("2×1×2: 0 −∞ −∞ 0",),
                    "lowest": ("2×1×2: 0 −3.40282e+38 −3.40282e+38 0",),
                },
            ),
            Probe(
                ("max_pool_with_indices window=1 x=2x1x2:float32:floor@0",),
                {
                    "identity": ("2×1×2: 0 −∞ −∞ 0",),
                    "lowest": ("2×1×2: 0 −3.40282e+38 −3.40282e+38 0",),
                },
            ),
            Probe(
                ("adaptive_max_pool output_size=2 x=2x1x2:float32:floor@0",),
                {
                    "identity": ("2×1×2: 0 −∞ −∞ 0",),
                    "lowest": ("2×1×2: 0 −3.40282e+38 −3.40282e+38 0",),
                },
            ),
        ),
        ("padding", "empty"),
    ),
    DialectPoint(
        "max_pool.empty-window",
        "What is the maximum of a window that lies wholly in the padding?",
        {
            "identity": "what the maximum starts from (max_pool.padding-value)",
            "lowest": "the least finite value",
            "zero": "0",
        },
        MAX_POOLS,
        (
            Seen("MNN", "", "run", "3.6.1", "the nearest cell of the input"),
            Seen("TensorFlow max_pool2d", "lowest", "run", "2.21"),
            Seen("ONNX Runtime", "lowest", "run", "1.31.1", "in float16: −∞"),
        ),
        (
            Probe(
                ("max_pool window=1 padding=1:1 x=1x1x1:float32:ones@0",),
                {
                    "identity": ("1×1×3: −∞ 1 −∞",),
                    "lowest": ("1×1×3: −3.40282e+38 1 −3.40282e+38",),
                    "zero": ("1×1×3: 0 1 0",),
                },
            ),
            Probe(
                ("max_pool_with_indices window=1 padding=1:1 x=1x1x1:float32:ones@0",),
                {
                    "identity": ("1×1×3: −∞ 1 −∞",),
                    "lowest": ("1×1×3: −3.40282e+38 1 −3.40282e+38",),
                    "zero": ("1×1×3: 0 1 0",),
                },
            ),
            # Where padding must be at most half the window, a dilated window can straddle an axis.
            Probe(
                ("max_pool window=2 padding=1:1 dilation=2 x=1x1x1:float32:ones@0",),
                {
                    "identity": ("1×1×1: −∞",),
                    "lowest": ("1×1×1: −3.40282e+38",),
                    "zero": ("1×1×1: 0",),
                },
            ),
        ),
        ("padding", "empty"),
    ),
    DialectPoint(
        "max_pool.index-place",
        "What does an index count?",
        {
            "plane": "cells of the unpadded plane of its image and channel, row-major",
            "tensor": "cells of the whole tensor, N·C·spatial, row-major",
            "channels-last": "cells of its image with the channels last: (y·W + x)·C + c",
            "channels-last-tensor": "cells of the whole tensor with the channels last:"
            " ((n·H + y)·W + x)·C + c",
            "column-major": "cells of the plane, the first axis fastest",
        },
        ("max_pool_with_indices",),
        (
            Seen("ONNX", "tensor", "source", "", "storage_order=1: column-major"),
            Seen("OpenCV", "", "run", "5.0.0", "counts in the image, all its channels"),
            Seen("TensorFlow argmax", "channels-last", "run", "2.21"),
            Seen(
                "TensorFlow argmax, batch included",
                "channels-last-tensor",
                "documentation",
                "",
                "include_batch_in_index",
            ),
        ),
        (
            Probe(
                ("max_pool_with_indices window=1,1 x=2x2x2x2:float32:ones@0",),
                {
                    "plane": ("2×2×2×2: 0 1 2 3 0 1 2 3 0 1 2 3 0 1 2 3",),
                    "tensor": ("2×2×2×2: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",),
                    "channels-last": ("2×2×2×2: 0 2 4 6 1 3 5 7 0 2 4 6 1 3 5 7",),
                    "channels-last-tensor": ("2×2×2×2: 0 2 4 6 1 3 5 7 8 10 12 14 9 11 13 15",),
                    "column-major": ("2×2×2×2: 0 2 1 3 0 2 1 3 0 2 1 3 0 2 1 3",),
                },
                "indices",
            ),
        ),
        ("indices",),
    ),
)
