"""What is shown where a terminal's encoding lacks a character of ours: its nearest plain one."""

from __future__ import annotations

import codecs
import sys
from contextlib import suppress

NEAREST = {
    "✓": "+", "✗": "x", "–": "-", "−": "-", "─": "-", "·": "-", "×": "x", "…": "...",
    "→": "->", "≤": "<=", "≥": ">=", "∞": "inf", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")",
    "Σ": "sum", "γ": "gamma", "∂": "d", "⟨": "<", "⟩": ">",
}  # fmt: skip

HANDLER = "convspec.nearest"
"""Name of the error handler, for `errors=`."""


def tolerate() -> None:
    """Let stdout and stderr show the nearest character instead of raising UnicodeEncodeError."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors=HANDLER)  # type: ignore[union-attr]


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = "".join(NEAREST.get(letter, "?") for letter in error.object[error.start : error.end])
    return text, error.end


codecs.register_error(HANDLER, _nearest)
