"""JSON as the standard has it: what it has no number for, NaN and the infinities, are words.

Python's own writer puts ``NaN`` into a document that no other reader takes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
"""The words that stand for numbers."""


def strict(value: object) -> Any:
    """`value` as JSON can hold it: a dataclass by its fields, NaN and infinities by their names."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            if math.isfinite(value):
                return float(value)
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        case Mapping():
            return {str(key): strict(entry) for key, entry in value.items()}
        case list() | tuple():
            return [strict(entry) for entry in value]
    if is_dataclass(value):
        return {part.name: strict(getattr(value, part.name)) for part in fields(value)}
    item = getattr(value, "item", None)  # a number of NumPy's
    return strict(item()) if callable(item) else str(value)


def restored(value: object) -> Any:
    """The inverse of `strict` for nested numbers: the words become the numbers they stand for."""
    match value:
        case str():
            return WORDS.get(value, value)
        case Mapping():
            return {key: restored(entry) for key, entry in value.items()}
        case list():
            return [restored(entry) for entry in value]
    return value


def line(document: object) -> str:
    """The document on one line of ASCII, so that no reader sees more lines, or other letters.

    Raises ValueError if it is not strict.
    """
    return json.dumps(document, allow_nan=False, separators=(",", ":"))


def page(document: object) -> str:
    """The document over many lines, for people. Raises ValueError if it is not strict."""
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates, in what an implementation said
        text = json.dumps(document, indent=1, allow_nan=False)
    return f"{text}\n"
