"""Lp, adaptive and global pooling, and the softmax."""

from __future__ import annotations

from convspec.spec.groups import SOFTMAXES

from .point import DialectPoint, Probe, Seen

_GLOBAL = ("global_avg_pool", "global_max_pool", "global_sum_pool")
_ADAPTIVE = ("adaptive_avg_pool", "adaptive_max_pool")

POINTS = (
    DialectPoint(
        "lp_pool.sign",
        "Are absolute values summed, or powers with their signs?",
        {
            "absolute": "(Σ|x|^p)^(1/p)",
            "signed": "(Σx^p)^(1/p): NaN for a negative sum if p > 1; no gradient where it is 0",
        },
        ("lp_pool",),
        (
            Seen("ONNX", "absolute", "source"),
            Seen(
                "PyTorch",
                "signed",
                "run",
                "2.13",
                "sums signed powers: p = 1 gives signed sums, odd p of negatives NaN",
            ),
        ),
        (
            Probe(
                ("lp_pool p=1 window=3 x=1x1x3:float32:ramp@0",),
                {"absolute": ("1×1×1: 6",), "signed": ("1×1×1: −6",)},
            ),
        ),
        ("definition",),
    ),
    DialectPoint(
        "lp_pool.clipped-window",
        "What of a window that hangs over the padded input in ceil mode?",
        {
            "as-is": "what hangs over counts 0",
            "rescaled": "the sum is scaled up by the taps over those inside",
        },
        ("lp_pool",),
        (),
        (
            Probe(
                ("lp_pool p=1 window=2 stride=2 ceil_mode=yes x=1x1x3:float32:ones@0",),
                {"as-is": ("1×1×2: 2 1",), "rescaled": ("1×1×2: 2 2",)},
            ),
        ),
        ("ceil", "definition"),
    ),
    DialectPoint(
        "global_pool.rank",
        "Are the pooled axes kept?",
        {
            "drop": "no: (N, C)",
            "keep": "yes, with extent 1: (N, C, 1, …)",
        },
        _GLOBAL,
        (
            Seen("ONNX", "keep", "documentation"),
            Seen("PyTorch adaptive pools to 1", "keep", "documentation"),
            Seen("PyTorch mean, sum, amax", "drop", "run", "2.13"),
            Seen("Keras GlobalAveragePooling", "drop", "documentation", "", "keepdims=True keeps"),
        ),
        tuple(
            Probe(
                (f"{op} x=1x1x2:float32:ones@0",),
                {"drop": ("1×1",), "keep": ("1×1×1",)},
                "shape",
            )
            for op in _GLOBAL
        ),
        ("output", "output-size"),
    ),
    DialectPoint(
        "global_avg_pool.empty",
        "What is the mean of a map without cells?",
        {
            "reject": "there is none: the call is refused",
            "nan": "NaN, as 0/0",
            "zero": "0",
        },
        ("global_avg_pool",),
        (Seen("JAX mean", "nan", "run", "0.10.2"),),
        (
            Probe(
                ("global_avg_pool x=1x1x0:float32:ones@0",),
                {"reject": ("refused",), "nan": ("1×1: NaN",), "zero": ("1×1: 0",)},
            ),
        ),
    ),
    DialectPoint(
        "global_sum_pool.empty",
        "What is the sum of a map without cells?",
        {
            "reject": "it is refused, as the mean and the maximum are",
            "zero": "0, the empty sum",
        },
        ("global_sum_pool",),
        (Seen("JAX sum", "zero", "run", "0.10.2"),),
        (
            Probe(
                ("global_sum_pool x=1x1x0:float32:ones@0",),
                {"reject": ("refused",), "zero": ("1×1: 0",)},
            ),
        ),
    ),
    DialectPoint(
        "global_max_pool.empty",
        "What is the maximum of a map without cells?",
        {
            "reject": "there is none: the call is refused",
            "identity": "what the maximum starts from (max_pool.padding-value)",
        },
        ("global_max_pool",),
        (Seen("JAX max", "reject", "run", "0.10.2"),),
        (
            Probe(
                ("global_max_pool x=1x1x0:float32:ones@0",),
                {"reject": ("refused",), "identity": ("1×1: −∞",)},
            ),
        ),
    ),
    DialectPoint(
        "adaptive_avg_pool.empty",
        "What is the mean of a bin of an input without cells?",
        {
            "reject": "there is none: the call is refused",
            "nan": "NaN, as 0/0",
            "zero": "0",
        },
        ("adaptive_avg_pool",),
        (),
        (
            Probe(
                ("adaptive_avg_pool output_size=1 x=1x1x0:float32:ones@0",),
                {"reject": ("refused",), "nan": ("1×1×1: NaN",), "zero": ("1×1×1: 0",)},
            ),
        ),
        ("empty",),
    ),
    DialectPoint(
        "adaptive_pool.no-output",
        "What comes of an output size of 0?",
        {
            "reject": "an error",
            "empty": "a result without cells",
        },
        _ADAPTIVE,
        (),
        (
            Probe(
                ("adaptive_avg_pool output_size=0 x=1x1x2:float32:ones@0",),
                {"reject": ("refused",), "empty": ("1×1×0",)},
                "shape",
            ),
            Probe(
                ("adaptive_max_pool output_size=0 x=1x1x2:float32:ones@0",),
                {"reject": ("refused",), "empty": ("1×1×0",)},
                "shape",
            ),
        ),
        ("empty", "output", "output-size"),
    ),
    DialectPoint(
        "softmax.no-classes",
        "What is the softmax over no classes?",
        {
            "reject": "there is none: the call is refused",
            "empty": "a result without cells",
        },
        SOFTMAXES,
        (),
        (
            Probe(
                ("softmax x=1x0:float32:ones@0",),
                {"reject": ("refused",), "empty": ("1×0",)},
                "shape",
            ),
            Probe(
                ("log_softmax x=1x0:float32:ones@0",),
                {"reject": ("refused",), "empty": ("1×0",)},
                "shape",
            ),
        ),
        ("empty",),
    ),
    DialectPoint(
        "cross_entropy.empty-batch",
        "What is the mean loss of a batch of no entries?",
        {
            "reject": "there is none: the call is refused",
            "nan": "NaN, as 0/0",
        },
        ("cross_entropy",),
        (),
        (
            Probe(
                ("cross_entropy logits=0x1:float32:ones@0 labels=0:int64:labels@0",),
                {"reject": ("refused",), "nan": ("scalar: NaN",)},
            ),
        ),
        ("empty", "batch"),
    ),
    DialectPoint(
        "adaptive_pool.bins",
        "Which cells does bin i of o hold?",
        {
            "overlapping": "[⌊i·n/o⌋, ⌈(i + 1)·n/o⌉): a cell on a boundary is in two bins",
            "disjoint": "[⌊i·n/o⌋, ⌊(i + 1)·n/o⌋), but one cell at least",
            "larger-first": "⌈n/o⌉ cells the first n mod o of them, ⌊n/o⌋ the others, none twice;"
            " no more bins than cells",
        },
        _ADAPTIVE,
        (
            Seen("Keras on JAX", "overlapping", "run"),
            Seen(
                "Equinox",
                "larger-first",
                "run",
                "0.13.8",
                "the maintainer calls it expected; takes no output larger than the input",
            ),
        ),
        (
            Probe(
                ("adaptive_max_pool output_size=2 x=1x1x3:float32:impulse@1",),
                {
                    "overlapping": ("1×1×2: 1 1",),
                    "disjoint": ("1×1×2: 0 1",),
                    "larger-first": ("1×1×2: 1 0",),
                },
            ),
            Probe(
                ("adaptive_avg_pool output_size=2 x=1x1x3:float32:impulse@1",),
                {
                    "overlapping": ("1×1×2: 0.5 0.5",),
                    "disjoint": ("1×1×2: 0 0.5",),
                    "larger-first": ("1×1×2: 0.5 0",),
                },
            ),
        ),
        ("definition",),
    ),
)
