"""Predicates over cases: `any(stride > kernel) and dtype == "float16"`.

A predicate names a region of the case space, in the words of the specification. Known failures
are such regions, and so is the condition under which a failure was found to occur.
"""

from __future__ import annotations

from .facts import FACTS, Fact, Facts
from .language import Predicate
from .reading import PredicateError

__all__ = ["FACTS", "Fact", "Facts", "Predicate", "PredicateError"]
