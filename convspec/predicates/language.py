"""The language of predicates: a small part of Python's expressions, over the facts of a case.

    groups >= 2 and stride[0] > kernel[0]
    any(stride > kernel and dilation > 1)          on some axis, both on the same one
    dtype in ("float16", "float32") and "channels_last" in layouts
    bias and not ceil_mode

Numbers are compared and combined with ``+ - * // %``; words are compared with ``==``, ``!=`` and
``in``; flags stand alone. A fact with a number per axis is indexed (``stride[0]``, ``stride[-1]``
for the last axis) or stands inside ``any(…)`` or ``all(…)``, axis by axis. A comparison in which
something is missing, because the operation or the case lacks it, is false.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from convspec.spec.case import Case

from .axiswise import Value
from .facts import FLAG, Facts
from .reading import PredicateError, Reader
from .spelling import spelt

LONGEST = 2000
"""Characters that a predicate may have."""


@dataclass(frozen=True)
class Predicate:
    """A region of the case space. Equal texts in canonical spelling are equal predicates."""

    text: str
    names: frozenset[str]
    _holds: Value

    @classmethod
    def parse(cls, text: str) -> Predicate:
        """Read a predicate. Raises PredicateError with one line on what is wrong and where."""
        if not isinstance(text, str):
            raise PredicateError(f"a predicate is a text, not {text!r}")
        return _parse(text)

    def holds(self, case: Case) -> bool:
        """Whether the case lies in the region; it need not be a valid one."""
        return bool(self._holds(Facts(case)))

    def holds_for(self, facts: Facts) -> bool:
        """`holds`, for facts that several predicates are asked about."""
        return bool(self._holds(facts))

    def __str__(self) -> str:
        """The canonical text, which `parse` reads."""
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Predicate) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __reduce__(self) -> tuple[Any, ...]:
        return Predicate.parse, (self.text,)


@lru_cache(maxsize=4096)
def _parse(text: str) -> Predicate:
    if not text.strip():
        raise PredicateError("empty predicate; write a condition such as any(stride > kernel)")
    if len(text) > LONGEST:
        raise PredicateError(f"a predicate of {len(text)} characters; {LONGEST} are allowed")
    flat = "".join(" " if mark.isspace() else mark for mark in text)
    start = len(flat) - len(flat.lstrip())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(flat.strip(), mode="eval").body
    except SyntaxError as error:
        column = None if error.offset is None else start + max(error.offset, 1)
        lone = re.search(r"(?<![<>=!])=(?!=)", flat)
        if lone:
            raise PredicateError("= compares nothing; write ==", lone.start() + 1) from None
        raise PredicateError(f"cannot read it: {error.msg}", column) from None
    except (ValueError, RecursionError, MemoryError):
        raise PredicateError("cannot read it: it is no expression, or a too deep one") from None
    reader = Reader(flat.strip(), start)
    kind, holds = reader.read(tree, 0)
    if kind != FLAG:
        reader.fail(tree, f"{reader.quote(tree)} is no condition; compare it")
    if not reader.names:
        raise PredicateError(
            'it says nothing about a case; name a fact, such as in op == "conv"'
        )  # fmt: skip
    return Predicate(spelt(tree), frozenset(reader.names), holds)
