"""Whether a case is one that the definition gives a meaning."""

from __future__ import annotations

import numpy as np

from convspec import reference
from convspec.contents import filled
from convspec.dialect import resized
from convspec.spec.case import Case
from convspec.spec.claims import Claims


def is_valid(case: Case, claims: Claims | None = None) -> bool:
    """Whether the definition gives the case a meaning: whether the reference takes it.

    A cotangent has to have the shape that the result has in the dialect that `claims` declare.
    """
    return not why_invalid(case, claims)


def why_invalid(case: Case, claims: Claims | None = None) -> str:
    """Why the definition gives the case no meaning; empty if it has one. As `is_valid`."""
    try:
        # The reference does the judging, so that there is one place where validity is decided.
        labels = filled(case) if "labels" in case else {}
        arrays = [
            labels.get(t.name, np.zeros(t.shape, t.dtype)) for t in case.tensors if t.name != "g"
        ]
        if "g" in case:
            g = np.zeros(case["g"].shape, case["g"].dtype)
            in_dialect = resized(case, claims) if claims else None
            if in_dialect is not None:
                fits = case["g"].shape == in_dialect
                return "" if fits else f"g must have the shape of the result, {in_dialect}"
            reference.vjp(case.op.name, tuple(arrays), g, **case.op.arguments())
        else:
            getattr(reference, case.op.name)(*arrays, **case.op.arguments())
    except (ValueError, TypeError) as error:
        return str(error) or type(error).__name__
    return ""
