"""Sizes of pools: rounding up, and windows that do not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from convspec.spec.groups import POOLS

from .point import DialectPoint, Probe, Seen


def _probes(parameters: str, cells: int, shapes: Mapping[str, tuple[str, ...]]) -> Iterator[Probe]:
    """The same call of every pool, of so many cells: each has a way of its own to a size."""
    for op in POOLS:
        counted = " count_include_pad=yes" if op == "avg_pool" else ""
        yield Probe((f"{op} {parameters}{counted} x=1x1x{cells}:float32:ones@0",), shapes, "shape")


POINTS = (
    DialectPoint(
        "pool.ceil-mode",
        "In ceil mode, what of a last window that starts past the input and its low padding?",
        {
            "drop": "it is dropped",
            "keep": "it is kept: o = ⌈(n + p_lo + p_hi − e)/s⌉ + 1 whatever the last window sees",
            "drop-all": "it is dropped, and so is every other one that starts there, which floor"
            " mode has: o = min(⌈(n + p_lo + p_hi − e)/s⌉ + 1, ⌈(n + p_lo)/s⌉)",
        },
        POOLS,
        (
            Seen("Equinox use_ceil", "keep", "run", "0.13.8"),
            Seen("OpenVINO “ceil_torch”", "drop", "run", "2026.4.1"),
            Seen("OpenVINO “ceil”", "keep", "run", "2026.4.1"),
            Seen("ONNX", "drop", "source", "from 1.16"),
            Seen("ONNX", "keep", "source", "before 1.16"),
            Seen("ONNX Runtime", "drop", "run", "1.24", "LpPool from 1.21 on"),
            Seen("ONNX Runtime", "keep", "run", "up to 1.20.1"),
            Seen(
                "Paddle",
                "keep",
                "run",
                "3.3.1",
                "its last window is NaN in average pools, −3.4e38 in max pools",
            ),
        ),
        (
            *_probes(
                "window=1 padding=2:2 ceil_mode=yes",
                1,
                {"drop": ("1×1×4",), "keep": ("1×1×5",), "drop-all": ("1×1×3",)},
            ),
            *_probes(
                "window=2 stride=2 padding=1:1 ceil_mode=yes",
                3,
                {"drop": ("1×1×2",), "keep": ("1×1×3",)},
            ),
        ),
        ("ceil", "output", "output-size"),
    ),
    DialectPoint(
        "pool.ceil-window",
        "In ceil mode, what of a window larger than the padded input?",
        {
            "reject": "it is an error, as in floor mode",
            "one": "one output where less than a stride is lacking: ⌈(n + p_lo + p_hi − e)/s⌉ = 0",
        },
        POOLS,
        (
            Seen("ncnn", "", "run", "1.0.20261020", "makes up a size"),
            Seen("Equinox use_ceil", "one", "run", "0.13.8"),
            Seen("PyTorch", "one", "run", "2.13", "accepts it: one output"),
        ),
        (
            *_probes(
                "window=2 stride=2 ceil_mode=yes",
                1,
                {"reject": ("refused",), "one": ("1×1×1",)},
            ),
        ),
        ("ceil", "output", "output-size"),
    ),
    DialectPoint(
        "pool.too-large-window",
        "What comes of a window larger than the padded input?",
        {
            "reject": "an error",
            "empty": "a result without cells: size 0 along that axis",
        },
        POOLS,
        (
            Seen("Flax, Haiku, Equinox", "empty", "run"),
            Seen("JAX lax.reduce_window", "empty", "run", "0.10.2"),
            Seen("ONNX Runtime", "empty", "run", "1.31.1", "an error from two strides on"),
        ),
        (*_probes("window=2", 1, {"reject": ("refused",), "empty": ("1×1×0",)}),),
        ("output", "output-size", "empty"),
    ),
)
