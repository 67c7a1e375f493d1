"""Numbers within a question: "the output size of k=3, s=2 on 6x6 with ceil mode"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .lookup import Subject, subject
from .problems import Problem
from .spec.groups import WINDOWED

_SIZE = r"(\d+(?:[x×]\d+)*)"
_PLANE = r"(\d+(?:[x×]\d+)+)"
_NAMES = {
    "window": "kernel|window|filter|k", "stride": "strides?|s", "padding": "padding|pad|p",
    "dilation": "dilation|d", "sizes": "input|image|map|n",
}  # fmt: skip
"""A number of a layer → the words that name it, before it or (the long ones) after it."""


def numbers_in(words: Sequence[str]) -> tuple[Subject, dict[str, Any]] | None:
    """The operation a question is about, and the numbers in it; None if it has no full set.

    A full set is a size and a window. Without an operation it is max_pool in ceil mode, or conv.
    """
    text = " ".join(words).lower().replace(",", " ")
    found: dict[str, Any] = {}
    for name, spelt in _NAMES.items():
        long = "|".join(word for word in spelt.split("|") if len(word) > 1)
        for pattern in (rf"\b(?:{spelt})\s*=\s*{_SIZE}\b", rf"\b{_SIZE}\s+(?:{long})\b",
                        rf"\b(?:{long})\s+{_SIZE}\b"):  # fmt: skip
            match = re.search(pattern, text)
            if match and name not in found:
                found[name] = match[1].replace("×", "x")
                text = f"{text[: match.start()]} {text[match.end() :]}"
    if "sizes" not in found and (match := re.search(rf"\b{_PLANE}\b", text)):
        found["sizes"] = match[1].replace("×", "x")
        text = text.replace(match[0], " ")
    if not {"sizes", "window"} <= set(found):
        return None
    named = re.search(r"\bsame(_lower|_upper)?\b", text)
    if named and "padding" not in found:
        found["padding"] = f"same{named[1] or '_upper'}"
    found |= {"ceil": True} if "ceil" in text else {}
    try:
        ops = [op for op in subject(text.split()).ops if op in (*WINDOWED, "conv_transpose")]
    except Problem:
        ops = []  # The rest of the words need mean nothing: the numbers say what is asked.
    return Subject((), tuple(ops[:1]) or ("max_pool" if "ceil" in found else "conv",), ()), found
