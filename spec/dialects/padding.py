"""Padding: negative amounts, and how far a mode reaches."""

from __future__ import annotations

from .point import DialectPoint, Probe, Seen

_OP = ("pad",)

POINTS = (
    DialectPoint(
        "pad.negative",
        "What do negative amounts of padding do?",
        {
            "crop-first": "they crop, and what is left is padded",
            "pad-first": "they crop what was padded",
            "reject": "they are an error",
        },
        _OP,
        (
            Seen("JAX jnp.pad", "reject", "run", "0.10.2", "lax.pad crops"),
            Seen("PyTorch", "crop-first", "run", "2.13", "all its modes"),
            Seen("tinygrad", "reject", "issue", "", "circular only"),
            Seen("NumPy", "reject", "run", "2.5"),
            Seen("ncnn", "", "run", "1.0.20261020", "it writes outside its memory"),
            Seen("MNN", "", "run", "3.6.1", "the first cells, however many are left"),
            Seen("OpenCV, OpenVINO", "pad-first", "run", "5.0.0, 2026.4.1"),
        ),
        (
            Probe(
                ("pad padding=-1:2 mode=circular x=1x1x4:float32:ramp@3",),
                {
                    "crop-first": ("1×1×5: 1 2 3 1 2",),
                    "pad-first": ("1×1×5: 1 2 3 0 1",),
                    "reject": ("refused",),
                },
            ),
            # The other modes part only where the padding reads what is cropped.
            Probe(
                (
                    "pad padding=-1:2 mode=reflect x=1x1x4:float32:ramp@3",
                    "pad padding=-1:2 mode=reflect x=1x1x3:float32:ramp@3",
                ),
                {
                    "crop-first": (
                        "1×1×5: 1 2 3 2 1",
                        "refused",
                    ),
                    "pad-first": (
                        "1×1×5: 1 2 3 2 1",
                        "1×1×4: 1 2 1 0",
                    ),
                    "reject": (
                        "refused",
                        "refused",
                    ),
                },
            ),
            Probe(
                (
                    "pad padding=-1:2 mode=symmetric x=1x1x3:float32:ramp@3",
                    "pad padding=-1:3 mode=symmetric x=1x1x3:float32:ramp@3",
                ),
                {
                    "crop-first": (
                        "1×1×4: 1 2 2 1",
                        "refused",
                    ),
                    "pad-first": (
                        "1×1×4: 1 2 2 1",
                        "1×1×5: 1 2 2 1 0",
                    ),
                    "reject": (
                        "refused",
                        "refused",
                    ),
                },
            ),
        ),
        ("crop",),
    ),
    DialectPoint(
        "pad.reflect-limit",
        "How much can reflection pad?",
        {
            "once": "less than the extent: a cell is mirrored once",
            "repeat": "any amount: mirrored over and over",
        },
        _OP,
        (
            Seen("JAX jnp.pad", "repeat", "run", "0.10.2"),
            Seen("NumPy", "repeat", "run", "2.5"),
            Seen("ONNX", "", "source", "", "does not say"),
        ),
        (
            Probe(
                ("pad padding=3:0 mode=reflect x=1x1x3:float32:ramp@3",),
                {"once": ("refused",), "repeat": ("1×1×6: 1 2 1 0 1 2",)},
            ),
        ),
        ("reflect",),
    ),
    DialectPoint(
        "pad.symmetric-limit",
        "How much can symmetric padding pad?",
        {
            "once": "at most the extent: a cell is mirrored once",
            "repeat": "any amount: mirrored over and over",
        },
        _OP,
        (
            Seen("JAX jnp.pad", "repeat", "run", "0.10.2"),
            Seen("NumPy", "repeat", "run", "2.5"),
            Seen("TensorFlow SYMMETRIC", "once", "documentation"),
        ),
        (
            Probe(
                ("pad padding=4:0 mode=symmetric x=1x1x3:float32:ramp@3",),
                {"once": ("refused",), "repeat": ("1×1×7: 2 2 1 0 0 1 2",)},
            ),
        ),
        ("symmetric",),
    ),
    DialectPoint(
        "pad.circular-limit",
        "How much can circular padding pad?",
        {
            "once": "at most the extent: once round",
            "repeat": "any amount: round and round",
        },
        _OP,
        (
            Seen("JAX jnp.pad wrap", "repeat", "run", "0.10.2"),
            Seen("NumPy wrap", "repeat", "run", "2.5"),
        ),
        (
            Probe(
                ("pad padding=4:0 mode=circular x=1x1x3:float32:ramp@3",),
                {"once": ("refused",), "repeat": ("1×1×7: 2 0 1 2 0 1 2",)},
            ),
        ),
        ("circular",),
    ),
)
